internal import Community
internal import Federation
internal import HTTPClient
internal import Primitives
internal import Storage

/// `roost peers`: other servers of the Reileta kind (contracts/reileta.md 3.2). Works on the data folder, also while the server runs.
struct PeersCommand {
    let configuration: Configuration

    func run(_ action: Command.PeersAction) async throws {
        try await DataFolderWork(configuration: configuration).run { work in
            let records = PeerRecords(database: work.database, audit: { try Community.auditKeyTrust($0.description, in: $1) })
            switch action {
            case .list:
                Output.write(Self.text(of: try await records.all(), denied: try await work.community.disabledVisitors()))
            case .allow(let who): Output.write(try await rule(.allowed, who, records, work.community))
            case .deny(let who): Output.write(try await rule(.denied, who, records, work.community))
            case .forget(let address):
                guard try await records.forget(address, besides: Self.endSessions) else { throw Failure.unknown(address) }
                Output.write("Nothing is known of \(address) any more.\n")
            case .challenge(let address):
                let challenge = try await prove(to: address, work)
                Output.write("\(challenge.server) knows this server until \(challenge.expiresAt.rfc3339).\n")
            }
        }
    }

    /// Says something of a server, or of one person of one.
    ///
    /// - Returns: what is so from now on.
    private func rule(_ rule: KnownPeer.Rule, _ who: String, _ records: PeerRecords, _ community: Community) async throws -> String {
        let isDenied = rule == .denied
        guard who.contains("@") else {
            guard let address = PeerAddress.normalized(who) else { throw Failure.noAddress(who) }
            let isKnown = try await records.isKnown(address)
            _ = try await records.setRule(rule, of: address) { if isDenied { try Self.endSessions($0, $1) } }
            return "\(address) may \(isDenied ? "not speak for its people here any more" : "speak for its people here").\n"
                + (isKnown ? "" : Self.hint(address))
        }
        guard let named = ExternalName(who), let server = PeerAddress.normalized(named.server), Self.isPersonID(named.id) else {
            throw Failure.noPerson(who)
        }
        let person = ExternalName(id: named.id, server: server)
        try await community.setDisabled(isDenied, visitor: person)
        return "\(person.text) may \(isDenied ? "not come in any more" : "come in").\n"
            + (try await records.isKnown(server) ? "" : Self.hint(server))
    }

    /// A rule is for what a server calls itself, which may not be what it was reached at.
    private static func hint(_ address: String) -> String {
        "No server has called itself \(address) here yet: make sure that it does (roost peers list).\n"
    }

    /// contracts/reileta.md 1.4.
    private static func isPersonID(_ text: String) -> Bool {
        text.hasPrefix("u_") && text.utf8.count == 38 && text.utf8.dropFirst(2).allSatisfy("0123456789abcdef-".utf8.contains)
    }

    /// The people of a server that is not believed any more are out.
    private static let endSessions: @Sendable (String, Transaction) throws -> Void = { server, transaction in
        try Community.endIntegritySessions(ofServer: server, in: transaction)
    }

    /// The other server calls back: this one has to run.
    private func prove(to address: String, _ work: DataFolderWork.Parts) async throws -> Challenge {
        guard PeerAddress.normalized(address) != nil else { throw Failure.noAddress(address) }
        let origin = PublicOrigin(configuration.publicURL ?? "http://\(configuration.listen)")
        let own = try await work.community.registryServer().address ?? configuration.reileta.address ?? origin.authority
        let client = HTTPClient(guard: configuration.peerGuard, authorities: configuration.authorities)
        defer { client.stop() }
        let peers = Peers(
            database: work.database, sender: OutboundSender(client), settings: configuration.peerSettings,
            own: Peers.Own(address: { own }, isOwn: { PeerAddress.normalized($0) == own.lowercased() }))
        return try await peers.challenge(address)
    }

    /// One line for each, with what the operator has said of it and who has a token where; then those people who may not come in.
    static func text(of peers: [KnownPeer], denied people: [ExternalName] = []) -> String {
        let persons = people.map { "\($0.text)  denied\n" }.joined()
        guard !peers.isEmpty else { return "No servers.\n" + persons }
        return peers.map { peer in
            var parts = [peer.address]
            switch peer.rule {
            case .allowed: parts.append("allowed")
            case .denied: parts.append("denied")
            case .none: parts.append("-")
            }
            if peer.isAuthenticated { parts.append("knows this server") }
            if peer.isAuthorized { parts.append("is known here") }
            if let seenAt = peer.seenAt { parts.append("seen \(seenAt.rfc3339)") }
            return parts.joined(separator: "  ") + "\n"
        }.joined() + persons
    }

    /// Why a command did nothing.
    enum Failure: Error, Equatable {
        case noAddress(String)
        case noPerson(String)
        case unknown(String)
    }
}
