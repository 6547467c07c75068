import Storage
import Testing

@testable import Server

struct DataFolderTests {
    /// Keys and messages are nobody else's affair.
    @Test func itIsMadeWithTheFoldersAboveItForItsOwnerOnly() throws {
        try TemporaryFolder.with { folder in
            let data = try DataFolder(folder + "/a/b//c/")
            #expect(TemporaryFolder.mode(folder + "/a") == 0o700)
            #expect(TemporaryFolder.mode(folder + "/a/b/c") == 0o700)
            #expect(data.databaseFile.hasSuffix("/roost.sqlite"))
            #expect(data.keyFile.hasSuffix("/roost.key"))
        }
    }

    @Test func oneThatIsThereIsTakenAsItIs() throws {
        try TemporaryFolder.with { folder in
            try TemporaryFolder.write("kept", to: folder + "/kept")
            #expect(try DataFolder(folder).path == folder)
            #expect(TemporaryFolder.names(in: folder) == ["kept"])
        }
    }

    @Test func whatCannotBeMadeIsTold() throws {
        try TemporaryFolder.with { folder in
            try TemporaryFolder.write("", to: folder + "/file")
            let failure = #expect(throws: DataFolder.Failure.self) { try DataFolder(folder + "/file/data") }
            #expect(failure == DataFolder.Failure(path: folder + "/file/data", reason: "Not a directory"))
        }
    }

    /// "73 data folder in use".
    @Test func oneLockAtATime() throws {
        try TemporaryFolder.with { path in
            let folder = try DataFolder(path)
            let lock = try folder.lock()
            withExtendedLifetime(lock) {
                _ = #expect(throws: DatabaseError.inUse(path: path)) { _ = try folder.lock() }
            }
        }
        try TemporaryFolder.with { path in
            let folder = try DataFolder(path)
            for _ in 0..<2 { _ = try folder.lock() }
            #expect(TemporaryFolder.mode(path + "/roost.lock") == 0o600)
        }
    }
}
