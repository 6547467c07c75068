internal import Community
internal import Dialect
internal import Federation
internal import HTTP
internal import JSON
internal import Primitives

/// Galaxies (contracts/cosmos.md 7.2, 7.3).
struct GalaxyRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        router.post("", endpoints.open(create))
        router.get("/:galaxy_id", endpoints.open(show))
    }

    @Sendable private func create(_ call: Endpoints.Call) async throws -> HTTPResponse {
        try requireMaker(call.caller)
        let form = try await endpoints.form(call)
        let (draft, claim) = try draft(form, isFromServer: call.isFromServer)
        let assertion = try await requireStanding(call, draft)
        let made = try await endpoints.community.createGalaxy(
            draft, by: call.maker, claim: claim, address: endpoints.services.shared.clientAddress(call.request),
            spending: { try assertion?.spend(in: $0) })
        let isPrivate = call.isFromServer
        var response = HTTPResponse.json(
            Wire.object { Wire.galaxy(made.galaxy, server: endpoints.settings.origin.text, isPrivate: isPrivate, to: &$0) },
            status: made.isNew ? .created : .ok)
        if made.isNew { response.headers.set("Location", "/galaxy/\(made.galaxy.id)") }
        return response
    }

    /// Metadata servers make galaxies; where there are none, people do.
    private func requireMaker(_ caller: Caller) throws(Problem) {
        if case .metadata = caller { return }
        guard !endpoints.settings.hasMetadataServers else { throw Problem(.signatureMissing) }
        switch caller {
        case .metadata, .user, .newcomer: return
        case .anonymous: throw Problem(.unauthenticated)
        case .refused(let problem): throw problem
        }
    }

    private func draft(_ form: RequestForm, isFromServer: Bool) throws -> (GalaxyDraft, claim: String?) {
        var form = form
        let (id, name, owner) = (form.identifier("id"), form.text("name"), form.identifier("ownerId"))
        let claim = form.optionalText("claim")
        var flags = SpaceFlags()
        var (description, iconHash): (String?, String?)
        // What only a metadata server knows is not taken from others.
        if isFromServer {
            description = form.optionalText("description")
            if case .set(let hash) = form.iconHash() { iconHash = hash }
            flags = SpaceFlags(publicBits: form.optionalInteger("publicFlags") ?? 0, privateBits: form.optionalInteger("privateFlags") ?? 0)
        }
        let draft = try form.checked { () throws(CommunityError) in
            try GalaxyDraft(id: id, name: name, ownerID: owner, description: description, iconHash: iconHash, flags: flags)
        }
        return (draft, claim)
    }

    /// What the owner wants, where that is asked for or said (4, "Intent"); a person makes galaxies of its own only.
    ///
    /// - Returns: what the owner has signed, to be used up with the making.
    private func requireStanding(_ call: Endpoints.Call, _ draft: GalaxyDraft) async throws -> SingleUse? {
        switch call.caller {
        case .user(let user):
            guard user.userID == draft.ownerID else { throw CommunityError.notOperator }
        case .newcomer(let identity):
            guard identity.subject == draft.ownerID else { throw CommunityError.notOperator }
        case .metadata:
            let assertions = call.request.headers.all("cosmos-user-assertion")
            guard assertions.count <= 1 else { throw Problem(.invalidAssertion) }
            if let assertion = assertions.first {
                return try await endpoints.federation.assertion(assertion, owner: draft.ownerID, galaxyID: draft.id)
            } else if endpoints.settings.requiresUserAssertion {
                throw Problem(.invalidAssertion, "The galaxy needs a Cosmos-User-Assertion of its owner.")
            }
        case .anonymous, .refused: throw Problem(.unauthenticated)
        }
        return nil
    }

    @Sendable private func show(_ call: Endpoints.Call) async throws -> HTTPResponse {
        let id = call.parameter("galaxy_id")
        let galaxy = try await endpoints.community.galaxy(id)
        try await requireSight(of: galaxy, call)
        let isPrivate = call.isFromMaker(of: galaxy)
        var response = HTTPResponse.json(
            Wire.object { Wire.galaxy(galaxy, server: endpoints.settings.origin.text, isPrivate: isPrivate, to: &$0) })
        response.headers.add("Vary", "Authorization, Signature-Input")
        return response
    }

    /// Where galaxies are not for everybody, strangers do not learn that there is one.
    private func requireSight(of galaxy: Galaxy, _ call: Endpoints.Call) async throws {
        guard !endpoints.settings.hasPublicGalaxyInfo, !call.isFromMaker(of: galaxy) else { return }
        if case .refused(let problem) = call.caller, problem.kind == .keysUnavailable { throw problem }
        guard case .account(let account) = call.caller.viewer(of: galaxy.id),
            try await endpoints.community.isMember(account, ofGalaxy: galaxy.id)
        else { throw CommunityError.unknownSpace }
    }
}

extension Endpoints.Call {
    /// Whether a metadata server has signed the request.
    var isFromServer: Bool {
        if case .metadata = caller { return true }
        return false
    }

    /// Whether the metadata server that has made the galaxy has signed the request.
    fileprivate func isFromMaker(of galaxy: Galaxy) -> Bool {
        if case .metadata(let server) = caller { return galaxy.source == server.origin }
        return false
    }

    /// Who makes a galaxy, for the audit log and for whom it belongs to.
    fileprivate var maker: GalaxyMaker {
        switch caller {
        case .metadata(let server): .actor(.metadataServer(origin: server.origin))
        case .user(let user): .actor(.account(user.account.id))
        case .newcomer(let identity): .newcomer(CosmosIdentity(identity))
        // Who has shown nothing has been refused before.
        case .anonymous, .refused: .actor(.account(AccountID(0)))
        }
    }
}

extension RequestForm {
    /// What names a picture on the metadata server.
    mutating func iconHash() -> Change<String> {
        let change = change("iconHash")
        if case .set(let hash?) = change, !(1...128).contains(hash.utf8.count) || hash.utf8.contains(0) {
            refuse("iconHash", "Must be 1 to 128 characters long.")
        }
        return change
    }
}
