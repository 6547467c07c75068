import HTTPClient
import Primitives
import Security
import Storage
import StorageTesting
import Testing

@testable import Blobs

/// Blobs in an S3-compatible store. The stub checks the signature of every request.
struct S3BlobsTests {
    @Test(arguments: TestEngine.available) func bytesComeBackAsTheyWere(_ engine: TestEngine) async throws {
        try await S3World.run(on: engine) { world in
            let bytes = content(2_500_000)
            let blob = try await world.blobs.upload(Array(bytes[..<1_000_000]), Array(bytes[1_000_000...]))
            #expect(world.objects == [BlobName(blob).path: bytes])
            #expect(world.requests.map(\.method) == ["PUT"] && world.blobs.folder.incoming.isEmpty)
            #expect(try await world.blobs.bytes(of: blob) == bytes)
            #expect(
                world.requests.compactMap(\.range) == ["bytes=0-1048575", "bytes=1048576-2097151", "bytes=2097152-2499999"])
            #expect(world.requests.allSatisfy { $0.status < 300 })
            // A list at the start, a PUT, a HEAD and three pieces: nobody shakes hands six times.
            #expect(world.stub.state.withLock { $0.connections } == 1)
        }
    }

    @Test func nothingIsAFileToo() async throws {
        try await S3World.run { world in
            let blob = try await world.blobs.upload()
            #expect(world.objects == [BlobName(blob).path: []])
            #expect(try await world.blobs.bytes(of: blob) == [])
        }
    }

    /// What is there already is not sent again; what should be and is not, is.
    @Test func theSameContentIsSentOnce() async throws {
        try await S3World.run { world in
            let blob = try await world.blobs.upload(content(1_000))
            world.clearRequests()
            #expect(try await world.blobs.upload(content(1_000)) == blob)
            #expect(world.requests.map(\.method) == ["HEAD"])
            for broken in [nil, content(999)] {
                world.stub.state.withLock { $0.objects[BlobName(blob).path] = broken }
                #expect(try await world.blobs.upload(content(1_000)) == blob)
                #expect(world.objects == [BlobName(blob).path: content(1_000)])
            }
        }
    }

    @Test(arguments: TestEngine.available) func whatNothingRefersToIsRemoved(_ engine: TestEngine) async throws {
        try await S3World.run(on: engine) { world in
            let kept = try await world.blobs.keep(content(10))
            _ = try await world.blobs.upload(content(11))
            world.blobs.clock.advance(seconds: 1_000_000)
            try await world.blobs.collect()
            #expect(Array(world.objects.keys) == [BlobName(kept).path])
        }
    }

    /// A store that cannot be reached loses nothing: what it could not remove is removed later.
    @Test func aRemovalThatFailsIsTriedAgain() async throws {
        try await S3World.run { world in
            _ = try await world.blobs.upload(content(11))
            world.blobs.clock.advance(seconds: 1_000_000)
            world.stub.state.withLock { $0.failures = Array(repeating: 503, count: S3Client.attempts) }
            await #expect(throws: BlobError.unavailable(reason: "the S3 store answered DELETE with 503 (SlowDown)")) {
                try await world.blobs.collect()
            }
            #expect(try await world.blobs.rows.isEmpty && world.objects.count == 1)
            try await world.blobs.collect()
            #expect(world.objects.isEmpty)
            #expect(try await world.blobs.isEmpty)
        }
    }

    @Test func aBadMomentIsWaitedFor() async throws {
        try await S3World.run { world in
            world.stub.state.withLock { $0.failures = [503, 500] }
            let blob = try await world.blobs.keep(content(500_000))
            #expect(world.requests.map(\.status) == [503, 500, 200])
            #expect(world.objects == [BlobName(blob).path: content(500_000)])
            world.clearRequests()
            world.stub.state.withLock { $0.failures = [503, 429, 504] }
            await #expect(throws: BlobError.unavailable(reason: "the S3 store answered PUT with 504 (SlowDown)")) {
                try await world.blobs.upload(content(5))
            }
            #expect(world.requests.count == S3Client.attempts && world.blobs.folder.incoming.isEmpty)
        }
    }

    /// A key that is wrong is no bad moment.
    @Test func aRefusalIsFinal() async throws {
        try await S3World.run { world in
            world.stub.state.withLock { $0.secretKey = "another" }
            await #expect(throws: BlobError.unavailable(reason: "the S3 store answered PUT with 403 (SignatureDoesNotMatch)")) {
                try await world.blobs.upload(content(5))
            }
            await #expect(throws: BlobError.unavailable(reason: "the S3 store answered GET with 403 (SignatureDoesNotMatch)")) {
                try await world.blobs.store.prepare()
            }
            #expect(world.requests.count == 2)
        }
    }

    @Test func aStoreThatIsNotThereIsNamed() async throws {
        try await S3World.run { world in
            let client = HTTPClient(guard: S3World.loopback)
            defer { client.stop() }
            let elsewhere = try S3World.settings("http://127.0.0.1:\(world.stub.port)", bucket: "nest")
            let nobody = try S3World.settings("http://127.0.0.1:1024")
            let guarded = try S3World.settings("http://localhost:\(world.stub.port)")
            let closed = HTTPClient(guard: AddressGuard())
            defer { closed.stop() }
            for (settings, client, reason) in [
                (elsewhere, client, "the S3 store answered GET with 404 (NoSuchBucket)"),
                (nobody, client, "GET did not reach the S3 store: connect"),
                (guarded, closed, "GET did not reach the S3 store: forbidden_address"),
            ] {
                let backend = S3Blobs(
                    client: S3Client(settings, sender: OutboundSender(client), pause: .milliseconds(1)), pool: BlobWorld.pool)
                await #expect(throws: BlobError.unavailable(reason: reason)) { try await backend.prepare() }
            }
        }
    }

    @Test func whatIsTornOrGoneIsNamed() async throws {
        try await S3World.run { world in
            let blob = try await world.blobs.keep(content(1_000))
            let name = BlobName(blob)
            world.stub.state.withLock { $0.objects[name.path] = content(999) }
            await #expect(throws: BlobError.damaged(name: name.text)) { try await world.backend.read(name, 0..<1_000) }
            await #expect(throws: BlobError.damaged(name: name.text)) { try await world.backend.read(name, 999..<1_000) }
            world.stub.state.withLock { $0.objects[name.path] = nil }
            await #expect(throws: BlobError.missing(name: name.text)) { try await world.backend.read(name, 0..<1_000) }
            #expect(try await world.backend.size(of: name) == nil)
        }
    }

    /// Lists of several pages, whose tokens need escapes; names that are none of ours are passed over and left alone.
    @Test(arguments: TestEngine.available) func aLookFindsWhatIsLostAndWhatIsLeftOver(_ engine: TestEngine) async throws {
        try await S3World.run(on: engine) { world in
            let lost = BlobName(try await world.blobs.keep(content(100)))
            let changed = BlobName(try await world.blobs.keep(content(100, seed: 1)))
            _ = try await world.blobs.keep(content(100, seed: 2))
            let old = (1...5).map { BlobName(digest: lost.digest, id: $0) }
            let young = BlobName(digest: lost.digest, id: 6)
            let foreign = "\(BlobName.folder(of: lost.shard))/a&b"
            let now = world.blobs.clock.now.seconds
            world.stub.state.withLock { state in
                state.pageSize = 2
                state.objects[lost.path] = nil
                state.objects[changed.path] = content(100, seed: 9)
                for name in old { (state.objects[name.path], state.dates[name.path]) = ([1], now - BlobStore.graceSeconds - 1) }
                (state.objects[young.path], state.dates[young.path]) = ([1], now - BlobStore.graceSeconds)
                (state.objects[foreign], state.dates[foreign]) = ([1], 0)
            }
            let (findings, summary) = try await world.blobs.verify(deep: true, repair: true)
            #expect(summary == BlobSummary(blobs: 3, bytes: 300, unreferenced: 0, damaged: 2, orphans: 5, removed: 5))
            #expect(findings.contains(.missing(name: lost.text, references: 1)))
            #expect(findings.contains(.wrongDigest(name: changed.text)))
            #expect(world.objects.count == 4 && world.objects[foreign] != nil && world.objects[young.path] != nil)
        }
    }

    // MARK: Settings

    @Test func aBucketStandsInThePathOrBeforeTheHost() throws {
        let path = try S3World.settings("https://s3.example.org").url(path: "/a0/name", query: [("list-type", "2"), ("prefix", "a")])
        #expect(path.text == "https://s3.example.org/rookery/a0/name?list-type=2&prefix=a")
        let host = try S3World.settings("http://s3.example.org:9000", usesPathStyle: false).url(path: "/a0/name", query: [])
        #expect(host.text == "http://rookery.s3.example.org:9000/a0/name")
        for name in ["http://minio:9000", "https://storage.local", "http://127.0.0.1:9000"] {
            #expect((try? S3World.settings(name)) != nil, "\(name)")
        }
    }

    @Test func aBucketBeforeTheHostIsSignedAndServed() async throws {
        try await S3World.run { world in
            let client = HTTPClient(guard: S3World.loopback, resolver: NameResolver { _ in ["127.0.0.1"] })
            defer { client.stop() }
            let settings = try S3World.settings("http://s3.example.org:\(world.stub.port)", usesPathStyle: false)
            let backend = S3Blobs(client: S3Client(settings, sender: OutboundSender(client)), pool: BlobWorld.pool)
            let blob = try await world.blobs.keep(content(1_000))
            try await backend.prepare()
            #expect(try await backend.read(BlobName(blob), 10..<20) == Array(content(1_000)[10..<20]))
            #expect(try await backend.objects(in: BlobName(blob).shard).map(\.name) == [BlobName(blob)])
            #expect(world.requests.allSatisfy { $0.status < 300 })
        }
    }

    @Test func settingsThatCannotWorkAreRefused() {
        func refused(_ setting: String, _ body: () throws -> S3Settings) {
            let error = #expect(throws: S3Settings.Refusal.self) { try body() }
            #expect(error?.setting == setting)
        }
        let endpoints = [
            "", "s3.example.org", "ftp://s3.example.org", "https://", "https://s3.example.org/path", "https://u@s3.example.org",
            "http://10.0.0.1:9000", "http://[::1]:9000", "https://s3.example.org:22",
        ]
        for endpoint in endpoints {
            refused("endpoint") { try S3World.settings(endpoint) }
        }
        refused("endpoint") { try S3World.settings("http://127.0.0.1:9000", usesPathStyle: false) }
        for bucket in ["", "ab", "Rookery", "rook/ery", "rook ery", String(repeating: "a", count: 64)] {
            refused("bucket") { try S3World.settings("https://s3.example.org", bucket: bucket) }
        }
        for region in ["", "EU", "eu:1", "eu/1"] {
            refused("region") { try S3World.settings("https://s3.example.org", region: region) }
        }
    }

    /// "No secret in a log": whatever prints it, prints stars.
    @Test func theCredentialIsNotPrinted() throws {
        let settings = try S3World.settings("https://s3.example.org")
        var request = OutboundRequest(url: try settings.url(path: "/", query: []))
        request.credential = S3Stub.credential
        var dumped = ""
        dump(settings, to: &dumped)
        dump(request, to: &dumped)
        let reflected = [String(reflecting: settings), String(reflecting: request)]
        for text in ["\(settings)", "\(request)", "\(S3Stub.credential)", dumped] + reflected {
            #expect(!text.contains("roost:access") && !text.contains("secret/key"))
        }
    }
}
