import HTTP
import Primitives

@testable import Blobs

/// A place that does what a test says before it does what it is for: so the process can stand still, or end, at any point.
final class HookedBackend: BlobBackend {
    enum Point: Sendable, Hashable {
        case beforeStore
        case afterStore
        case beforeRemove
        case afterRemove
        case afterListing
    }

    /// What a test throws where the process would have ended.
    struct Crash: Error {}

    private let inner: any BlobBackend
    private let hooks = Mutex<[Point: @Sendable () async throws -> Void]>([:])

    init(_ inner: any BlobBackend) {
        self.inner = inner
    }

    /// Runs `body` once, the next time that the point is reached.
    func once(_ point: Point, _ body: @escaping @Sendable () async throws -> Void) {
        hooks.withLock { $0[point] = body }
    }

    private func pass(_ point: Point) async throws {
        let hook = hooks.withLock { $0.removeValue(forKey: point) }
        try await hook?()
    }

    var objectLimit: Int64 { inner.objectLimit }
    func storingSeconds(size: Int64) -> Int64 { inner.storingSeconds(size: size) }
    func prepare() async throws { try await inner.prepare() }
    func size(of name: BlobName) async throws -> Int64? { try await inner.size(of: name) }
    func read(_ name: BlobName, _ range: Range<Int64>) async throws -> [UInt8] { try await inner.read(name, range) }

    func objects(in shard: UInt8) async throws -> [StoredObject] {
        let objects = try await inner.objects(in: shard)
        try await pass(.afterListing)
        return objects
    }

    func store(_ file: SpoolFile, size: Int64, as name: BlobName, mayExist: Bool) async throws {
        try await pass(.beforeStore)
        try await inner.store(file, size: size, as: name, mayExist: mayExist)
        try await pass(.afterStore)
    }

    func remove(_ name: BlobName) async throws {
        try await pass(.beforeRemove)
        try await inner.remove(name)
        try await pass(.afterRemove)
    }

    func response(to request: HTTPRequest, name: BlobName, representation: Representation) async throws -> HTTPResponse {
        try await inner.response(to: request, name: name, representation: representation)
    }
}
