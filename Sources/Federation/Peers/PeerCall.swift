internal import JSON

/// Something that another server is asked for.
public struct PeerCall: Sendable {
    /// The method.
    public var method: String
    /// Path and query, beginning with `/api/`.
    public var target: String
    /// JSON; empty for none.
    public var body: [UInt8]
    /// For whom, as `u_…@<own address>`; nil: for the server itself.
    public var person: String?
    /// Whether the other server has to know who asks; otherwise it is told when a token is there.
    public var needsToken: Bool
    /// Bytes of the answer.
    public var bodyLimit: Int

    /// A call.
    public init(
        _ method: String, _ target: String, body: [UInt8] = [], person: String? = nil, needsToken: Bool = false, bodyLimit: Int = 1 << 20
    ) {
        self.method = method
        self.target = target
        self.body = body
        self.person = person
        self.needsToken = needsToken
        self.bodyLimit = bodyLimit
    }
}

/// An answer of another server, in the envelope of contracts/reileta.md 1.1.
struct PeerAnswer {
    /// The code that asks to come back at another gateway.
    static let retryWithNewGateway = 10
    /// The code that says that a token counts no more.
    static let serverNotLogged = 103

    var data: JSONValue?
    var error: (code: Int, status: Int, message: String)?
    /// Where further requests go; nil when the server says nothing of it.
    var redirection: String?

    /// - Throws: `PeerFailure.badData`, `.badRedirection`.
    init(_ body: [UInt8], rules: PeerURLRules) throws(PeerFailure) {
        guard let object = try? JSONValue.parse(body).object() else { throw .badData }
        data = object.optional("data")
        if let error = object.optional("error") {
            guard let members = try? error.object(), let code = try? members.required("code").integer(), let code = Int(exactly: code)
            else {
                throw .badData
            }
            let status = (try? members.optional("status")?.integer()).flatMap { $0 }.flatMap { Int(exactly: $0) } ?? 400
            let message = (try? members.optional("message")?.string()).flatMap { $0 } ?? ""
            self.error = (code, status, String(message.unicodeScalars.filter { $0.value >= 0x20 }.prefix(200).map(Character.init)))
        }
        redirection = try object.optional("redirect").map { value throws(PeerFailure) in try Self.redirection(value, rules) }
    }

    /// Either of the two forms that servers send: `{http, ws}` or `{secure, address}`.
    private static func redirection(_ value: JSONValue, _ rules: PeerURLRules) throws(PeerFailure) -> String {
        guard let members = try? value.object() else { throw .badRedirection }
        do {
            if let http = try members.optional("http")?.string() { return try rules.origin(http) }
            let scheme = try members.required("secure").bool() ? "https" : "http"
            return try rules.origin("\(scheme)://\(try members.required("address").string())")
        } catch {
            throw .badRedirection
        }
    }
}
