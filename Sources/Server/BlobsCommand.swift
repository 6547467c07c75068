internal import Blobs
internal import HTTPClient
internal import Security

/// `roost blobs`: works on the data folder, also while the server runs.
struct BlobsCommand {
    let configuration: Configuration

    /// Compares the database with the store and tells what it has found.
    ///
    /// - Throws: `Failure.damaged` when something is lost.
    func run(_ action: Command.BlobsAction) async throws {
        let client = HTTPClient(
            guard: AddressGuard(allowed: configuration.guardAllows, own: AddressGuard.ownAddresses()),
            authorities: configuration.authorities)
        defer { client.stop() }
        try await DataFolderWork(configuration: configuration).run { work in
            let store = BlobStore(
                database: work.database, place: configuration.blobs.place { OutboundSender(client) }, folder: work.folder)
            defer { store.stop() }
            switch action {
            case .verify(let deep, let repair):
                let summary = try await store.verify(deep: deep, repair: repair) { Output.write("\($0)\n") }
                Output.write(Self.text(of: summary))
                if summary.damaged > 0 { throw Failure.damaged(summary.damaged) }
            }
        }
    }

    static func text(of summary: BlobSummary) -> String {
        var text = "\(summary.blobs) files, \(summary.bytes) bytes; "
        text += "\(summary.unreferenced) that nothing refers to, which go by themselves.\n"
        text += "\(summary.damaged) damaged, \(summary.orphans) without a row"
        if summary.removed > 0 {
            text += ", \(summary.removed) of them removed"
        } else if summary.orphans > 0 {
            text += "; --repair removes those"
        }
        return text + ".\n"
    }

    /// Why a command has ended so.
    enum Failure: Error, Equatable {
        case damaged(Int)
    }
}
