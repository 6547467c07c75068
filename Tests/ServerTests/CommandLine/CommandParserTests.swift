import Testing

@testable import Server

/// contracts/configuration.md, "Command line".
struct CommandParserTests {
    private func parse(_ line: String) throws -> Command {
        try CommandParser.parse(line.split(separator: " ").map(String.init))
    }

    private func misuse(_ words: [String]) -> String? {
        do throws(Command.Misuse) {
            _ = try CommandParser.parse(words)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func serveTakesAllItsOptions() throws {
        let command = try parse(
            "serve --config a.yaml --data dir --listen 127.0.0.1:0 --ready-file ready --set server.loops=2 --set a.b=c=d")
        let options = ServeOptions(
            configurationFile: "a.yaml", dataFolder: "dir", listen: "127.0.0.1:0", readyFile: "ready",
            settings: [.init(path: "server.loops", value: "2"), .init(path: "a.b", value: "c=d")])
        #expect(command == .serve(options))
        #expect(try parse("serve") == .serve(ServeOptions()))
    }

    @Test func aValueMayStandBehindAnEqualsSign() throws {
        let command = try parse("serve --config=a.yaml --data=x=y --listen=[::1]:0 --ready-file=ready --set=server.name=Nest")
        let options = ServeOptions(
            configurationFile: "a.yaml", dataFolder: "x=y", listen: "[::1]:0", readyFile: "ready",
            settings: [.init(path: "server.name", value: "Nest")])
        #expect(command == .serve(options))
    }

    @Test func theLastOfTwoWins() throws {
        #expect(try parse("serve --data a --data b") == .serve(ServeOptions(dataFolder: "b")))
    }

    /// "`roost config [same options]`".
    @Test func configTakesTheOptionsOfServe() throws {
        let words = "--config a.yaml --data dir --listen 127.0.0.1:0 --ready-file ready --set server.loops=2"
        guard case .serve(let options) = try parse("serve " + words) else {
            Issue.record("serve is not read")
            return
        }
        #expect(try parse("config " + words) == .configuration(options))
    }

    /// A value of `--set` may be empty, hold blanks, and hold what looks like an option.
    @Test(arguments: ["", "two words", "--data", "{\"a\": [1]}"]) func anyTextMayBeSet(_ value: String) throws {
        let command = try CommandParser.parse(["serve", "--set", "server.name=\(value)"])
        #expect(command == .serve(ServeOptions(settings: [.init(path: "server.name", value: value)])))
    }

    @Test(arguments: ["version", "--version"]) func theVersionHasTwoNames(_ word: String) throws {
        #expect(try parse(word) == .version)
    }

    @Test(arguments: ["help", "--help", "-h"]) func helpHasThreeNames(_ word: String) throws {
        #expect(try parse(word) == .help)
    }

    @Test(arguments: [
        "serve --help", "serve --data dir -h", "config -h", "admin --help", "admin create --help", "peers allow -h", "key rotate --help",
    ])
    func helpMayBeAskedForInTheMiddleOfACommand(_ line: String) throws {
        #expect(try parse(line) == .help)
    }

    /// "`roost admin create --username NAME [--password-stdin]`, `roost admin reset-password`".
    @Test func administrationNeedsAName() throws {
        let options = ServeOptions(configurationFile: "a.yaml", dataFolder: "dir")
        #expect(
            try parse("admin create --username robin --password-stdin --config a.yaml --data dir")
                == .createAdministrator(username: "robin", options))
        #expect(try parse("admin create --username=robin") == .createAdministrator(username: "robin", ServeOptions()))
        #expect(
            try parse("admin reset-password --data dir --config a.yaml --username robin") == .resetPassword(username: "robin", options))
    }

