import Primitives
import Storage
import StorageTesting
import Testing

@testable import Blobs

/// Uploads and removals of the same content at once, and processes that end anywhere.
struct RaceTests {
    private static let hours: Int64 = 3_600

    /// Something that happens once, and that somebody waits for.
    private struct Signal: Sendable {
        private let stream: AsyncStream<Void>
        private let continuation: AsyncStream<Void>.Continuation

        init() {
            (stream, continuation) = AsyncStream<Void>.makeStream()
        }

        func give() { continuation.finish() }

        func wait() async {
            for await _ in stream {}
        }
    }

    /// The row keeps for as long as storing may take, and an hour more.
    @Test(arguments: TestEngine.available) func aRowStaysWhileItsBytesAreStored(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            world.backend.once(.beforeStore) {
                world.clock.advance(seconds: BlobStore.graceSeconds + 600)
                try await world.collect()
            }
            let blob = try await world.upload(content(100))
            try await world.collect()
            try await world.retain(blob)
            #expect(try await world.bytes(of: blob) == content(100))
        }
    }

    /// A process that stood still for longer finds its row gone: it says so, and leaves no bytes that nobody knows of.
    @Test(arguments: TestEngine.available, [HookedBackend.Point.beforeStore, .afterStore])
    func anUploadThatStoodStillIsForgotten(_ engine: TestEngine, _ point: HookedBackend.Point) async throws {
        try await BlobWorld.run(on: engine) { world in
            world.backend.once(point) {
                world.clock.advance(seconds: 24 * Self.hours)
                try await world.collect()
            }
            await #expect(throws: BlobError.uploadExpired) { try await world.upload(content(100)) }
            #expect(try await world.rows.isEmpty)
            try await world.collect()
            #expect(try await world.isEmpty)
        }
    }

    /// The removal has passed the place when the bytes come, and has not forgotten its note yet.
    @Test(arguments: TestEngine.available) func bytesThatComeDuringTheRemovalAreRemoved(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            let (begin, passed, end) = (Signal(), Signal(), Signal())
            world.backend.once(.beforeStore) {
                world.clock.advance(seconds: 24 * Self.hours)
                begin.give()
                await passed.wait()
            }
            world.backend.once(.afterRemove) {
                passed.give()
                await end.wait()
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await begin.wait()
                    _ = try await world.store.collect(limit: 10)
                }
                await #expect(throws: BlobError.uploadExpired) { try await world.upload(content(100)) }
                #expect(world.folder.objects.count == 1)
                end.give()
                try await group.waitForAll()
            }
            try await world.collect()
            #expect(try await world.isEmpty)
        }
    }

    /// Standing still alone is no reason to fail: when nobody has removed the row, it has its hour.
    @Test(arguments: TestEngine.available) func anUploadThatStoodStillHasItsHour(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            world.backend.once(.beforeStore) { world.clock.advance(seconds: 24 * Self.hours) }
            let blob = try await world.upload(content(100))
            world.clock.advance(seconds: BlobStore.graceSeconds)
            try await world.collect()
            try await world.retain(blob)
            #expect(try await world.bytes(of: blob) == content(100))
        }
    }

    /// Between the row's end and the bytes' end somebody uploads the content again: the bytes of the new row are others.
    @Test(arguments: TestEngine.available) func anUploadDuringTheRemovalIsSafe(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            let old = try await world.upload(content(100))
            world.clock.advance(seconds: 24 * Self.hours)
            let new = Mutex<StoredBlob?>(nil)
            world.backend.once(.beforeRemove) {
                let blob = try await world.keep(content(100))
                new.withLock { $0 = blob }
            }
            try await world.collect()
            let blob = try #require(new.withLock { $0 })
            #expect(blob.id != old.id)
            #expect(world.folder.objects == [BlobName(blob).path])
            #expect(try await world.bytes(of: blob) == content(100))
        }
    }

    // MARK: The process ends

    @Test func whatACrashLeavesInTheFolderGoesAtTheStart() async throws {
        try await BlobWorld.run(on: .sqlite) { world in
            let blob = try await world.keep(content(100))
            world.folder.write(content(50), to: "incoming/left-over")
            try await world.store.prepare()
            #expect(world.folder.incoming.isEmpty)
            #expect(try await world.bytes(of: blob) == content(100))
        }
    }

    @Test(arguments: TestEngine.available, [HookedBackend.Point.beforeStore, .afterStore])
    func anUploadThatACrashEndedIsRemoved(_ engine: TestEngine, _ point: HookedBackend.Point) async throws {
        try await BlobWorld.run(on: engine) { world in
            world.backend.once(point) { throw HookedBackend.Crash() }
            await #expect(throws: HookedBackend.Crash.self) { try await world.upload(content(100)) }
            #expect(try await world.rows.count == 1)
            #expect(try await world.verify().findings.isEmpty)
            world.clock.advance(seconds: 24 * Self.hours)
            try await world.collect()
            #expect(try await world.isEmpty)
        }
    }

    /// A row without bytes is no promise: the next upload stores them.
    @Test(arguments: TestEngine.available) func anUploadAfterACrashStoresTheBytes(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            world.backend.once(.beforeStore) { throw HookedBackend.Crash() }
            await #expect(throws: HookedBackend.Crash.self) { try await world.upload(content(100)) }
            let blob = try await world.keep(content(100))
            #expect(try await world.bytes(of: blob) == content(100))
            #expect(try await world.rows == [BlobWorld.RowState(id: blob.id, references: 1)])
        }
    }

    @Test(arguments: TestEngine.available) func aRemovalThatACrashEndedGoesOn(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            let old = try await world.upload(content(100))
            world.clock.advance(seconds: 24 * Self.hours)
            world.backend.once(.beforeRemove) { throw HookedBackend.Crash() }
            await #expect(throws: HookedBackend.Crash.self) { try await world.collect() }
            #expect(try await world.rows.isEmpty)
            #expect(world.folder.objects == [BlobName(old).path])
            // On its way out, and nothing to worry about.
            #expect(try await world.verify(repair: true).findings.isEmpty)
            let new = try await world.keep(content(100))
            try await world.collect()
            #expect(world.folder.objects == [BlobName(new).path])
        }
    }

    /// Many uploads of few contents, references and removals at once: whoever was given a reference can read, and in the end nothing is left over.
    @Test(arguments: TestEngine.available) func aCrowdLosesNothing(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            let kept = try await withThrowingTaskGroup(of: Int.self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        var kept = 0
                        for round in 0..<12 {
                            let bytes = content(1_000, seed: (worker + round) % 3)
                            do {
                                let blob = try await world.keep(bytes)
                                #expect(try await world.bytes(of: blob) == bytes)
                                try await world.release(blob)
                                kept += 1
                            } catch BlobReferenceError.gone {
                                continue
                            } catch BlobError.uploadExpired {
                                continue
                            }
                        }
                        return kept
                    }
                }
                for _ in 0..<2 {
                    group.addTask {
                        for _ in 0..<20 {
                            world.clock.advance(seconds: 3 * Self.hours)
                            try await world.collect()
                        }
                        return 0
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(kept > 0)
            world.clock.advance(seconds: 24 * Self.hours)
            try await world.collect()
            #expect(try await world.isEmpty)
        }
    }
}
