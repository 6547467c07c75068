internal import HTTPClient
internal import JSON
internal import Security

/// What another server of the Reileta kind says of itself (contracts/reileta.md 4.1), as far as it was understood.
public struct PeerServer: Sendable, Equatable {
    /// The id that it has given itself.
    public var id: String
    /// Shown to people.
    public var title: String
    /// What it says of itself.
    public var description: String?
    /// Its one address.
    public var address: String
    /// Where requests go: scheme, host and port.
    public var http: String
    /// Where sockets go.
    public var ws: String
    /// Where requests may go that come from afar; nil: it does not say.
    public var proxy: String?
    /// Whether it is reached by TLS.
    public var isSecure: Bool
    /// Of its program.
    public var version: String
    /// When it was started, in milliseconds since 1970.
    public var readyAt: Int64
    /// A picture.
    public var icon: String
    /// When it was made, in milliseconds since 1970; nil: it does not say.
    public var createdAt: Int64?
    /// When it was changed last, in milliseconds since 1970; nil: it does not say.
    public var updatedAt: Int64?

    /// Reads `data` of `GET /api/server`.
    ///
    /// - Throws: `PeerFailure.badStructure` when a part is missing or no good.
    init(_ value: JSONValue, rules: PeerURLRules) throws(PeerFailure) {
        do {
            let object = try value.object()
            let gateways = try object.required("gateways").object()
            func text(_ name: String, _ limit: Int = 256) throws -> String {
                let text = try object.required(name).string()
                guard !text.isEmpty, text.utf8.count <= limit else { throw PeerFailure.badStructure(reason: "\(name) is empty or long") }
                return text
            }
            id = try text("id")
            title = try text("title")
            version = try text("version")
            icon = try text("icon", OutboundURL.lengthLimit)
            createdAt = try object.optional("created_at")?.integer()
            updatedAt = try object.optional("updated_at")?.integer()
            description = try object.optional("description")?.string()
            guard let address = PeerAddress.normalized(try text("address")) else { throw PeerFailure.badStructure(reason: "address") }
            self.address = address
            isSecure = try object.required("secure").bool()
            readyAt = try object.required("ready_at").integer()
            http = try rules.origin(try gateways.required("http").string())
            ws = try gateways.required("ws").string()
            proxy = try gateways.optional("proxy")?.string()
            guard proxy.map(Self.isWebAddress) ?? true, (description ?? "").utf8.count <= 4_096, Self.isWebAddress(ws),
                Self.isWebAddress(icon)
            else {
                throw PeerFailure.badStructure(reason: "gateways")
            }
        } catch let failure as PeerFailure {
            throw failure
        } catch {
            throw .badStructure(reason: "no server")
        }
    }

    private static func isWebAddress(_ text: String) -> Bool {
        text.utf8.count <= OutboundURL.lengthLimit && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            && ["http://", "https://", "ws://", "wss://"].contains(where: text.hasPrefix)
    }
}
