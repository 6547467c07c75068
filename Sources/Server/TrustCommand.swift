internal import Community
internal import Federation
internal import Primitives
internal import Security

/// `roost operator`, `claim`, `trust` and `key` (contracts/cosmos.md 12): works on the data folder, also while the server runs.
struct TrustCommand {
    let configuration: Configuration

    func run(_ action: Command.OperatorAction) async throws {
        try await DataFolderWork(configuration: configuration).run { work in
            switch action {
            case .add(let user):
                try await work.community.addOperator(user)
                Output.write("\(user) may have galaxies here now.\n")
            case .remove(let user):
                guard try await work.community.removeOperator(user) else { throw Failure.noOperator(user) }
                Output.write("\(user) may have no new galaxies here any more.\n")
            case .list:
                Output.write(try await work.community.operators().map { "\($0)\n" }.joined())
            }
        }
    }

    func run(_ action: Command.ClaimAction) async throws {
        try await DataFolderWork(configuration: configuration).run { work in
            switch action {
            case .new: Output.write("\(try await work.community.newClaimCode())\nGood for one person, for an hour.\n")
            case .cancel:
                try await work.community.cancelClaimCodes()
                Output.write("No claim code is good any more.\n")
            }
        }
    }

    func run(_ action: Command.TrustAction) async throws {
        try await DataFolderWork(configuration: configuration).run { work in
            switch action {
            case .list:
                Output.write(KeyTable.text(of: try await work.federation.trustedKeys()))
            case .pin(let thumbprint, let source):
                try await work.federation.pin(thumbprint, of: source)
                Output.write("Of \(source) only pinned keys count now, and those that they introduce.\n")
            case .revoke(let thumbprint):
                try await work.federation.revoke(thumbprint)
                Output.write("\(thumbprint) never counts again.\n")
            }
        }
    }

    func run(_ action: Command.KeyAction) async throws {
        try await DataFolderWork(configuration: configuration).run { work in
            let keys = work.federation.serverKeys
            if action == .rotate {
                try keys.rotate()
                try await work.community.auditKeyTrust("rotated to \(keys.current().signing.publicKey.thumbprint)")
            }
            for key in keys.current().published {
                Output.write("\(key.thumbprint)  \(StandardWebhookSignature.text(of: key))\n")
            }
        }
    }

    /// Why a command did nothing.
    enum Failure: Error, Equatable {
        case noOperator(String)
    }
}
