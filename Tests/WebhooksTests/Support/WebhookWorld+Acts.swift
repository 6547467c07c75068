import Community
import Primitives
import Storage
import StorageTesting

@testable import Webhooks

/// What happens in the galaxy, and the engine's work.
extension WebhookWorld {
    /// Looks for events and sends what is due, until nothing is due any more at this moment.
    func settle() async {
        var sent = -1
        while sent != receiver.arrivals.count {
            sent = receiver.arrivals.count
            await engine.run { delivery, record in await engine.attempt(delivery, record) }
        }
    }

    /// Moves the clock on in steps and does what is due after each.
    func pass(seconds: Int64, step: Int64) async {
        var rest = seconds
        while rest > 0 {
            clock.advance(seconds: min(step, rest))
            rest -= step
            await settle()
        }
    }

    /// An endpoint of the owner; it has answered its ping unless `isActive` is false.
    @discardableResult
    func endpoint(
        url: String = url, events: [String] = ["*"], channels: [String]? = nil, scheme: SignatureScheme = .symmetric,
        by account: AccountID? = nil,
        isActive: Bool = true
    ) async throws -> (id: EndpointID, secret: [UInt8]) {
        let (endpoint, secret) = try await engine.createEndpoint(
            in: space, galaxyID: "g1", by: account ?? owner, url: url, events: events, channels: channels, scheme: scheme)
        if isActive {
            await settle()
            receiver.clear()
        }
        return (endpoint.id, secret)
    }

    func shown(_ id: EndpointID) async throws -> WebhookEndpoint { try await engine.endpoint(id, of: space) }

    /// A channel of the metadata server.
    @discardableResult
    func channel(_ id: String, kind: ChannelKind = .text) async throws -> GalaxyChannel {
        let draft = try GalaxyChannelDraft(id: id, name: id, kind: kind.rawValue, topic: nil, parentID: nil)
        return try await community.createGalaxyChannel(in: "g1", draft, by: Self.metadata).channel
    }

    /// Something happens that everybody sees.
    func rename(_ name: String) async throws {
        try await community.updateGalaxy("g1", by: Self.origin, GalaxyChanges(name: name))
    }

    @discardableResult
    func say(_ text: String, in channel: GalaxyChannel, by account: AccountID? = nil) async throws -> MessageID {
        try await community.createMessage(in: channel.channel.id, by: account ?? owner, content: text).0.id
    }

    func member(_ userID: String) async throws -> AccountID {
        try await community.addGalaxyMember(userID, to: "g1", by: Self.origin)
        return try await community.account(cosmosUser: userID).id
    }

    /// A role with permissions, made past all rules.
    func role(_ permissions: Permissions, of member: AccountID) async throws -> Int64 {
        let space = space
        return try await database.transaction { tx in
            let id = tx.nextID()
            try tx.execute(
                "INSERT INTO roles (id, space_id, kind, name, permissions, position, created_at) VALUES ($1, $2, 0, 'keeper', $3, 1, 0)",
                [.integer(id), .integer(space.rawValue), .integer(permissions.rawValue)])
            try tx.execute(
                "INSERT INTO member_roles (space_id, account_id, role_id) VALUES ($1, $2, $3)",
                [.integer(space.rawValue), .integer(member.rawValue), .integer(id)])
            return id
        }
    }

    /// What stands in the queue, by state.
    func rows(_ state: DeliveryState) async throws -> [String] {
        try await database.read { reader in
            try reader.query("SELECT type FROM webhook_deliveries WHERE state = $1 ORDER BY id", [.integer(state.rawValue)]) {
                try $0.text(0)
            }
        }
    }
}

extension WebhookWorld {
    /// Sends what is due at once: all of it is on its way before the first one is answered.
    func settleTogether() async throws {
        try await engine.pump()
        let taken = try await engine.takeDue()
        for (delivery, record) in taken { await engine.attempt(delivery, record) }
    }

    /// Lets everyone do no more in a channel.
    func limit(_ channel: String, to permissions: Permissions) async throws {
        _ = try await community.updateGalaxyChannel(
            channel, of: "g1", by: Self.metadata, GalaxyChannelChanges(everyone: .set(permissions)))
    }
}
