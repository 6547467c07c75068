internal import Primitives
internal import Security
public import Storage

extension Community {
    /// A galaxy, by the id that Cosmos knows it by.
    ///
    /// - Throws: `CommunityError.unknownSpace`.
    public func galaxy(_ id: String) async throws -> Galaxy {
        try await read { try $0.galaxy(try $0.spaceID(galaxy: id)) }
    }

    /// The id that Cosmos knows a space by.
    public func galaxyID(of space: SpaceID) async throws -> String {
        try await read { try $0.galaxyID(of: space) }
    }

    /// Makes a galaxy (contracts/cosmos.md 4, 7.2). Its owner has to be an operator, or becomes one by a claim code in the same transaction, and is
    /// its first member. The event `memberAdded` about the owner is committed with it. No channel is made.
    ///
    /// - Parameters:
    ///   - claim: a claim code.
    ///   - address: where the request comes from, for counting wrong codes.
    ///   - spending: uses up what the owner has signed, in the same transaction.
    /// - Returns: the galaxy, and whether it is new: the same one again changes nothing.
    /// - Throws: `CommunityError.notOperator`, `.invalidClaimCode`, `.tooManySetupAttempts`, `.galaxyConflict`, `.limitReached`; for a newcomer
    ///   `.identityTaken`, `.identityRevoked`; what `spending` throws.
    public func createGalaxy(
        _ draft: GalaxyDraft, by maker: GalaxyMaker, claim typed: String? = nil, address: String,
        spending: @escaping @Sendable (Transaction) throws -> Void = { _ in }
    ) async throws -> (galaxy: Galaxy, isNew: Bool) {
        let (settings, userID) = (settings, draft.ownerID)
        let isOperator = try await isOperator(userID)
        let claim = isOperator ? nil : try typed.map { code throws(CommunityError) in try self.claim(code, address: address) }
        guard isOperator || claim != nil else { throw CommunityError.notOperator }
        let made: (galaxy: Galaxy, isNew: Bool)?
        do {
            made = try await write { tx in
                try spending(tx)
                let (owner, actor) = try tx.owner(userID, of: maker)
                if let claim {
                    guard try tx.use(claim, administrator: owner) else { throw CommunityError.invalidClaimCode }
                    try tx.makeOperator(userID)
                    try tx.audit(.operatorAdded, by: owner, subject: owner.rawValue)
                } else if try !tx.isOperator(userID, configured: settings.operators) {
                    throw CommunityError.notOperator
                }
                return try tx.createGalaxy(draft, owner: owner, by: actor, limit: settings.maximumGalaxies)
            }
        } catch CommunityError.invalidClaimCode {
            made = nil
        } catch {
            if let claim { setupAttempts.forgive(claim.address) }
            throw error
        }
        if let claim { try await settle(claim, isGood: made != nil) }
        guard let made else { throw CommunityError.invalidClaimCode }
        return made
    }
}

/// Who makes a galaxy.
public enum GalaxyMaker: Sendable, Equatable {
    /// Somebody with an account here, or a metadata server for anybody.
    case actor(Actor)
    /// Somebody whom an identity server vouches for, and who may be nothing here yet: the owner.
    case newcomer(CosmosIdentity)
}

extension Transaction {
    /// The owner of a new galaxy, and who makes it.
    fileprivate func owner(_ userID: String, of maker: GalaxyMaker) throws -> (AccountID, Actor) {
        switch maker {
        case .actor(let actor): return (try admit(userID: userID), actor)
        case .newcomer(let identity):
            let account = try admit(identity)
            return (account, .account(account))
        }
    }

    fileprivate func createGalaxy(
        _ draft: GalaxyDraft, owner: AccountID, by actor: Actor, limit: Int
    ) throws -> (galaxy: Galaxy, isNew: Bool) {
        // Without a metadata server galaxies belong to none.
        let source = actor.origin ?? ""
        if let known = try spaceWithID(draft.id) {
            let galaxy = try galaxy(known.id)
            // What another server has made, or somebody here, is not this one's to know.
            guard !known.isDeleted, galaxy.source == source, galaxy.space.name == draft.space.name, galaxy.ownerID == draft.ownerID else {
                throw CommunityError.galaxyConflict
            }
            return (galaxy, isNew: false)
        }
        guard try galaxyCount() < limit else { throw CommunityError.limitReached(name: "galaxies", limit: limit) }
        try requireRoomForSpace(of: owner)
        let id = try insertSpace(draft.space, owner: owner)
        var galaxy = try galaxy(id)
        galaxy.id = draft.id
        galaxy.source = source
        if actor.origin != nil {
            galaxy.iconHash = draft.iconHash
            galaxy.flags = draft.flags
        }
        try update(galaxy)
        try addMember(owner, to: id)
        try audit(.galaxyCreated, by: actor.accountID, in: id, subject: id.rawValue, details: actor.origin)
        galaxy.space = try space(id)
        return (galaxy, isNew: true)
    }

    /// Whatever an id means already: an id that was given away, also to a galaxy that is deleted, or the number of a space that was made here.
    private func spaceWithID(_ id: String) throws -> (id: SpaceID, isDeleted: Bool)? {
        let known = try first("SELECT id, deleted_at FROM spaces WHERE external_id = $1", [.text(id)]) { row in
            (id: SpaceID(try row.integer(0)), isDeleted: try row.optionalInteger(1) != nil)
        }
        if let known { return known }
        guard let number = Int64(id), String(number) == id else { return nil }
        return try first("SELECT id FROM spaces WHERE id = $1", [.integer(number)]) { (id: SpaceID(try $0.integer(0)), isDeleted: false) }
    }
}
