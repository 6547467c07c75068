import Primitives
import Storage
import StorageTesting
import Testing

@testable import Blobs

/// References, and the removal of what has none.
struct CollectTests {
    @Test(arguments: TestEngine.available) func whatIsReferredToStays(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            let blob = try await world.keep(content(100))
            try await world.retain(blob)
            try await world.release(blob)
            world.clock.advance(seconds: 1_000_000)
            try await world.collect()
            #expect(try await world.bytes(of: blob) == content(100))
            #expect(try await world.rows == [BlobWorld.RowState(id: blob.id, references: 1)])
        }
    }

    @Test(arguments: TestEngine.available) func whatNothingRefersToGoesAfterAnHour(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            let blob = try await world.keep(content(100))
            world.clock.advance(seconds: 1_000_000)
            try await world.release(blob)
            world.clock.advance(seconds: BlobStore.graceSeconds)
            try await world.collect()
            #expect(try await world.bytes(of: blob) == content(100))
            world.clock.advance(seconds: 1)
            try await world.collect()
            #expect(try await world.isEmpty)
        }
    }

    /// Whoever has uploaded has an hour at least to refer to it.
    @Test(arguments: TestEngine.available) func anUploadHasAnHour(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            let blob = try await world.upload(content(100))
            world.clock.advance(seconds: BlobStore.graceSeconds)
            try await world.collect()
            try await world.retain(blob)
            try await world.release(blob)
            world.clock.advance(seconds: BlobStore.graceSeconds)
            // The same content once more: the hour begins anew.
            #expect(try await world.upload(content(100)) == blob)
            world.clock.advance(seconds: BlobStore.graceSeconds)
            try await world.collect()
            try await world.retain(blob)
            #expect(try await world.bytes(of: blob) == content(100))
        }
    }

    @Test(arguments: TestEngine.available) func whatHasGoneCannotBeReferredTo(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            let blob = try await world.upload(content(100))
            world.clock.advance(seconds: 1_000_000)
            try await world.collect()
            await #expect(throws: BlobReferenceError.gone(id: blob.id)) { try await world.retain(blob) }
            let again = try await world.keep(content(100))
            #expect(again.id != blob.id && again.digest == blob.digest)
            #expect(world.folder.objects == [BlobName(again).path])
            await #expect(throws: BlobReferenceError.gone(id: blob.id)) { try await world.retain(blob) }
        }
    }

    /// Bytes that cannot be removed, such as those of a locked object, do not keep the others.
    @Test(arguments: TestEngine.available) func whatCannotBeRemovedKeepsNothingElse(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            for size in 1...3 { _ = try await world.upload(content(size)) }
            world.clock.advance(seconds: 1_000_000)
            let refused = Mutex("")
            world.backend.once(.beforeRemove) {
                let notes = try await world.database.read { try $0.blobRemovals(atMost: 1) }
                refused.withLock { $0 = notes.first?.name.path ?? "" }
                throw HookedBackend.Crash()
            }
            await #expect(throws: HookedBackend.Crash.self) { try await world.store.collect(limit: 10) }
            #expect(world.folder.objects == [refused.withLock { $0 }])
            try await world.collect()
            #expect(try await world.isEmpty)
        }
    }

    /// Several that fail stand one after the other: what is behind them goes in the same call, unless it looks as if nothing could be removed.
    @Test(arguments: TestEngine.available) func severalThatCannotBeRemovedKeepNothingElse(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            let backend = world.backend
            @Sendable func fail(_ times: Int) {
                guard times > 0 else { return }
                backend.once(.beforeRemove) {
                    fail(times - 1)
                    throw HookedBackend.Crash()
                }
            }
            for size in 1...6 { _ = try await world.upload(content(size)) }
            world.clock.advance(seconds: 1_000_000)
            fail(2)
            await #expect(throws: HookedBackend.Crash.self) { try await world.store.collect(limit: 10) }
            #expect(world.folder.objects.count == 2)
            for size in 7...10 { _ = try await world.upload(content(size)) }
            world.clock.advance(seconds: 1_000_000)
            fail(100)
            await #expect(throws: HookedBackend.Crash.self) { try await world.store.collect(limit: 10) }
            #expect(world.folder.objects.count == 6)
            world.backend.once(.beforeRemove) {}
            try await world.collect()
            #expect(try await world.isEmpty)
        }
    }

    /// Row and file belong together: what the transaction does not write, it does not refer to either.
    @Test(arguments: TestEngine.available) func aTransactionThatFailsRefersToNothing(_ engine: TestEngine) async throws {
        struct Refusal: Error {}
        try await BlobWorld.run(on: engine) { world in
            let blob = try await world.upload(content(100))
            await #expect(throws: Refusal.self) {
                try await world.database.transaction { transaction in
                    try transaction.retain(blob)
                    throw Refusal()
                }
            }
            #expect(try await world.rows == [BlobWorld.RowState(id: blob.id, references: 0)])
        }
    }

    /// Bounded work each time.
    @Test(arguments: TestEngine.available) func soManyAreRemovedAtATime(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            for seed in 0..<5 { _ = try await world.upload(content(10, seed: seed)) }
            let kept = try await world.keep(content(20))
            world.clock.advance(seconds: 1_000_000)
            #expect(try await world.store.collect(limit: 2))
            #expect(try await world.rows.count == 4 && world.folder.objects.count == 4)
            #expect(try await world.store.collect(limit: 2))
            #expect(try await !world.store.collect(limit: 2))
            #expect(world.folder.objects == [BlobName(kept).path])
        }
    }

    @Test(arguments: TestEngine.available) func theWorkGoesThroughIndexes(_ engine: TestEngine) async throws {
        try await engine.withDatabase { configuration in
            let database = try await Database.open(configuration, schemas: [.blobs], loops: BlobWorld.loops)
            await database.close()
            // A table of a few rows would be read whole all the same, so only SQLite tells.
            guard engine == .sqlite else { return }
            let plan = try configuration.plan(
                of: "SELECT id FROM blobs WHERE reference_count = 0 AND touched_at < $1 ORDER BY touched_at LIMIT $2")
            #expect(plan.contains("blobs_unused") && !plan.contains("TEMP B-TREE"))
            let shard = try configuration.plan(
                of: "SELECT id, digest, size, reference_count FROM blobs WHERE digest >= $1 AND digest <= $2 ORDER BY digest")
            #expect(shard.contains("SEARCH") && !shard.contains("TEMP B-TREE"))
        }
    }
}