    /// `roost admin sessions` and `roost admin end-session`.
    @Test func loginsAreListedAndEnded() throws {
        let options = ServeOptions(dataFolder: "dir")
        #expect(try parse("admin sessions --username robin --data dir") == .listSessions(username: "robin", options))
        #expect(try parse("admin end-session --username robin --all --data=dir") == .endSession(nil, username: "robin", options))
        #expect(
            try parse("admin end-session --session 232911688851456 --username robin")
                == .endSession(232_911_688_851_456, username: "robin", ServeOptions()))
    }

    /// The alphabet of thumbprints has a hyphen (RFC 7638, RFC 4648 section 5): a key whose thumbprint begins with one can be revoked like any other.
    @Test(arguments: ["-W312_Tg-HzTPv18DDsOJgpdsX_FSeDpx6HvO_qISwU", "--312_Tg-HzTPv18DDsOJgpdsX_FSeDpx6HvO_qISwU"])
    func aThumbprintMayBeginLikeAnOption(thumbprint: String) throws {
        let options = ServeOptions(dataFolder: "dir")
        #expect(try parse("trust revoke \(thumbprint) --data dir") == .trust(.revoke(thumbprint), options))
        #expect(
            try parse("trust pin \(thumbprint) --source https://a.example --data dir")
                == .trust(.pin(thumbprint, source: "https://a.example"), options))
    }

    /// `roost operator`, `claim`, `trust` and `key`, as contracts/cosmos.md 12 names them.
    @Test func operatorsAndKeysHaveTheirCommands() throws {
        let options = ServeOptions(dataFolder: "dir")
        #expect(try parse("operator add u1 --data dir") == .operators(.add("u1"), options))
        #expect(try parse("operator remove u1") == .operators(.remove("u1"), ServeOptions()))
        #expect(try parse("operator list --data=dir") == .operators(.list, options))
        #expect(try parse("claim new --data dir") == .claim(.new, options))
        #expect(try parse("claim cancel") == .claim(.cancel, ServeOptions()))
        #expect(try parse("trust list --data dir") == .trust(.list, options))
        #expect(
            try parse("trust pin abc --source https://a.example --data dir") == .trust(.pin("abc", source: "https://a.example"), options))
        #expect(try parse("trust revoke abc --data dir") == .trust(.revoke("abc"), options))
        #expect(try parse("key list --data dir") == .key(.list, options))
        #expect(try parse("key rotate --data dir") == .key(.rotate, options))
    }

    @Test func theStoreOfFilesIsVerified() throws {
        let options = ServeOptions(dataFolder: "dir")
        #expect(try parse("blobs verify --data dir") == .blobs(.verify(deep: false, repair: false), options))
        #expect(try parse("blobs verify --deep --data dir") == .blobs(.verify(deep: true, repair: false), options))
        #expect(try parse("blobs verify --data dir --repair --deep") == .blobs(.verify(deep: true, repair: true), options))
    }

    /// What is wrong, and how that is told.
    @Test(
        arguments: [
            ([], "a command is missing"), ([""], "unknown command "), (["nonsense"], "unknown command nonsense"),
            (["Serve"], "unknown command Serve"), (["serve", "--nonsense"], "unknown option --nonsense"),
            (["serve", "more"], "unknown option more"), (["serve", ""], "unknown option "),
            (["serve", "--listen"], "--listen needs a value"),
            (["serve", "--config"], "--config needs a value"), (["serve", "--data"], "--data needs a value"),
            (["serve", "--ready-file"], "--ready-file needs a value"), (["serve", "--set"], "--set needs a value"),
            (["serve", "--set", "server.name"], "--set needs PATH=VALUE"), (["serve", "--set", "=x"], "--set needs PATH=VALUE"),
            (["serve", "--set="], "--set needs PATH=VALUE"), (["serve", "--username", "robin"], "unknown option --username"),
            (["config", "--password-stdin"], "unknown option --password-stdin"), (["version", "more"], "unexpected more"),
            (["help", "serve"], "unexpected serve"), (["admin"], "roost admin knows create, reset-password, sessions and end-session"),
            (["admin", "remove", "--username", "robin"], "roost admin knows create, reset-password, sessions and end-session"),
            (["admin", "end-session", "--username", "robin"], "end-session needs either --session or --all"),
            (["admin", "end-session", "--username", "robin", "--all", "--session=1"], "end-session needs either --session or --all"),
            (
                ["admin", "end-session", "--username", "robin", "--session", "last"],
                "--session needs a number, as roost admin sessions shows it"
            ),
            (["admin", "end-session", "--username", "robin", "--all=yes"], "unknown option --all"),
            (["admin", "sessions", "--username", "robin", "--all"], "unknown option --all"),
            (["admin", "sessions", "--username", "robin", "--password-stdin"], "unknown option --password-stdin"),
            (["admin", "create", "--username", "robin", "--session", "1"], "unknown option --session"),
            (["admin", "create"], "--username is missing"), (["admin", "reset-password", "--data", "x"], "--username is missing"),
            (["admin", "create", "--username"], "--username needs a value"),
            (["admin", "create", "--username", "robin", "--password", "x"], "unknown option --password"),
            (["admin", "create", "--username", "robin", "--password-stdin=x"], "unknown option --password-stdin"),
            (["admin", "create", "--username", "robin", "--ready-file", "x"], "unknown option --ready-file"),
            (["operator"], "roost operator knows add, remove and list"),
            (["operator", "make"], "roost operator knows add, remove and list"),
            (["operator", "add"], "the user's id is missing"), (["operator", "add", "--data", "x"], "the user's id is missing"),
            (["operator", "list", "u1"], "unknown option u1"), (["operator", "add", "u1", "--username", "u"], "unknown option --username"),
            (["claim"], "roost claim knows new and cancel"), (["claim", "new", "code"], "unknown option code"),
            (["trust", "pin"], "the key's thumbprint is missing"),
            (["trust", "pin", "abc"], "--source is missing: the origin whose key it is"),
            (["trust", "revoke", "abc", "--source", "x"], "unknown option --source"), (["trust"], "roost trust knows list, pin and revoke"),
            (["blobs"], "roost blobs knows verify"), (["blobs", "repair"], "roost blobs knows verify"),
            (["blobs", "verify", "--deep=yes"], "unknown option --deep"), (["blobs", "verify", "--all"], "unknown option --all"),
            (["key", "list", "--repair"], "unknown option --repair"),
            (["key"], "roost key knows list and rotate"), (["key", "rotate", "--ready-file", "x"], "unknown option --ready-file"),
        ] as [([String], String)]) func whatIsNotUnderstoodIsTold(_ words: [String], _ reason: String)
    {
        #expect(misuse(words) == reason)
    }

    /// A secret that was put in the wrong place is not repeated.
    @Test func theValueOfAnUnknownOptionIsNotShown() {
        #expect(misuse(["serve", "--database-url=postgresql://roost:hush@db/roost"]) == "unknown option --database-url")
    }

    @Test func theUsageNamesEveryCommandAndOption() {
        for word in [
            "serve", "config", "version", "admin create", "admin reset-password", "admin sessions", "admin end-session", "--config",
            "--data", "--listen", "--ready-file", "--set",
            "--username", "--password-stdin",
        ] {
            #expect(Command.usage.contains(word))
        }
    }
}
