import Gateway
import JSON
import Primitives
import Reactor
import Storage

@testable import Community
@testable import HTTP
@testable import Reileta

/// What objects look like on the wire, without a server around it.
enum Forms {
    static let loops = EventLoopGroup(count: 1)
    static let made = Timestamp(microseconds: 1_700_000_000_123_456)
    static let changed = Timestamp(microseconds: 1_700_000_001_000_999)
    static let uuid = "11111111-2222-4333-8444-555555555555"

    static func server(_ change: (inout RegistryServer) -> Void = { _ in }) -> RegistryServer {
        var server = RegistryServer(key: Array(1...32), createdAt: made, updatedAt: changed)
        change(&server)
        return server
    }

    static func wire(_ origin: String = "https://nest.example", _ server: RegistryServer = server()) -> Wire {
        let settings = ReiletaSettings(origin: PublicOrigin(origin), title: "Nest", version: "1.2.3", startedAt: made)
        let hub = Hub(group: loops, startingAfter: 0, bus: InProcessBus())
        let presence = PresenceBoard(hub: hub, loop: loops.next(), audiences: { _ in [:] }, reportFailure: { _ in })
        return Wire(identity: ServerIdentity(server, people: ExternalNames(), settings: settings), presence: presence, settings: settings)
    }

    static func account(_ number: Int64 = 7, _ change: (inout Account) -> Void = { _ in }) -> Account {
        var account = Account(id: AccountID(number), username: "robin", createdAt: made, updatedAt: changed)
        change(&account)
        return account
    }

    static func picture() -> Picture {
        Picture(blob: StoredBlob(id: 1, digest: Array(repeating: 1, count: 32), size: 1), updatedAt: made)
    }

    /// A request as a client sends it.
    static func request(_ target: String) throws -> HTTPRequest {
        let head = try HeadParser.parse(Array("GET \(target) HTTP/1.1\r\nHost: nest.example\r\n\r\n".utf8), limits: HTTPLimits())
        return HTTPRequest(
            head, body: RequestBody(source: .empty, declaredLength: 0), id: 1, peer: try SocketAddress(host: "127.0.0.1", port: 1),
            loop: loops.next())
    }

    // MARK: Reading

    static func object(_ write: (inout JSONWriter) -> Void) throws -> JSONObject {
        var writer = JSONWriter()
        write(&writer)
        return try JSONValue.parse(writer.bytes).object()
    }

    /// The pointers of everything that is null.
    static func nulls(in object: JSONObject) -> [String] {
        object.members.flatMap { nulls(in: $0.value) }
    }

    private static func nulls(in value: JSONValue) -> [String] {
        if value.isNull { return [value.pointer] }
        if let items = try? value.array() { return items.flatMap { nulls(in: $0) } }
        return (try? value.object()).map { nulls(in: $0) } ?? []
    }
}

extension JSONObject {
    var names: [String] { members.map(\.name) }
    func text(_ name: String) -> String? { try? self[name]?.string() }
    func number(_ name: String) -> Int64? { try? self[name]?.integer() }
    func flag(_ name: String) -> Bool? { try? self[name]?.bool() }
    func texts(_ name: String) -> [String]? { try? self[name]?.array().map { try $0.string() } }
    func objects(_ name: String) -> [JSONObject]? { try? self[name]?.array().map { try $0.object() } }
}
