/// What a signature has to cover to be worth something: a profile of RFC 9421, told apart by its tag.
public struct SignatureProfile: Sendable {
    /// The value of the parameter `tag`.
    public var tag: String
    let needsNonce: Bool
    /// Whether components of the answered request may be covered.
    let coversRequest: Bool
    private let isCovered: @Sendable (Set<SignatureComponent>, SignedMessage) -> Bool

    /// Requests between servers: `cosmos-s2s-v1` of contracts/cosmos.md 3.3.
    public static let serverRequest = SignatureProfile(tag: "cosmos-s2s-v1", needsNonce: true, coversRequest: false) { covered, message in
        func covers(_ names: [String]) -> Bool { names.allSatisfy { covered.contains(SignatureComponent($0)) } }
        guard covers(["@method"]), covers(["@authority", "@path", "@query"]) || covers(["@target-uri"]) else { return false }
        guard message.body.isEmpty || covers(["content-digest", "content-type"]) else { return false }
        // What decides something beside the body is signed like the body.
        return ["cosmos-user-assertion", "webhook-id"].allSatisfy { message.lines($0).isEmpty || covers([$0]) }
    }

    /// Key documents that introduce new keys: `cosmos-keys-v1` of contracts/cosmos.md 3.5.
    public static let keyDocument = SignatureProfile(tag: "cosmos-keys-v1", needsNonce: false, coversRequest: true) { covered, _ in
        covered.contains(SignatureComponent("@status")) && covered.contains(SignatureComponent("content-digest"))
            && covered.contains(SignatureComponent("@authority", isOfRequest: true))
            && covered.contains(SignatureComponent("@path", isOfRequest: true))
    }

    private init(
        tag: String, needsNonce: Bool, coversRequest: Bool, isCovered: @escaping @Sendable (Set<SignatureComponent>, SignedMessage) -> Bool
    ) {
        self.tag = tag
        self.needsNonce = needsNonce
        self.coversRequest = coversRequest
        self.isCovered = isCovered
    }

    func check(_ components: [SignatureComponent], of message: SignedMessage) throws(SignatureFailure) {
        let covered = Set(components)
        guard covered.count == components.count else { throw .malformed("a component is covered twice") }
        guard coversRequest || !components.contains(where: \.isOfRequest) else { throw .malformed("a component has parameters") }
        guard isCovered(covered, message) else { throw .malformed("not all that has to be is covered") }
        // A field that no rule asks for could mean several things when it is there twice.
        let joined: Set = ["content-digest", "content-type"]
        for component in components where !component.name.hasPrefix("@") && !joined.contains(component.name) {
            guard message.lines(component.name).count <= 1 else { throw .malformed("a covered field is there twice") }
        }
    }
}
