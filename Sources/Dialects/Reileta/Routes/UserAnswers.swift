internal import Community
internal import HTTP
internal import JSON

/// Finds people, and shows them as the caller may see them.
struct UserAnswers: Sendable {
    let endpoints: Endpoints

    /// Whom a path names (contracts/reileta.md 2.3).
    enum Target: Sendable {
        case person(RegistryUser)
        /// The server itself.
        case root
    }

    /// Writes a user.
    typealias Written = @Sendable (inout JSONWriter) -> Void

    /// Whom the parameter `id` of the path names: an id, a username, or a word with `@` in front.
    func target(_ context: Endpoints.Context) async throws -> Target {
        let name = ObjectName(context.parameter("id"))
        try await endpoints.requireHere(name.address, context)
        switch name.text {
        case "@me": return .person(try await endpoints.community.registryUser(.id(try context.required().account.id)))
        case "@server", "@root": return .root
        case "@admin": return .person(try await endpoints.community.mainAdministrator())
        default: break
        }
        guard let selector = selector(name.text) else { throw Failure(.userInvalidInput, "\(name.text) names nobody.") }
        if selector == .id(AccountID(0)) { return .root }
        do {
            let user = try await endpoints.community.registryUser(selector)
            // Whoever is at home elsewhere is nobody of this server.
            guard user.external == nil else { throw CommunityError.unknownAccount }
            return .person(user)
        } catch CommunityError.unknownAccount where name.text == "root" {
            return .root
        }
    }

    /// Whom the path names, who has an account.
    ///
    /// - Throws: `Failure` for the server itself.
    func person(_ context: Endpoints.Context) async throws -> RegistryUser {
        guard case .person(let user) = try await target(context) else {
            throw Failure(.userDontHavePermission, "The server itself has no account.")
        }
        return user
    }

    /// What a text can name; nil for what is neither an id nor a username.
    func selector(_ text: String) -> UserSelector? {
        if let reference = endpoints.identity.identifiers.reference(.user, text) {
            // An id that this server has not made is nobody's here.
            if case .number(let number) = reference { return .id(AccountID(number)) }
            return .id(AccountID(-1))
        }
        guard !text.isEmpty, !text.hasPrefix("@"), !text.hasPrefix("u_"), text.unicodeScalars.count <= 64 else { return nil }
        return .username(text)
    }

    /// What a text can name that may say the server too; nil for what another server has.
    func ownSelector(_ text: String) -> UserSelector? {
        let name = ObjectName(text)
        return name.address.map(endpoints.identity.isOwn) ?? true ? selector(name.text) : nil
    }

    /// People that a frame of a socket names: more make it longer than clients read.
    private static let namedInFrames = 8

    /// UserMe.
    ///
    /// - Parameters:
    ///   - wire: with the addresses that the request has come by; nil: with the server's own.
    ///   - isFrame: whether it stands in a frame of a socket, which has to be short: long lists are left out.
    func own(_ account: AccountID, through wire: Wire? = nil, isFrame: Bool = false) async throws -> Written {
        let user = try await endpoints.community.registryUser(.id(account))
        let following = try await endpoints.community.following(of: account)
        let isShort = !isFrame || following.following.count <= Self.namedInFrames
        let own = Wire.Own(following: isShort ? following : nil, home: user.home ?? endpoints.settings.fallbackWorld)
        let wire = wire ?? endpoints.wire
        return { wire.user(user, own: own, to: &$0) }
    }

    /// User, UserFriend or UserMe, as the caller may see somebody.
    func shown(_ user: RegistryUser, to context: Endpoints.Context) async throws -> Written {
        let wire = context.wire
        guard let caller = context.caller else { return { wire.user(user, to: &$0) } }
        let since = try await endpoints.community.friendship(of: caller.account.id, with: user.id)
        return { wire.user(user, friendship: since.map { Wire.Friendship(since: $0) }, to: &$0) }
    }
}

extension UserAnswers {
    /// The account that a text names, as filters of lists have it; nil when there is none.
    func account(named text: String) async throws -> AccountID? {
        let name = ObjectName(text)
        if let address = name.address, !endpoints.identity.isOwn(address) {
            return try await endpoints.community.externalUser(ExternalName(id: name.text, server: address))?.id
        }
        guard let selector = selector(name.text) else { return nil }
        do {
            let user = try await endpoints.community.registryUser(selector)
            return user.external == nil ? user.id : nil
        } catch CommunityError.unknownAccount {
            return nil
        }
    }
}
