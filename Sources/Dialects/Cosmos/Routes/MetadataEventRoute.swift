internal import Community
internal import Federation
internal import HTTP
internal import JSON
internal import Primitives

/// What a metadata server tells of its galaxies and people (contracts/cosmos.md 9.7).
struct MetadataEventRoute {
    private static let types: Set<String> = [
        "galaxy.updated", "galaxy.transferred", "galaxy.deleted", "member.joined", "member.left", "user.sessionsRevoked", "user.deleted",
        "keys.revoked",
    ]

    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.post("/metadata", endpoints.signed(receive))
    }

    @Sendable private func receive(_ call: Endpoints.Call, _ server: MetadataServer) async throws -> HTTPResponse {
        guard let number = call.request.headers[first: "webhook-id"], (1...256).contains(number.utf8.count) else {
            throw Problem(.invalid, "The header webhook-id is missing.")
        }
        var form = try await endpoints.form(call)
        let type = form.text("type")
        _ = form.optionalText("timestamp")
        // What is new to this version is no failure: the sender would send it again and again.
        let isKnown = Self.types.contains(type)
        var data = isKnown ? form.form("data") : nil
        try form.finish()
        let sender = "metadata \(server.origin)"
        guard try await !endpoints.community.hasReceived(number, from: sender) else { return HTTPResponse(status: .noContent) }
        if data != nil { try await apply(type, &data, from: server) }
        // After the act: what fails is sent again, and each of these acts may be done twice.
        try await endpoints.community.noteReceived(number, from: sender)
        return HTTPResponse(status: .noContent)
    }

    private func apply(_ type: String, _ data: inout RequestForm?, from server: MetadataServer) async throws {
        guard var form = data else { return }
        let community = endpoints.community
        switch type {
        case "galaxy.updated":
            let id = form.identifier("id")
            let changes = GalaxyChanges(
                name: form.optionalText("name"), description: form.change("description"), iconHash: form.iconHash(),
                publicBits: form.optionalInteger("publicFlags"), privateBits: form.optionalInteger("privateFlags"))
            try form.finish()
            try await community.updateGalaxy(id, by: server.origin, changes)
        case "galaxy.transferred":
            let (id, owner) = (form.identifier("id"), form.identifier("ownerId"))
            try form.finish()
            try await community.transferGalaxy(id, by: server.origin, to: owner)
        case "galaxy.deleted":
            let id = form.identifier("id")
            try form.finish()
            try await community.deleteGalaxy(id, by: server.origin)
        case "member.joined", "member.left":
            let (galaxy, user) = (form.identifier("galaxyId"), form.identifier("userId"))
            try form.finish()
            try await change(membership: user, of: galaxy, isJoined: type == "member.joined", server)
        case "user.sessionsRevoked":
            let user = form.identifier("userId")
            let text = form.text("before")
            let before = Timestamp(rfc3339: text)
            if before == nil { form.refuse("before", "Must be a time as RFC 3339 writes it.") }
            try form.finish()
            if let before { try await community.revokeTokens(ofCosmosUser: user, before: before) }
        case "user.deleted":
            let user = form.identifier("userId")
            try form.finish()
            try await community.forgetCosmosUser(user)
        case "keys.revoked":
            let thumbprints = form.optionalTexts("thumbprints", atMost: 32) ?? []
            if thumbprints.isEmpty, form.errors.isEmpty { form.refuse("thumbprints", "Must name at least one key.") }
            try form.finish()
            try await revoke(thumbprints, server)
        default: return
        }
    }

    private func change(membership user: String, of galaxy: String, isJoined: Bool, _ server: MetadataServer) async throws {
        if isJoined {
            _ = try await endpoints.community.addGalaxyMember(user, to: galaxy, by: server.origin)
            return
        }
        do {
            try await endpoints.community.removeGalaxyMember(user, from: galaxy, by: .metadataServer(origin: server.origin))
        } catch CommunityError.unknownMember {
            // Whoever is no member has left.
        }
    }

    private func revoke(_ thumbprints: [String], _ server: MetadataServer) async throws {
        do {
            try await endpoints.federation.revoke(thumbprints, sentBy: server)
        } catch let failure as KeyChangeFailure {
            throw Problem.invalid(
                "/data/thumbprints",
                failure == .lastKey ? "One usable key has to stay." : "A server revokes its own keys only.")
        }
    }
}
