import JSON
import Primitives
import Testing

@testable import Community
@testable import Reileta

/// contracts/reileta.md 4.1.
@Suite("The server on the wire")
struct ServerWireTests {
    private static let names = [
        "id", "title", "description", "address", "gateways", "secure", "version", "ready_at", "icon", "created_at", "updated_at",
    ]

    @Test("is what the operator has set")
    func configured() throws {
        let wire = Forms.wire()
        let object = try Forms.object { wire.server(to: &$0) }
        #expect(object.names == Self.names && Forms.nulls(in: object).isEmpty)
        #expect(object.text("id") == "nest.example" && object.text("title") == "Nest" && object.text("description") == "")
        #expect(object.text("address") == "nest.example" && object.flag("secure") == true && object.text("version") == "1.2.3")
        #expect(object.text("icon") == "https://nest.example/icon.png")
        #expect(object.number("ready_at") == 1_700_000_000_123 && object.number("updated_at") == 1_700_000_001_000)
        let gateways = try #require(try object["gateways"]?.object())
        #expect(gateways.names == ["http", "ws", "proxy"])
        #expect(gateways.text("http") == "https://nest.example" && gateways.text("proxy") == "https://nest.example")
        #expect(gateways.text("ws") == "wss://nest.example/api/ws")
    }

    /// contracts/reileta.md 6.1: the first clients connect with Socket.IO to `gateways.ws`.
    @Test("sends the first clients where they find Socket.IO")
    func socketIO() throws {
        let wire = Forms.wire("http://127.0.0.1:3032")
        func gateway(_ expectsSocketIO: Bool) throws -> String? {
            try Forms.object { wire.server(expectsSocketIO: expectsSocketIO, to: &$0) }["gateways"]?.object().text("ws")
        }
        #expect(try gateway(true) == "http://127.0.0.1:3032")
        #expect(try gateway(false) == "ws://127.0.0.1:3032/api/ws")
    }

    @Test("is what administrators have said since")
    func changed() throws {
        let server = Forms.server {
            ($0.title, $0.description, $0.iconURL) = ("Rookery", "Birds.", "https://pictures.example/nest.png")
            ($0.isSecure, $0.address) = (true, "vr.example:3032")
        }
        let wire = Forms.wire("http://nest.example", server)
        let object = try Forms.object { wire.server(to: &$0) }
        #expect(object.text("title") == "Rookery" && object.text("description") == "Birds.")
        #expect(object.text("icon") == "https://pictures.example/nest.png")
        #expect(object.text("address") == "vr.example:3032" && object.flag("secure") == true)
        #expect(try object["gateways"]?.object().text("http") == "https://nest.example")
        // Objects name the server by its address.
        let user = try Forms.object { wire.user(RegistryUser(account: Forms.account()), to: &$0) }
        #expect(user.text("server") == "vr.example:3032")
    }
}
