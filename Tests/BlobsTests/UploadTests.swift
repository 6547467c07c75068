import Security
import Storage
import StorageTesting
import Testing

@testable import Blobs

/// Uploads to the data folder.
struct UploadTests {
    @Test(arguments: TestEngine.available) func bytesComeBackAsTheyWere(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            let bytes = content(3_000_000)
            let blob = try await world.upload(Array(bytes[..<1]), [], Array(bytes[1..<2_000_000]), Array(bytes[2_000_000...]))
            #expect(blob.size == 3_000_000 && blob.digest == SHA256.hash(bytes))
            #expect(try await world.bytes(of: blob) == bytes)
            #expect(try await world.rows == [BlobWorld.RowState(id: blob.id, references: 0)])
            #expect(world.folder.objects == [BlobName(blob).path] && world.folder.incoming.isEmpty)
        }
    }

    @Test(arguments: TestEngine.available) func nothingIsAFileToo(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            let blob = try await world.upload()
            #expect(blob.size == 0 && blob.digest == SHA256.hash([]))
            #expect(try await world.bytes(of: blob) == [])
        }
    }

    /// "Signing keys are files with mode 0600", and what people upload is theirs alone too.
    @Test func filesBelongToTheServerAlone() async throws {
        try await BlobWorld.run(on: .sqlite) { world in
            let (path, upload) = (world.folder.path, try await world.store.upload())
            let spool = try #require(world.folder.incoming.first)
            #expect(TestFolder.mode(of: "\(path)/blobs/incoming/\(spool)") == 0o600)
            try await upload.append([1])
            let blob = try await upload.finish()
            #expect(TestFolder.mode(of: "\(path)/blobs/\(BlobName(blob).path)") == 0o600)
            for folder in ["blobs", "blobs/incoming", "blobs/\(BlobName.folder(of: BlobName(blob).shard))"] {
                #expect(TestFolder.mode(of: "\(path)/\(folder)") == 0o700)
            }
        }
    }

    /// Every limit is named by its error, and holds as soon as it is passed.
    @Test func anUploadIsNoLongerThanItMayBe() async throws {
        try await BlobWorld.run(on: .sqlite) { world in
            let blob = try await world.upload(content(60), content(40), limit: 100)
            #expect(blob.size == 100)
            let upload = try await world.store.upload(limit: 100)
            try await upload.append(content(100, seed: 1))
            await #expect(throws: BlobError.tooLarge(limit: 100)) { try await upload.append([1]) }
            #expect(world.folder.incoming.isEmpty)
            await #expect(throws: BlobError.uploadEnded) { try await upload.append([1]) }
            await #expect(throws: BlobError.uploadEnded) { try await upload.finish() }
            #expect(world.folder.objects.count == 1)
            #expect(BlobError.tooLarge(limit: 100).description.contains("100 bytes"))
        }
    }

    @Test func whatIsNotFinishedLeavesNothing() async throws {
        try await BlobWorld.run(on: .sqlite) { world in
            let cancelled = try await world.store.upload()
            try await cancelled.append([1])
            await cancelled.cancel()
            await cancelled.cancel()
            await #expect(throws: BlobError.uploadEnded) { try await cancelled.finish() }
            var dropped: BlobUpload? = try await world.store.upload()
            try await dropped?.append([2])
            #expect(world.folder.incoming.count == 1)
            dropped = nil
            // The worker that wrote last may have it for a moment more.
            for _ in 0..<1_000 where !world.folder.incoming.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            #expect(try await world.isEmpty)
        }
    }

    @Test func anUploadIsFinishedOnce() async throws {
        try await BlobWorld.run(on: .sqlite) { world in
            let upload = try await world.store.upload()
            try await upload.append([1])
            let blob = try await upload.finish()
            await #expect(throws: BlobError.uploadEnded) { try await upload.finish() }
            await upload.cancel()
            #expect(try await world.bytes(of: blob) == [1])
        }
    }

    @Test(arguments: TestEngine.available) func theSameContentIsKeptOnce(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            let first = try await world.upload(content(5_000))
            let second = try await world.upload(content(2_000), Array(content(5_000)[2_000...]))
            let other = try await world.upload(content(5_000, seed: 1))
            #expect(first == second && other.id != first.id)
            #expect(world.folder.objects.count == 2)
        }
    }

    @Test(arguments: TestEngine.available) func uploadsOfTheSameContentAtOnceShareIt(_ engine: TestEngine) async throws {
        try await BlobWorld.run(on: engine) { world in
            let bytes = content(200_000)
            let blobs = try await withThrowingTaskGroup(of: StoredBlob.self) { group in
                for _ in 0..<20 { group.addTask { try await world.keep(bytes) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let blob = try #require(blobs.first)
            #expect(blobs.allSatisfy { $0 == blob })
            #expect(try await world.rows == [BlobWorld.RowState(id: blob.id, references: 20)])
            #expect(world.folder.objects == [BlobName(blob).path] && world.folder.incoming.isEmpty)
            #expect(try await world.bytes(of: blob) == bytes)
        }
    }

    @Test func aDiskThatRefusesEndsTheUpload() async throws {
        try await BlobWorld.run(on: .sqlite) { world in
            let blob = try await world.upload([1, 2, 3])
            // A folder in the place of the file: no rename goes there.
            let path = BlobName(blob).path
            world.folder.remove(path)
            try FolderFiles.make("\(world.folder.path)/blobs/\(path)")
            let error = await #expect(throws: BlobError.self) { try await world.upload([1, 2, 3]) }
            guard case .unavailable(let reason) = error else {
                Issue.record("not unavailable: \(String(describing: error))")
                return
            }
            #expect(reason.contains(path))
            #expect(world.folder.incoming.isEmpty)
        }
    }

    @Test func smallOnesAreReadWithALimit() async throws {
        try await BlobWorld.run(on: .sqlite) { world in
            let blob = try await world.upload(content(1_000))
            #expect(try await world.store.bytes(of: blob, limit: 1_000) == content(1_000))
            await #expect(throws: BlobError.tooLarge(limit: 999)) { try await world.store.bytes(of: blob, limit: 999) }
            world.folder.write(content(1_000, seed: 1), to: BlobName(blob).path)
            await #expect(throws: BlobError.damaged(name: BlobName(blob).text)) { try await world.bytes(of: blob) }
            world.folder.write(content(10), to: BlobName(blob).path)
            await #expect(throws: BlobError.damaged(name: BlobName(blob).text)) { try await world.bytes(of: blob) }
            world.folder.remove(BlobName(blob).path)
            await #expect(throws: BlobError.missing(name: BlobName(blob).text)) { try await world.bytes(of: blob) }
        }
    }

    /// What is broken is whole again when somebody uploads it again.
    @Test func anUploadMendsWhatIsBroken() async throws {
        try await BlobWorld.run(on: .sqlite) { world in
            let blob = try await world.keep(content(1_000))
            world.folder.write(content(1_000, seed: 1), to: BlobName(blob).path)
            #expect(try await world.upload(content(1_000)) == blob)
            #expect(try await world.bytes(of: blob) == content(1_000))
        }
    }
}
