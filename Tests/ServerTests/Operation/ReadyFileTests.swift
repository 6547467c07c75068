import Testing

@testable import Server

/// contracts/configuration.md: "the ready file (written whole, by rename) holds JSON `{"url", "pid", "setup_code"}`".
struct ReadyFileTests {
    private func content(_ path: String) throws -> String {
        String(decoding: try InputFile.contents(path), as: UTF8.self)
    }

    @Test func itHoldsURLProcessAndCode() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/ready"
            try ReadyFile(path: path).write(url: "http://127.0.0.1:41234", processID: 123, setupCode: "ROOST-\"A\"")
            #expect(try content(path) == #"{"url":"http://127.0.0.1:41234","pid":123,"setup_code":"ROOST-\"A\""}"# + "\n")
            try ReadyFile(path: path).write(url: "http://[::1]:1", processID: 7, setupCode: nil)
            #expect(try content(path) == #"{"url":"http://[::1]:1","pid":7,"setup_code":null}"# + "\n")
        }
    }

    /// It holds the setup code, whatever file was there before.
    @Test func onlyTheOwnerMayReadItAndNothingElseIsLeft() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/ready"
            try TemporaryFolder.write("old", to: path)
            try TemporaryFolder.allowEverybody(path)
            try ReadyFile(path: path).write(url: "http://127.0.0.1:1", processID: 1, setupCode: nil)
            #expect(TemporaryFolder.mode(path) == 0o600)
            #expect(TemporaryFolder.names(in: folder) == ["ready"])
            ReadyFile(path: path).remove()
            #expect(TemporaryFolder.names(in: folder) == [])
            ReadyFile(path: path).remove()
        }
    }

    /// A reader that has the file open sees the old one to its end: the new one takes its name, not its place.
    @Test func aLinkIsReplacedAndNotFollowed() throws {
        try TemporaryFolder.with { folder in
            try TemporaryFolder.write("other", to: folder + "/other")
            try TemporaryFolder.link(folder + "/ready", to: folder + "/other")
            try ReadyFile(path: folder + "/ready").write(url: "http://127.0.0.1:1", processID: 1, setupCode: nil)
            #expect(try content(folder + "/other") == "other")
            #expect(try content(folder + "/ready").hasPrefix("{"))
        }
    }

    @Test func whatCannotBeWrittenIsTold() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/missing/ready"
            let failure = #expect(throws: ReadyFile.Failure.self) {
                try ReadyFile(path: path).write(url: "http://127.0.0.1:1", processID: 1, setupCode: nil)
            }
            #expect(failure?.path == path)
            #expect(failure?.reason == "No such file or directory")
        }
    }

    /// A folder in the place of the file: the attempt leaves nothing behind.
    @Test func aFailedRenameLeavesNothing() throws {
        try TemporaryFolder.with { folder in
            _ = try DataFolder(folder + "/ready")
            #expect(throws: ReadyFile.Failure.self) {
                try ReadyFile(path: folder + "/ready").write(url: "http://127.0.0.1:1", processID: 1, setupCode: nil)
            }
            #expect(TemporaryFolder.names(in: folder) == ["ready"])
        }
    }
}
