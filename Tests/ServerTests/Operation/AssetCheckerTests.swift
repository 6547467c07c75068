import Primitives
import Reileta
import Testing

@testable import Server

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The check of files that the operator has set (docs/operations.md, "The registry of worlds").
struct AssetCheckerTests {
    /// What a checker has told of.
    private final class Reports: Sendable {
        let all = Mutex<[String]>([])
    }

    private static func setting(_ command: [String], seconds: Int = 60) -> ReiletaConfiguration.AssetCheck {
        ReiletaConfiguration.AssetCheck(command: command, seconds: seconds, place: "--set")
    }

    /// Checks a file with a script of the shell; its path is `$1`.
    private static func check(_ script: String, seconds: Int = 60, reports: Reports = Reports()) async throws {
        let checker = try AssetChecker(setting(["sh", "-c", script, "sh"], seconds: seconds)) { report in
            reports.all.withLock { $0.append(report) }
        }
        defer { checker.stop() }
        try await checker.check("/etc/passwd", engine: "unity", platform: "windows")
    }

    @Test func aProgramThatIsContentLetsTheFilePass() async throws {
        try await Self.check(#"test "$1 $ROOST_ENGINE $ROOST_PLATFORM" = '/etc/passwd unity windows' && echo anything"#)
    }

    @Test func aProgramThatIsNotSaysWhy() async {
        let refusal = RegistryFiles.Refusal.notAccepted("Too many triangles.")
        await #expect(throws: refusal) { try await Self.check("echo 'Too many triangles.'; echo and more; exit 1") }
        await #expect(throws: RegistryFiles.Refusal.notAccepted("The check of this server refuses the file.")) {
            try await Self.check("kill -9 $$")
        }
    }

    @Test func aProgramThatTakesTooLongIsEnded() async {
        let reports = Reports()
        await #expect(throws: RegistryFiles.Refusal.unavailable("A check may take 1 s; this one took longer.")) {
            try await Self.check("sleep 1000", seconds: 1, reports: reports)
        }
        #expect(reports.all.withLock { $0 } == ["it took more than 1 s and was ended"])
    }

    @Test func aProgramThatHasGoneIsToldOf() async throws {
        let reports = Reports()
        try await TemporaryFolder.with { folder in
            let path = "\(folder)/check"
            #expect(symlink("/bin/true", path) == 0)
            let checker = try AssetChecker(Self.setting([path])) { report in reports.all.withLock { $0.append(report) } }
            defer { checker.stop() }
            try await checker.check("/etc/passwd", engine: "unity", platform: "windows")
            unlink(path)
            await #expect(throws: RegistryFiles.Refusal.unavailable("Files cannot be checked now.")) {
                try await checker.check("/etc/passwd", engine: "unity", platform: "windows")
            }
        }
        #expect(reports.all.withLock { $0 } == ["it does not start: \(String(cString: strerror(ENOENT)))"])
    }

    @Test(arguments: ["/nowhere/check", "roost-no-such-program", "/etc/passwd", "/etc", "./check"])
    func whatIsNoProgramIsRefused(_ name: String) {
        let error = ConfigurationError(
            place: "--set", reason: "reileta.asset_check names \(name), which is no program that can be run")
        #expect(throws: error) { try AssetChecker(Self.setting([name])) { _ in } }
    }

    @Test func programsAreFoundInThePath() {
        #expect(AssetChecker.program("sh", in: "/nowhere::/bin") == "/bin/sh")
        #expect(AssetChecker.program("sh", in: "/nowhere") == nil)
        #expect(AssetChecker.program("/bin/sh", in: "") == "/bin/sh")
    }

    /// Two run, sixteen wait, and one more is told so.
    @Test func fewAreCheckedAtATime() async throws {
        try await TemporaryFolder.with { folder in
            let script = #"touch "$0/$$"; while [ ! -e "$0/go" ]; do sleep 0.05; done; rm "$0/$$""#
            let checker = try AssetChecker(Self.setting(["sh", "-c", script, folder])) { _ in }
            defer { checker.stop() }
            try await withThrowingTaskGroup(of: RegistryFiles.Refusal?.self) { group in
                func start(_ count: Int) {
                    for _ in 0..<count {
                        group.addTask {
                            do {
                                try await checker.check("/etc/passwd", engine: "unity", platform: "windows")
                                return nil
                            } catch let refusal as RegistryFiles.Refusal {
                                return refusal
                            }
                        }
                    }
                }
                start(AssetChecker.checks)
                while TemporaryFolder.names(in: folder).count < AssetChecker.checks { try await Task.sleep(for: .milliseconds(5)) }
                start(AssetChecker.queueLimit + 1)
                #expect(try await group.next() == .unavailable("At most 16 files wait for their check."))
                #expect(TemporaryFolder.names(in: folder).count == AssetChecker.checks)
                close(creat("\(folder)/go", 0o600))
                var passed = 0
                for try await refusal in group {
                    #expect(refusal == nil)
                    passed += 1
                }
                #expect(passed == AssetChecker.checks + AssetChecker.queueLimit)
            }
        }
    }

    @Test func whatRunsIsEndedWhenTheServerStops() async throws {
        try await TemporaryFolder.with { folder in
            let reports = Reports()
            let checker = try AssetChecker(Self.setting(["sh", "-c", #"touch "$0/started"; sleep 1000"#, folder])) { report in
                reports.all.withLock { $0.append(report) }
            }
            async let refusal = #expect(throws: RegistryFiles.Refusal.self) {
                try await checker.check("/etc/passwd", engine: "unity", platform: "windows")
            }
            while TemporaryFolder.names(in: folder).isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            checker.stop()
            #expect(await refusal == .unavailable("The server stops."))
            #expect(reports.all.withLock { $0 } == [])
        }
    }

    @Test(
        arguments: [
            ("", ""), ("\n", ""), ("one\ntwo", "one"), ("one", "one"), ("a\u{0}b\u{7}\u{1B}[31mc\r\n", "ab[31mc"),
            ("\u{202E}right\u{200B}\u{2028}\u{E000}", "right"), ("\u{e9}\u{1F426}", "\u{e9}\u{1F426}"),
            (String(repeating: "x", count: 201), String(repeating: "x", count: 200)),
            ("e" + String(repeating: "\u{301}", count: 300), "e" + String(repeating: "\u{301}", count: 199)),
        ])
    func aReasonIsALineThatCanBeShown(_ output: String, _ reason: String) {
        let told = AssetChecker.reason(Array(output.utf8))
        #expect(Array(told.unicodeScalars) == Array(reason.unicodeScalars))
    }

    @Test func bytesThatAreNoTextAreLeftOut() {
        #expect(AssetChecker.reason([0xFF, 0x61, 0xC3, 0x28, 0x80]) == "a(")
    }
}
