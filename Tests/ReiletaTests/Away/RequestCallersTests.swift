import Testing

@testable import Reileta

@Suite struct RequestCallersTests {
    /// contracts/reileta.md 1.3: "class = Server if the User-Agent matches `^AVR/?[^(]*\(Server`; else User".
    @Test(
        arguments: [
            ("AVR/4.0.0(Server; a.example:3032)", true), ("AVR(Server)", true), ("AVR/1.0 (Server)", true),
            ("AVR/1.0 (Client;windows)", false),
            ("AVR(User)", false), ("AVR/1.0 (Unity/6; linux) (Server)", false), ("curl (Server)", false), ("", false), ("AVR", false),
        ]) func aServerIsToldByItsAgent(_ agent: String, _ isServer: Bool)
    {
        #expect(RequestCallers.isServer(agent) == isServer)
    }

    @Test(arguments: [("true gw.example:443", "https://gw.example:443"), ("false 10.0.0.1:80", "http://10.0.0.1:80")])
    func aGatewayIsRead(_ text: String, _ http: String) {
        #expect(Gateway(text)?.http == http && Gateway(text)?.text == text)
    }

    @Test(arguments: [
        "", "true", "yes gw.example", "true  gw.example", "true gw.example x", "true https://gw.example", "true gw.example/",
        "TRUE gw.example",
    ])
    func whatIsNoGatewayIsNone(_ text: String) {
        #expect(Gateway(text) == nil)
    }
}
