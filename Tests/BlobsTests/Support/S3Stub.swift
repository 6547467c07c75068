import HTTP
import HTTPClient
import Primitives
import Reactor
import Security

@testable import Blobs

/// A store that speaks as much of S3 as is used here, with the bucket in the path or before the host, and believes only what is signed: it computes every signature itself
/// (AWS, "Signature Version 4 for API requests").
final class S3Stub: Sendable {
    static let credential = SigningCredential(accessKey: "roost:access", secretKey: "secret/key+with=signs", region: "eu-test-1")
    static let bucket = "rookery"

    /// A request that was answered.
    struct Request: Sendable, Equatable {
        var method: String
        var target: String
        var status: Int
        var range: String?
    }

    struct State: Sendable {
        var objects: [String: [UInt8]] = [:]
        /// When an object was stored, in seconds since the epoch; now when it is not here.
        var dates: [String: Int64] = [:]
        var requests: [Request] = []
        /// Statuses of the next answers, in place of what would be answered.
        var failures: [Int] = []
        /// Objects of a page of a list.
        var pageSize = 1_000
        var secretKey = S3Stub.credential.secretKey
        /// How many have connected so far.
        var connections = 0
    }

    let state = Mutex(State())
    let port: Int
    private let group: EventLoopGroup

    private init(_ box: Handle) async throws {
        group = EventLoopGroup(count: 1)
        var routes = RouteGroup()
        for method in [HTTPMethod.get, .head, .put, .delete] {
            for path in ["/", "/*path"] {
                routes.on(method, path) { request in
                    guard let stub = box.stub.withLock({ $0 }) else { return .text("", status: .internalServerError) }
                    return try await stub.answer(request)
                }
            }
        }
        var hooks = HTTPServerHooks()
        hooks.connectionsChanged = { difference in
            box.stub.withLock { $0 }?.state.withLock { $0.connections += max(difference, 0) }
        }
        let address = try SocketAddress(host: "127.0.0.1", port: 0)
        port = try await HTTPServer.start(on: address, group: group, router: Router(routes), hooks: hooks).address.port
        box.stub.withLock { $0 = self }
    }

    private final class Handle: Sendable {
        let stub = Mutex<S3Stub?>(nil)
    }

    /// Runs `body` beside a store.
    static func run(_ body: (S3Stub) async throws -> Void) async throws {
        let handle = Handle()
        let stub = try await S3Stub(handle)
        let result: Result<Void, any Error>
        do { result = .success(try await body(stub)) } catch { result = .failure(error) }
        handle.stub.withLock { $0 = nil }
        await Task.detached { stub.group.stop() }.value
        try result.get()
    }

    // MARK: Answers

