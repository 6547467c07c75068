import Primitives
import Security
import Storage
import StorageTesting
import Testing

@testable import Blobs

/// What a look at everything finds.
struct VerifyTests {
    @Test(arguments: TestEngine.available) func whatIsInOrderIsCounted(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            for seed in 0..<20 { _ = try await world.keep(content(1_000, seed: seed)) }
            _ = try await world.upload(content(10))
            let (findings, summary) = try await world.verify(deep: true, repair: true)
            #expect(findings.isEmpty)
            #expect(summary == BlobSummary(blobs: 21, bytes: 20_010, unreferenced: 1))
        }
    }

    @Test(arguments: TestEngine.available) func whatIsLostIsFound(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            let lost = BlobName(try await world.keep(content(1_000)))
            let cut = BlobName(try await world.keep(content(1_000, seed: 1)))
            let changed = BlobName(try await world.keep(content(1_000, seed: 2)))
            world.folder.remove(lost.path)
            world.folder.write(content(5), to: cut.path)
            world.folder.write(content(1_000, seed: 9), to: changed.path)
            let missing = BlobFinding.missing(name: lost.text, references: 1)
            let wrongSize = BlobFinding.wrongSize(name: cut.text, expected: 1_000, found: 5)
            let quick = try await world.verify(repair: true)
            #expect(Set(quick.findings.map(\.description)) == Set([missing, wrongSize].map(\.description)))
            #expect(quick.summary.damaged == 2 && quick.summary.orphans == 0)
            let deep = try await world.verify(deep: true, repair: true)
            let all = [missing, wrongSize, .wrongDigest(name: changed.text)]
            #expect(Set(deep.findings.map(\.description)) == Set(all.map(\.description)))
            #expect(deep.findings.allSatisfy(\.isDamage) && deep.summary.damaged == 3)
            // Nothing of it can be repaired, and nothing is made worse.
            #expect(world.folder.objects.count == 2)
            #expect(try await world.rows.count == 3)
        }
    }

    /// Bytes without a row, once they are older than the grace; and only what bears a name of ours.
    @Test(arguments: TestEngine.available) func whatHasNoRowIsFoundAndRemoved(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            let kept = try await world.keep(content(100))
            let old = BlobName(digest: SHA256.hash([1]), id: 5)
            // The content of a row that is there, under the number of one that is not.
            let former = BlobName(digest: kept.digest, id: kept.id - 1)
            let young = BlobName(digest: SHA256.hash([2]), id: 6)
            let foreign = "\(BlobName.folder(of: old.shard))/README"
            for path in [old.path, former.path, young.path, foreign] { world.folder.write([1], to: path) }
            let now = world.clock.now.seconds
            for path in [old.path, former.path, foreign] { world.folder.date(path, now - BlobStore.graceSeconds - 1) }
            world.folder.date(young.path, now - BlobStore.graceSeconds)
            let found = try await world.verify()
            let expected = [old, former].map { BlobFinding.orphan(name: $0.text, size: 1, isRemoved: false) }
            #expect(Set(found.findings.map(\.description)) == Set(expected.map(\.description)))
            #expect(found.summary.orphans == 2 && found.summary.removed == 0 && found.summary.damaged == 0)
            #expect(world.folder.objects.count == 5)
            let repaired = try await world.verify(repair: true)
            #expect(repaired.summary.orphans == 2 && repaired.summary.removed == 2)
            #expect(Set(world.folder.objects) == [BlobName(kept).path, young.path, foreign])
            #expect(try await world.verify().findings.isEmpty)
        }
    }

    @Test func anUploadDuringTheLookIsNotMissed() async throws {
        try await BlobWorld.run(on: .sqlite) { world in
            world.backend.once(.beforeStore) {
                let findings = try await world.verify(deep: true).findings
                #expect(findings.isEmpty)
            }
            _ = try await world.keep(content(100))
            // One that is stored and referred to after its part of the store was listed, which is the first.
            let bytes = try #require((0..<100_000).lazy.map { Array("\($0)".utf8) }.first { SHA256.hash($0).first == 0 })
            world.backend.once(.afterListing) { _ = try await world.keep(bytes) }
            let (findings, summary) = try await world.verify(deep: true)
            #expect(findings.isEmpty && summary.blobs == 2)
        }
    }

    /// It works on a folder in which nothing was ever uploaded.
    @Test func nothingIsInOrderToo() async throws {
        let folder = try BlobFolder()
        try await TestEngine.sqlite.withDatabase { configuration in
            let database = try await Database.open(configuration, schemas: [.blobs], loops: BlobWorld.loops)
            let store = BlobStore(database: database, place: .disk, folder: folder.path)
            let summary = try await store.verify { _ in }
            #expect(summary == BlobSummary())
            await Task.detached { store.stop() }.value
            await database.close()
        }
    }
}
