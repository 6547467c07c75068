import Testing

@testable import Reileta

@Suite("Names of objects")
struct ObjectNameTests {
    struct Row: Sendable {
        var text: String
        var name: String
        var version: String?
        var address: String?
    }

    /// contracts/reileta.md 1.4.
    private static let rows = [
        Row(text: "robin", name: "robin"), Row(text: "robin@example.org", name: "robin", address: "example.org"),
        Row(text: "u_1@example.org:3032", name: "u_1", address: "example.org:3032"),
        Row(text: "w_1", name: "w_1"), Row(text: "w_1:2", name: "w_1", version: "2"),
        Row(text: "w_1:2@example.org:3032", name: "w_1", version: "2", address: "example.org:3032"),
        Row(text: "w_1:1.0:b@s", name: "w_1", version: "1.0:b", address: "s"),
        Row(text: "w_1:@s", name: "w_1", address: "s"), Row(text: "w_1:", name: "w_1"),
        Row(text: "@me", name: "@me"), Row(text: "@me@example.org", name: "@me", address: "example.org"), Row(text: "@", name: "@"),
        Row(text: "robin@", name: "robin"), Row(text: "robin@::", name: "robin"),
        Row(text: "robin@https://Example.org:8443/api?x#y", name: "robin", address: "example.org:8443"),
        Row(text: "robin@a@b", name: "robin", address: "a@b"), Row(text: "", name: ""),
    ]

    @Test("are a name, a version and a server", arguments: rows)
    func parts(_ row: Row) {
        let name = ObjectName(row.text, hasVersion: true)
        #expect(name.text == row.name && name.version == row.version && name.address == row.address)
    }

    @Test("have a version only where there is one to have")
    func withoutVersion() {
        let name = ObjectName("a:b@s")
        #expect(name.text == "a:b" && name.version == nil && name.address == "s")
    }

    @Test(
        "have servers without schemes and paths",
        arguments: [
            ("Example.ORG", "example.org"), ("127.0.0.1:3032", "127.0.0.1:3032"), ("https://a.example/", "a.example"),
            ("ws://a.example:1/api/ws", "a.example:1"), ("a.example?x=1", "a.example"), ("a.example#x", "a.example"), ("", ""),
        ])
    func authority(_ text: String, _ authority: String) {
        #expect(ObjectName.authority(text) == authority)
    }
}