    private func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
        let body = try await request.body.collect(upTo: 100_000_000)
        let response = state.withLock { state in
            let response = state.failures.isEmpty ? answer(request, body, &state) : Self.error(state.failures.removeFirst(), "SlowDown")
            state.requests.append(
                Request(
                    method: request.method.rawValue, target: request.target, status: response.status.code,
                    range: request.headers.all("range").first))
            return response
        }
        return response
    }

    private func answer(_ request: HTTPRequest, _ body: [UInt8], _ state: inout State) -> HTTPResponse {
        if let code = refusal(of: request, body, secretKey: state.secretKey) { return Self.error(403, code) }
        let isHostStyle = request.host?.hasPrefix(Self.bucket + ".") == true
        let path = isHostStyle ? Self.bucket + request.path : String(request.path.dropFirst())
        guard path.hasPrefix(Self.bucket + "/") else { return Self.error(404, "NoSuchBucket") }
        let key = String(path.dropFirst(Self.bucket.count + 1))
        if key.isEmpty { return .bytes(Array(list(request, state).utf8), contentType: "application/xml") }
        switch request.method {
        case .put:
            state.objects[key] = body
            return HTTPResponse()
        case .delete:
            state.objects[key] = nil
            return HTTPResponse(status: .noContent)
        default:
            guard let bytes = state.objects[key] else { return Self.error(404, "NoSuchKey") }
            return .conditional(bytes, contentType: "application/octet-stream", entityTag: nil, to: request)
        }
    }

    private static func error(_ status: Int, _ code: String) -> HTTPResponse {
        .bytes(
            Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>\(code)</Code><Message>No &amp; no</Message></Error>".utf8),
            contentType: "application/xml", status: HTTPStatus(status, "As Told"))
    }

    private func list(_ request: HTTPRequest, _ state: State) -> String {
        let query = request.query
        let prefix = query[first: "prefix"] ?? ""
        let after = (query[first: "continuation-token"] ?? "").dropFirst("after/+=".count)
        let keys = state.objects.keys.filter { $0.hasPrefix(prefix) && $0 > after }.sorted()
        let page = keys.prefix(min(state.pageSize, Int(query[first: "max-keys"] ?? "") ?? 1_000))
        let contents = page.map { key in
            let date = state.dates[key].map { Timestamp(seconds: $0) } ?? .now()
            return """
                <Contents><Key>\(key.replacing("&", with: "&amp;"))</Key><LastModified>\(date.rfc3339Milliseconds)</LastModified>\
                <ETag>&quot;x&quot;</ETag><Size>\(state.objects[key]?.count ?? 0)</Size><Owner><ID>1</ID></Owner></Contents>
                """
        }
        let next = page.count < keys.count ? "<NextContinuationToken>after/+=\(page.last ?? "")</NextContinuationToken>" : ""
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>\(Self.bucket)</Name><Prefix>\(prefix)</Prefix>\
            <IsTruncated>\(page.count < keys.count)</IsTruncated>\(next)\(contents.joined())</ListBucketResult>
            """
    }

    // MARK: Signatures

    /// The code of what is wrong with a signature, nil when it is good.
    private func refusal(of request: HTTPRequest, _ body: [UInt8], secretKey: String) -> String? {
        func field(_ name: String) -> String { request.headers.all(name).first ?? "" }
        let bodyDigest = Hex.encode(SHA256.hash(body))
        guard field("x-amz-content-sha256") == bodyDigest else { return "XAmzContentSHA256Mismatch" }
        let date = field("x-amz-date")
        let scope = "\(date.prefix(8))/\(Self.credential.region)/s3/aws4_request"
        let start = "AWS4-HMAC-SHA256 Credential=\(Self.credential.accessKey)/\(scope), SignedHeaders="
        let authorization = field("authorization")
        guard authorization.hasPrefix(start) else { return "InvalidAccessKeyId" }
        let rest = authorization.dropFirst(start.count)
        guard let end = rest.firstRange(of: ", Signature=") else { return "AuthorizationHeaderMalformed" }
        let names = rest[..<end.lowerBound].split(separator: ";").map(String.init)
        guard ["host", "x-amz-content-sha256", "x-amz-date"].allSatisfy(names.contains) else { return "AccessDenied" }
        let query = request.target.split(separator: "?", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
        let canonical =
            [request.method.rawValue, request.path, query.split(separator: "&").sorted().joined(separator: "&")]
            + names.map { "\($0):\(field($0))" } + ["", names.joined(separator: ";"), bodyDigest]
        let text = [
            "AWS4-HMAC-SHA256", date, scope, Hex.encode(SHA256.hash(Array(canonical.joined(separator: "\n").utf8))),
        ].joined(separator: "\n")
        let key = [String(date.prefix(8)), Self.credential.region, "s3", "aws4_request"].reduce(Array("AWS4\(secretKey)".utf8)) {
            HMACSHA256(key: $0).authenticate($1.utf8)
        }
        return Hex.encode(HMACSHA256(key: key).authenticate(text.utf8)) == rest[end.upperBound...] ? nil : "SignatureDoesNotMatch"
    }
}
