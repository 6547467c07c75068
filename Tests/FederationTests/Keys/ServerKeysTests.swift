import Federation
import Primitives
import Security
import StorageTesting
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// contracts/cosmos.md 3.5: "Our own key: Ed25519, made at first start, file mode 0600"; "Rotation: two keys published for 7 days".
struct ServerKeysTests {
    private let clock = ManualClock()

    private func keys(_ folder: String) throws -> ServerKeys {
        try ServerKeys(folder: folder) { [clock] in clock.now }
    }

    @Test func aKeyIsMadeAtTheFirstStartAndKept() async throws {
        try await TestFolder.with { folder in
            let made = try keys(folder).current()
            #expect(TestFolder.names(in: folder) == ["signing.key"])
            #expect(TestFolder.mode(of: "\(folder)/signing.key") == 0o600)
            #expect(made.published == [made.signing.publicKey])
            #expect(try keys(folder).current().published == made.published)
        }
    }

    @Test func anotherMayNotReadIt() async throws {
        try await TestFolder.with { folder in
            _ = try keys(folder)
            chmod("\(folder)/signing.key", 0o640)
            #expect(throws: KeyFile.Failure.tooOpen(path: "\(folder)/signing.key")) { try keys(folder) }
        }
    }

    @Test func theOldKeyStaysPublishedForSevenDays() async throws {
        try await TestFolder.with { folder in
            let keys = try keys(folder)
            let old = keys.current().signing.publicKey
            try keys.rotate()
            let new = keys.current().signing.publicKey
            #expect(new != old && keys.current().published == [new, old])
            for name in TestFolder.names(in: folder) { #expect(TestFolder.mode(of: "\(folder)/\(name)") == 0o600) }
            clock.advance(seconds: ServerKeys.overlap - 1)
            #expect(keys.current().published == [new, old])
            #expect(try self.keys(folder).current().published == [new, old])
            clock.advance(seconds: 1)
            #expect(keys.current().published == [new])
            #expect(TestFolder.names(in: folder) == ["signing.key"])
        }
    }

    /// Every key that has signed stays published, also when rotations follow each other at once.
    @Test func rotationsOfOneSecondLoseNoKey() async throws {
        try await TestFolder.with { folder in
            let keys = try keys(folder)
            var expected = keys.current().published
            for _ in 0..<4 {
                try keys.rotate()
                expected.insert(keys.current().signing.publicKey, at: 0)
            }
            #expect(keys.current().published == expected)
            #expect(try self.keys(folder).current().published == expected)
        }
    }

    @Test func rotationsOfSeveralProcessesLoseNoKey() async throws {
        try await TestFolder.with { folder in
            let server = try keys(folder)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { try? ServerKeys(folder: folder, clock: { [clock] in clock.now }).rotate() }
                }
            }
            clock.advance(seconds: 1)
            let published = server.current().published
            #expect(Set(published).count == 9 && published.count == 9)
        }
    }

    /// A rotation at the command line is noticed by the server within a second.
    @Test func theRunningServerNoticesARotation() async throws {
        try await TestFolder.with { folder in
            let server = try keys(folder)
            let old = server.current().signing.publicKey
            try keys(folder).rotate()
            clock.advance(microseconds: 999_999)
            #expect(server.current().signing.publicKey == old)
            clock.advance(microseconds: 1)
            let current = server.current()
            #expect(current.signing.publicKey != old && current.published == [current.signing.publicKey, old])
            #expect(try keys(folder).current().published == current.published)
        }
    }

    /// Who lost trust in a replaced key removes its file; the server need not be started again.
    @Test func aReplacedKeyThatWasRemovedIsPublishedNoMore() async throws {
        try await TestFolder.with { folder in
            let server = try keys(folder)
            try server.rotate()
            let current = server.current()
            #expect(current.published.count == 2)
            unlink("\(folder)/signing.key.retired-\(clock.now.seconds)")
            clock.advance(seconds: 1)
            #expect(server.current().published == [current.signing.publicKey])
        }
    }

    /// A crash between the two steps of a rotation: the old key has its new name, and there is no other yet.
    @Test(arguments: [true, false]) func aRotationThatWasCutOffIsFinished(_ byTheRunningServer: Bool) async throws {
        try await TestFolder.with { folder in
            let server = try keys(folder)
            let old = server.current().signing.publicKey
            rename("\(folder)/signing.key", "\(folder)/signing.key.retired-\(clock.now.seconds)")
            clock.advance(seconds: 1)
            let keys = byTheRunningServer ? server : try keys(folder)
            let current = keys.current()
            #expect(current.signing.publicKey != old && current.published == [current.signing.publicKey, old])
            clock.advance(seconds: 1)
            #expect(server.current().published == current.published)
        }
    }

    /// What is damaged is neither repaired nor replaced, and a running server goes on with what it has.
    @Test func aDamagedFileIsNotReplaced() async throws {
        try await TestFolder.with { folder in
            let server = try keys(folder)
            let before = server.current().published
            truncate("\(folder)/signing.key", 7)
            clock.advance(seconds: 1)
            #expect(server.current().published == before)
            #expect(throws: KeyFile.Failure.wrongLength(path: "\(folder)/signing.key", expected: 32)) { try keys(folder) }
        }
    }
}
