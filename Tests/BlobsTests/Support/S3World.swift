import HTTP
import HTTPClient
import Primitives
import Reactor
import Security
import StorageTesting

@testable import Blobs

/// A store of blobs in a bucket of the stub, reached with the real client.
struct S3World: Sendable {
    static let loopback = AddressGuard(allowed: ["127.0.0.0/8"].compactMap { AddressRange($0) })

    let stub: S3Stub
    let blobs: BlobWorld
    let backend: S3Blobs

    static func run(on engine: TestEngine = .sqlite, _ body: (S3World) async throws -> Void) async throws {
        try await S3Stub.run { stub in
            let client = HTTPClient(guard: loopback)
            defer { client.stop() }
            let backend = S3Blobs(
                client: S3Client(
                    try settings("http://127.0.0.1:\(stub.port)"), sender: OutboundSender(client), pause: .milliseconds(1)),
                pool: BlobWorld.pool)
            try await BlobWorld.run(on: engine, backend: backend) { world in
                stub.state.withLock { $0.requests = [] }
                try await body(S3World(stub: stub, blobs: world, backend: backend))
            }
        }
    }

    static func settings(
        _ endpoint: String, bucket: String = S3Stub.bucket, region: String = S3Stub.credential.region, usesPathStyle: Bool = true
    ) throws(S3Settings.Refusal) -> S3Settings {
        var credential = S3Stub.credential
        credential.region = region
        return try S3Settings(
            endpoint: endpoint, bucket: bucket, credential: credential, usesPathStyle: usesPathStyle, addressGuard: loopback)
    }

    var requests: [S3Stub.Request] { stub.state.withLock { $0.requests } }
    var objects: [String: [UInt8]] { stub.state.withLock { $0.objects } }

    func clearRequests() {
        stub.state.withLock { $0.requests = [] }
    }
}
