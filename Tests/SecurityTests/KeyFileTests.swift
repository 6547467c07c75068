import Primitives
import Security
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// DESIGN 10: "Signing keys are files with mode 0600."
struct KeyFileTests {
    /// Runs `body` in a folder of its own.
    private func inFolder(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/roost-key-test.XXXXXX".utf8CString)
        let folder = String(cString: try #require(mkdtemp(&template)))
        defer {
            for name in ["key", "link"] { unlink("\(folder)/\(name)") }
            rmdir(folder)
        }
        try body(folder)
    }

    private func mode(_ path: String) -> UInt32? {
        var status = stat()
        return stat(path, &status) == 0 ? UInt32(status.st_mode) & 0o7777 : nil
    }

    private func writeFile(_ path: String, _ bytes: [UInt8], mode: UInt32) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try #require(file >= 0)
        try #require(write(file, bytes, bytes.count) == bytes.count)
        close(file)
        try #require(chmod(path, mode_t(mode)) == 0)
    }

    @Test func aKeyIsMadeOnceAndKept() throws {
        try inFolder { folder in
            let path = folder + "/key"
            let key = try KeyFile.loadOrCreate(path)
            #expect(key.count == 32)
            #expect(mode(path) == 0o600)
            #expect(try KeyFile.loadOrCreate(path) == key)
        }
    }

    /// The name comes last, and nothing else stays: a crash in between leaves no half key under the name.
    @Test func manyStartsAtOnceGetOneKey() async throws {
        var template = Array("/tmp/roost-key-test.XXXXXX".utf8CString)
        let folder = String(cString: try #require(mkdtemp(&template)))
        let keys = try await withThrowingTaskGroup(of: [UInt8].self) { tasks in
            for _ in 0..<16 { tasks.addTask { try KeyFile.loadOrCreate(folder + "/key") } }
            return try await tasks.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
        }
        #expect(keys.count == 1)
        #expect(unlink(folder + "/key") == 0)
        // Only an empty folder can be removed.
        #expect(rmdir(folder) == 0)
    }

    @Test func keysOfTwoServersDiffer() throws {
        var keys: [[UInt8]] = []
        for _ in 0..<2 { try inFolder { keys.append(try KeyFile.loadOrCreate($0 + "/key", bytes: 64)) } }
        #expect(keys[0] != keys[1])
        #expect(keys[0].count == 64)
    }

    @Test(arguments: [0, 1, 31, 33, 64]) func aFileOfAnotherLengthIsRefusedAndLeftAlone(_ count: Int) throws {
        try inFolder { folder in
            let path = folder + "/key"
            try writeFile(path, [UInt8](repeating: 1, count: count), mode: 0o600)
            #expect(throws: KeyFile.Failure.wrongLength(path: path, expected: 32)) { try KeyFile.loadOrCreate(path) }
            if count > 0 { #expect(try KeyFile.loadOrCreate(path, bytes: count) == [UInt8](repeating: 1, count: count)) }
        }
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o644, 0o666, 0o610] as [UInt32]) func aFileThatOthersCanReachIsRefused(_ mode: UInt32) throws {
        try inFolder { folder in
            let path = folder + "/key"
            try writeFile(path, [UInt8](repeating: 1, count: 32), mode: mode)
            #expect(throws: KeyFile.Failure.tooOpen(path: path)) { try KeyFile.loadOrCreate(path) }
        }
    }

    @Test func whatIsNoFileIsRefusedAtOnce() throws {
        try inFolder { folder in
            let pipe = folder + "/key"
            try #require(mkfifo(pipe, 0o600) == 0)
            for path in [folder, pipe] {
                #expect(throws: KeyFile.Failure.system(path: path, reason: "it is not a file")) { try KeyFile.loadOrCreate(path) }
            }
            let nowhere = folder + "/none/key"
            #expect(throws: KeyFile.Failure.system(path: nowhere, reason: "No such file or directory")) {
                try KeyFile.loadOrCreate(nowhere)
            }
            let link = folder + "/link"
            try #require(symlink(folder + "/nothing", link) == 0)
            #expect(throws: KeyFile.Failure.self) { try KeyFile.loadOrCreate(link) }
        }
    }

    @Test func eachFailureIsASentenceForTheOperator() {
        #expect(KeyFile.Failure.tooOpen(path: "/k").description == "The key file /k can be read by others. Run: chmod 600 /k")
        #expect(KeyFile.Failure.wrongLength(path: "/k", expected: 32).description == "The key file /k does not hold a key of 32 bytes.")
        #expect(KeyFile.Failure.system(path: "/k", reason: "No space").description == "The key file /k cannot be used: No space.")
    }

    /// Computed by another implementation (Python's hmac). Another derivation would end every session.
    @Test func keysOfPurposesAreTheSameInEveryVersion() {
        let key = [UInt8](repeating: 7, count: 32)
        let derived = KeyFile.derive("access token", from: key)
        #expect(Hex.encode(derived) == "51016999345d14c3d3e5106dee5f997964fc37929f7d04046d2ed762eb8b9b7a")
        #expect(KeyFile.derive("gateway session", from: key) != derived)
        #expect(KeyFile.derive("access token", from: [1]) != derived)
    }
}
