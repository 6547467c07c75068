import Community
import Reactor
import Security
import Testing

@testable import Server

/// contracts/configuration.md: "Flags over environment over file over defaults", and where each value came from.
struct ConfigurationLayersTests {
    private let file = "server:\n  name: file\n\n  listen: 127.0.0.1:1\n  data: file\n"
    private let environment = [
        "ROOST_SERVER__NAME": "environment", "ROOST_SERVER__LISTEN": "127.0.0.1:2", "ROOST_SERVER__DATA": "environment",
    ]
    private let settings = [("server.name", "set"), ("server.listen", "127.0.0.1:3"), ("server.data", "set")]

    private func look(_ layers: Layers, _ path: String) throws -> [String?] {
        let values = try layers.values()
        return [values.text(path), values.origin(path).description]
    }

    @Test func eachLayerCoversTheOneBelow() throws {
        var layers = Layers()
        #expect(try look(layers, "server.name") == ["Roost", "default"])
        layers.file = file
        #expect(try look(layers, "server.name") == ["file", "roost.yaml:2"])
        layers.environment = environment
        #expect(try look(layers, "server.name") == ["environment", "ROOST_SERVER__NAME"])
        layers.settings = settings
        #expect(try look(layers, "server.name") == ["set", "--set"])
    }

    @Test func theFlagsCoverAllOthers() throws {
        let layers = Layers(file: file, environment: environment, settings: settings, listen: "127.0.0.1:4", data: "flag")
        #expect(try look(layers, "server.listen") == ["127.0.0.1:4", "--listen"])
        #expect(try look(layers, "server.data") == ["flag", "--data"])
        let configuration = try layers.configuration()
        #expect(configuration.listen.port == 4)
        #expect(configuration.dataFolder == "flag")
        #expect(configuration.serverName == "set")
    }

    @Test func theLastOfTwoSettingsWins() throws {
        let layers = Layers(settings: [("server.name", "first"), ("server.name", "second")])
        #expect(try look(layers, "server.name") == ["second", "--set"])
    }

    @Test func aLayerLeavesTheOtherKeysAlone() throws {
        let layers = Layers(
            file: "registration:\n  mode: invite\n  bootstrap:\n    username: robin\n    password: hush\n",
            settings: [("registration.mode", "closed")])
        #expect(try look(layers, "registration.mode") == ["closed", "--set"])
        #expect(try look(layers, "registration.bootstrap.username") == ["robin", "roost.yaml:4"])
    }

    /// A whole group can be given at once: `registration.bootstrap` is one key of the contract.
    @Test(
        arguments: [
            Layers(file: "registration:\n  bootstrap: {username: robin, password: \"hush: #\"}\n"),
            Layers(file: "registration.bootstrap:\n  username: robin\n  password: 'hush: #'\n"),
            Layers(file: "registration.bootstrap.username: robin\nregistration.bootstrap.password: 'hush: #'\n"),
            Layers(environment: ["ROOST_REGISTRATION__BOOTSTRAP": #"{"username": "robin", "password": "hush: #"}"#]),
            Layers(environment: ["ROOST_REGISTRATION__BOOTSTRAP__USERNAME": "robin", "ROOST_REGISTRATION__BOOTSTRAP__PASSWORD": "hush: #"]),
            Layers(settings: [("registration.bootstrap", #"{username: robin, password: "hush: #"}"#)]),
            Layers(settings: [("registration", #"{"bootstrap": {"username": "robin", "password": "hush: #"}}"#)]),
            Layers(settings: [("registration.bootstrap.username", "robin"), ("registration.bootstrap.password", "hush: #")]),
        ]) func aGroupIsReadInEveryForm(_ layers: Layers) throws
    {
        let bootstrap = try #require(try layers.configuration().bootstrap)
        #expect(bootstrap.username == "robin")
        #expect(bootstrap.password == "hush: #")
    }

    /// "a value that parses as JSON or YAML is taken as such": quotes are no part of the value. What only looks like YAML stays whole.
    @Test(
        arguments: [
            ("Nest", "Nest"), (#""Nest""#, "Nest"), (#""N\u0065st \"1\"""#, #"Nest "1""#), ("'it''s'", "it's"), (#""" x"#, #""" x"#),
            (#"""#, #"""#), ("a: b", "a: b"), ("a #b", "a #b"), ("[a", "[a"), ("{a}", "{a}"), ("true", "true"), ("12", "12"),
            (" x ", " x "),
            ("nullable", "nullable"), ("*a", "*a"), ("!a", "!a"), ("Zoë\n🐓", "Zoë\n🐓"),
        ]) func aTextIsTakenAsMeant(_ given: String, _ taken: String) throws
    {
        #expect(try Layers(settings: [("server.name", given)]).configuration().serverName == taken)
        #expect(try Layers(environment: ["ROOST_SERVER__NAME": given]).configuration().serverName == taken)
    }

    @Test(arguments: [#"["10.0.0.0/8", "::1"]"#, "[10.0.0.0/8, '::1']", "- 10.0.0.0/8\n- '::1'"]) func aListIsReadAsYAML(_ text: String)
        throws
    {
        let expected = [try #require(AddressRange("10.0.0.0/8")), try #require(AddressRange("::1"))]
        #expect(try Configuration.with("server.trusted_proxies", text).trustedProxies == expected)
        #expect(try Layers(environment: ["ROOST_SERVER__TRUSTED_PROXIES": text]).configuration().trustedProxies == expected)
        let indented = text.split(separator: "\n").map { "    \($0)\n" }.joined()
        #expect(try Layers(file: "server:\n  trusted_proxies:\n\(indented)").configuration().trustedProxies == expected)
    }

    /// The default of several keys is "none", and so one can say it.
    @Test func nullTakesAKeyBackToItsDefault() throws {
        #expect(try look(Layers(file: "server:\n  loops:\n  name: null\n  public_url: ~\n"), "server.name") == ["Roost", "default"])
        let set = Layers(
            file: "server:\n  name: file\n  loops: 3\n", environment: ["ROOST_SERVER__NAME": "null"], settings: [("server.loops", "~")])
        #expect(try look(set, "server.name") == ["Roost", "default"])
        #expect(try look(set, "server.loops") == [nil, "default"])
        #expect(try look(Layers(file: "server:\n  name: 'null'\n"), "server.name") == ["null", "roost.yaml:2"])
    }

    @Test func nullTakesAGroupBackToItsDefaults() throws {
        let file = "registration:\n  mode: closed\n  bootstrap: {username: robin, password: hush}\n"
        let configuration = try Layers(file: file, settings: [("registration.bootstrap", "null")]).configuration()
        #expect(configuration.bootstrap == nil)
        #expect(configuration.registrationMode == .closed)
    }

    /// A file in which everything is commented out.
    @Test(arguments: ["", "\n", "# nothing\n", "---\n", "null\n", "server:\n  # name: Nest\nchat:\n"]) func aFileMayHoldNothing(
        _ file: String
    ) throws {
        #expect(try look(Layers(file: file), "server.name") == ["Roost", "default"])
    }

    @Test func variablesOfOthersAndOfTheTestsAreLeftAlone() throws {
        let environment = ["PATH": "/bin", "ROOSTER": "x", "roost_server__name": "x", "ROOST_BINARY": "x", "ROOST_TEST_POSTGRES": "x"]
        #expect(try look(Layers(environment: environment), "server.name") == ["Roost", "default"])
    }
}
