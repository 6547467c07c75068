import Storage
import StorageTesting
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A data folder belongs to one process. The system's lock belongs to the open file, so a second one in this process meets what another process meets.
struct DataFolderLockTests {
    @Test func aFolderInUseIsRefused() async throws {
        try await TestFolder.with { folder in
            do {
                let lock = try DataFolderLock(folder: folder)
                #expect(throws: DatabaseError.inUse(path: folder)) { try DataFolderLock(folder: folder) }
                #expect(throws: DatabaseError.inUse(path: folder)) { try DataFolderLock(folder: folder) }
                withExtendedLifetime(lock) {}
            }
            _ = try DataFolderLock(folder: folder)
            #expect(TestFolder.mode(of: "\(folder)/roost.lock") == 0o600)
            #expect(DatabaseError.inUse(path: "/data").description == "Another Roost is using the data folder /data.")
        }
    }

    /// A program that was started by the server, and outlives it, does not keep the folder.
    @Test func aChildDoesNotKeepTheFolder() async throws {
        try await TestFolder.with { folder in
            var child: pid_t = 0
            do {
                let lock = try DataFolderLock(folder: folder)
                let program = strdup("/bin/sleep")
                let seconds = strdup("30")
                defer {
                    free(program)
                    free(seconds)
                }
                try #require(posix_spawn(&child, "/bin/sleep", nil, nil, [program, seconds, nil], environ) == 0)
                withExtendedLifetime(lock) {}
            }
            defer {
                kill(child, SIGKILL)
                waitpid(child, nil, 0)
            }
            // The system closes what a child does not inherit a moment after the child has been started.
            for _ in 0..<500 {
                if (try? DataFolderLock(folder: folder)) != nil { return }
                try await Task.sleep(for: .milliseconds(10))
            }
            Issue.record("the child keeps the folder")
        }
    }

    @Test func aFolderThatIsNotThereIsNamed() {
        #expect(throws: DatabaseError.unavailable(reason: "/nowhere/roost.lock: No such file or directory")) {
            try DataFolderLock(folder: "/nowhere")
        }
    }
}
