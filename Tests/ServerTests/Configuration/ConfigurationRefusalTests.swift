import Testing

@testable import Server

/// contracts/configuration.md: "An unknown key or a bad value stops the start with file, line and the nearest known key."
struct ConfigurationRefusalTests {
    @Test(
        arguments: [
            ("server:\n  name: Nest\n  lisen: 127.0.0.1:0\n", "roost.yaml:3: unknown key server.lisen; did you mean server.listen?"),
            ("sever:\n  name: Nest\n", "roost.yaml:1: unknown key sever; did you mean server?"),
            ("registration:\n\n  botstrap: x\n", "roost.yaml:3: unknown key registration.botstrap; did you mean registration.bootstrap?"),
            ("chat:\n  enable: true\n", "roost.yaml:2: unknown key chat.enable; did you mean chat.enabled?"),
            ("Server:\n  name: Nest\n", "roost.yaml:1: unknown key Server; did you mean server?"),
            ("server:\n  name:\n    first: Nest\n", "roost.yaml:2: server.name must be a single value"),
            ("server:\n  name: [Nest]\n", "roost.yaml:2: server.name must be a single value"),
            ("server:\n  name: \"\"\n", "roost.yaml:2: server.name must not be empty"),
            ("\nserver: Nest\n", "roost.yaml:2: server has keys of its own"), ("server: [a]\n", "roost.yaml:1: server has keys of its own"),
            ("- server\n", "roost.yaml:1: a configuration is a mapping"), ("server\n", "roost.yaml:1: a configuration is a mapping"),
            ("server:\n  name: a\n  name: b\n", "roost.yaml:3: name stands here twice"),
            ("server:\n  trusted_proxies: 10.0.0.0/8\n", "roost.yaml:2: server.trusted_proxies must be a list, such as [a, b]"),
            ("server:\n  trusted_proxies: [[a]]\n", "roost.yaml:2: server.trusted_proxies must be a list, such as [a, b]"),
            (
                "server:\n  name: Nest\n  trusted_proxies: [10.0.0.0/33]\n",
                "roost.yaml:3: server.trusted_proxies must hold ranges such as 10.0.0.0/8"
            ),
        ]) func theFileIsToldWithItsLine(_ file: String, _ sentence: String)
    {
        #expect(Layers(file: file).refusal() == sentence)
    }

    @Test func aLongFileIsToldWithTheLimit() {
        let file = String(repeating: "#", count: (1 << 20) + 1)
        #expect(Layers(file: file).refusal() == "roost.yaml:1: a configuration has at most 1048576 bytes")
    }

    @Test(arguments: ["server: [", "server:\n\tname: x\n", "server: {name: a", "a: b: c"]) func whatIsNotYAMLIsToldWithItsLine(
        _ file: String
    ) throws {
        #expect(try #require(Layers(file: file).refusal()).prefixMatch(of: /roost\.yaml:[12]: ./) != nil)
    }

    @Test(
        arguments: [
            ("ROOST_SERVER__NMAE", "x", "ROOST_SERVER__NMAE: unknown key server.nmae; did you mean server.name?"),
            ("ROOST_SERVER_NAME", "x", "ROOST_SERVER_NAME: unknown key server_name; did you mean server.name?"),
            ("ROOST_", "x", "ROOST_: unknown key ; did you mean log?"),
            ("ROOST_SERVER__LOOPS", "many", "ROOST_SERVER__LOOPS: server.loops must be a whole number from 1 to 256"),
            ("ROOST_SERVER__NAME", "", "ROOST_SERVER__NAME: server.name must not be empty"),
            ("ROOST_DATABASE__URL", "", "ROOST_DATABASE__URL: database.url must not be empty"),
            ("ROOST_SERVER", "x", "ROOST_SERVER: server has keys of its own"),
        ]) func theVariableIsTold(_ name: String, _ value: String, _ sentence: String)
    {
        #expect(Layers(environment: [name: value]).refusal() == sentence)
    }

    @Test(
        arguments: [
            ("server.nmae", "x", "--set: unknown key server.nmae; did you mean server.name?"),
            ("", "x", "--set: unknown key ; did you mean log?"),
            ("server", "{nmae: x}", "--set: unknown key server.nmae; did you mean server.name?"),
            ("server", "[", "--set: server did not find expected node content"),
            ("registration.bootstrap", "robin", "--set: registration.bootstrap has keys of its own"),
            ("registration.bootstrap.username", "robin", "--set: registration.bootstrap.password is missing beside the username"),
            ("registration.bootstrap.password", "hush", "--set: registration.bootstrap.username is missing beside the password"),
        ]) func theSettingIsTold(_ path: String, _ value: String, _ sentence: String)
    {
        #expect(Layers(settings: [(path, value)]).refusal() == sentence)
    }

    @Test func theFlagIsTold() {
        #expect(
            Layers(listen: "nowhere").refusal()
                == "--listen: server.listen must be an address and a port, such as 127.0.0.1:8080 or [::1]:8080")
        #expect(Layers(data: "").refusal() == "--data: server.data must not be empty")
    }

    /// Half of a pair is told where its other half stands.
    @Test func halfABootstrapIsToldInTheFile() {
        let file = "registration:\n  bootstrap:\n    username: robin\n"
        #expect(Layers(file: file).refusal() == "roost.yaml:3: registration.bootstrap.password is missing beside the username")
    }

    /// Half of what Discord needs is told, and where the other half stands.
    @Test func halfOfDiscordIsToldInTheFile() {
        let file = "gale:\n  discord:\n    client_id: \"1\"\n"
        #expect(Layers(file: file).refusal() == "roost.yaml:3: gale.discord.client_secret is missing beside gale.discord.client_id")
    }

    @Test(arguments: ["discord.com", "ftp://discord.com", "https://discord.com/?x", "https://discord.com/#x"])
    func discordIsAtAURL(_ endpoint: String) {
        let settings = [("gale.discord", "{\"endpoint\": \"\(endpoint)\", \"client_id\": \"1\", \"client_secret\": \"hush\"}")]
        let reason = "gale.discord.endpoint must be a URL such as https://discord.com/api/v10"
        #expect(Layers(settings: settings).refusal() == "--set: \(reason)")
    }

    /// Names of other servers are hosts: a URL among them would never match.
    @Test(arguments: ["reileta.peers.allow", "reileta.peers.deny"]) func otherServersAreHosts(_ path: String) {
        let reason = "\(path) has a b, which is no host, with a port if it has one, such as vr.example.org:3032"
        #expect(Layers(settings: [(path, "[vr.example.org, a b]")]).refusal() == "--set: \(reason)")
        #expect(Layers(settings: [(path, "[vr.example.org:3032]")]).refusal() == nil)
    }

    /// DESIGN 10: no secret in a message.
    @Test(
        arguments: [
            ("database.url", "mysql://roost:hush@db/roost"), ("registration.bootstrap", "{username: robin, passwrd: hush}"),
            ("registration.bootstrap", "{username: robin, password: [hush]}"),
            ("registration.bootstrap", "{username: robin, password: \"hush"),
        ]) func aSecretIsNotRepeated(_ path: String, _ value: String) throws
    {
        #expect(try !#require(Layers(settings: [(path, value)]).refusal()).contains("hush"))
    }
}
