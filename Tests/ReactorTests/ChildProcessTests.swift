import Testing

@testable import Reactor

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct ChildProcessTests {
    /// So long that only a program that hangs reaches it.
    private static let patience = Duration.seconds(60)

    private static func shell(_ script: String, _ arguments: String..., environment: [String] = ["PATH=/usr/bin:/bin"]) -> ChildProcess {
        ChildProcess(arguments: ["/bin/sh", "-c", script, "sh"] + arguments, environment: environment)
    }

    private static func output(of process: ChildProcess) throws -> String {
        guard case .ended(code: 0, let output) = try process.run(deadline: patience, outputLimit: 4_096) else { return "" }
        return String(decoding: output, as: UTF8.self)
    }

    @Test(arguments: [0, 1, 78, 255] as [Int32]) func theExitCodeIsTold(_ code: Int32) throws {
        let outcome = try Self.shell("echo said; echo unheard >&2; exit \(code)").run(deadline: Self.patience, outputLimit: 100)
        #expect(outcome == .ended(code: code, output: Array("said\n".utf8)))
    }

    @Test func aProgramThatASignalEndsHasNoCode() throws {
        let outcome = try Self.shell("kill -9 $$").run(deadline: Self.patience, outputLimit: 100)
        #expect(outcome == .ended(code: nil, output: []))
    }

    @Test func argumentsComeAsTheyAre() throws {
        #expect(try Self.output(of: Self.shell(#"printf '%s|' "$@""#, "a b", "$(id)", "", "*", "\u{e9}")) == "a b|$(id)||*|\u{e9}|")
    }

    @Test func theEnvironmentIsWhatWasGiven() throws {
        let process = ChildProcess(arguments: ["/usr/bin/env"], environment: ["A=1", "B=two words"])
        #expect(try Self.output(of: process) == "A=1\nB=two words\n")
    }

    @Test func thereIsNothingToReadForIt() throws {
        #expect(try Self.output(of: Self.shell("cat; echo end")) == "end\n")
    }

    @Test func onlyTheBeginningOfItsOutputIsKept() throws {
        let outcome = try Self.shell("head -c 1000000 /dev/zero; exit 4").run(deadline: Self.patience, outputLimit: 10)
        #expect(outcome == .ended(code: 4, output: [UInt8](repeating: 0, count: 10)))
    }

    @Test func whatItLeavesRunningIsNotWaitedFor() throws {
        #expect(try Self.output(of: Self.shell("sleep 1000 & echo end")) == "end\n")
    }

    @Test func whatIsNoProgramDoesNotStart() {
        for (path, code) in [("/nowhere/program", ENOENT), ("/etc/passwd", EACCES), ("/etc/passwd/program", ENOTDIR)] {
            let process = ChildProcess(arguments: [path], environment: [])
            #expect(throws: ChildProcess.Failure(code: code)) { try process.run(deadline: Self.patience, outputLimit: 1) }
        }
    }

    @Test func itIsEndedAfterItsTime() throws {
        let start = ContinuousClock.now
        #expect(try Self.shell("sleep 1000").run(deadline: .milliseconds(50), outputLimit: 1) == .killed)
        #expect(ContinuousClock.now - start < .seconds(500))
    }

    @Test func oneThatWritesWithoutEndIsEndedToo() throws {
        #expect(try Self.shell("cat /dev/zero").run(deadline: .milliseconds(50), outputLimit: 1) == .killed)
    }

    /// All of them hold the pipe open: it ends when none is left.
    @Test func whatItHasStartedIsEndedWithIt() throws {
        var template = Array("/tmp/roost-child-test.XXXXXX".utf8CString)
        let folder = String(cString: try #require(mkdtemp(&template)))
        let path = "\(folder)/pipe"
        defer {
            unlink(path)
            rmdir(folder)
        }
        #expect(mkfifo(path, 0o600) == 0)
        let pipe = open(path, O_RDONLY | O_NONBLOCK)
        #expect(pipe >= 0)
        defer { close(pipe) }
        func read() -> Int {
            var byte: UInt8 = 0
            #if canImport(Glibc)
                return Glibc.read(pipe, &byte, 1)
            #else
                return Darwin.read(pipe, &byte, 1)
            #endif
        }
        var hasStarted = false
        let outcome = try Self.shell(#"(echo x; exec sleep 1000) > "$1" & wait"#, path).run(deadline: Self.patience, outputLimit: 1) {
            hasStarted = hasStarted || read() == 1
            return hasStarted
        }
        #expect(outcome == .killed && hasStarted)
        let end = ContinuousClock.now + Self.patience
        // First the end of the line that was written, then nothing yet, then the end.
        while read() != 0 {
            try #require(ContinuousClock.now < end, "somebody still has it open")
            var waiting = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
            poll(&waiting, 1, 100)
        }
    }

    #if os(Linux)
        @Test func itHasNoDescriptorsOfThisProcess() throws {
            let file = open("/dev/null", O_RDONLY)
            let kept = fcntl(file, F_DUPFD, 200)
            defer {
                close(file)
                close(kept)
            }
            #expect(kept >= 200)
            // The last is that of the folder itself.
            #expect(try Self.output(of: Self.shell("ls /proc/self/fd")) == "0\n1\n2\n3\n")
        }

        @Test func itHearsAllSignals() throws {
            let masks = try Self.output(of: Self.shell("grep -E 'Sig(Blk|Ign)' /proc/self/status | cut -f 2")).split(separator: "\n")
            #expect(masks.count == 2)
            for mask in masks {
                let signals = try #require(UInt64(mask, radix: 16))
                // 32 and 33 are the C library's own.
                #expect(signals & ~(1 << 31 | 1 << 32) == 0, "\(mask)")
            }
        }
    #endif
}
