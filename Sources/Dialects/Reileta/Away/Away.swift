internal import Community
internal import Dialect
internal import Federation
internal import HTTP
internal import JSON
internal import Primitives

/// What a route does when it is asked for something of another server, by `?server=` or `@server` (contracts/reileta.md 3.3).
enum Away: Sendable {
    /// It cannot be had from here.
    case never
    /// It is what the other server says of itself.
    case find
    /// It is read there, and passed on.
    case read(ForeignShape)
    /// The caller is sent there: files and pictures.
    case redirect
    /// It is done there for the caller, or what is the caller's own is read; nil: what comes back has no shape.
    case act(ForeignShape?)
}

/// Asks other servers for what people of this one want of them.
struct AwayRequests: Sendable {
    /// Parameters of a query that are meant for this server only.
    private static let own = ["server", "authuser", "authserver", "integrityuser"]
    /// Parameters of paths that may name another server.
    private static let names = ["address", "id", "world", "user"]

    /// Requests of one person that other servers are asked for at a time: whoever asks slow ones keeps nobody else waiting.
    private static let underWayLimit = 8

    let peers: Peers
    let reads: ForeignReads
    let identity: ServerIdentity
    private let underWay = UnderWay()

    init(peers: Peers, reads: ForeignReads, identity: ServerIdentity) {
        self.peers = peers
        self.reads = reads
        self.identity = identity
    }

    /// The other server that a request is about; nil: none.
    func address(of request: HTTPRequest) -> String? {
        var asked = request.query.all("server")
        for name in Self.names {
            guard let text = request.parameters[name] else { continue }
            if name == "address" { asked.append(text) } else if let address = ObjectName(text).address { asked.append(address) }
        }
        return asked.first { !$0.isEmpty && !identity.isOwn($0) }
    }

    /// Does what a request asks of another server. Who asks has been found to be allowed to.
    ///
    /// - Parameter caller: the id of the person, without the server.
    /// - Throws: `Failure` 13, 140; `PeerFailure`, `DatabaseError`.
    func answer(_ context: Endpoints.Context, at address: String, _ away: Away, caller: String) async throws -> HTTPResponse {
        guard !RequestCallers.isPassedOn(context.request) else {
            throw Failure(.serverNotFound, "What another server asks for is not passed on.")
        }
        guard let target = Self.target(of: context.request) else { throw Failure(context.topic.invalid, "This names nothing.") }
        return try await counted(caller) { try await answer(context, at: address, away, target, caller) }
    }

    /// Does something that other servers are asked for, unless the person has too much of it under way.
    ///
    /// - Throws: `Failure` 140; what the work throws.
    func counted<Value>(_ caller: String, _ work: () async throws -> Value) async throws -> Value {
        guard underWay.begin(caller, limit: Self.underWayLimit) else {
            throw Failure(.rateLimited, "At most \(Self.underWayLimit) requests to other servers at a time.", retryAfter: 1)
        }
        defer { underWay.end(caller) }
        return try await work()
    }

    private func answer(
        _ context: Endpoints.Context, at address: String, _ away: Away, _ target: String, _ caller: String
    ) async throws -> HTTPResponse {
        let deadline = PeerDeadline()
        switch away {
        case .never:
            guard context.request.method == .get else {
                throw Failure(.requestNotImplemented, "Other servers are only read.")
            }
            throw Failure(.requestNotFound, "This cannot be had from another server.")
        case .find:
            let server = try await peers.find(address, deadline: deadline)
            return context.answer { context.wire.server(server, to: &$0) }
        case .redirect:
            let server = try await peers.find(address, deadline: deadline)
            return .redirect(to: server.http + target, status: .found)
        case .read(let shape):
            let key = "read \(PeerAddress.normalized(address) ?? "") \(target)"
            let passed = try await reads.data(key) {
                let (server, data) = try await peers.call(PeerCall("GET", target), at: address, deadline: deadline)
                return try shape.passed(data, from: server.address, id: Self.id(in: context.request))
            }
            return context.answer(capacity: passed.count + 512) { $0.raw(passed) }
        case .act(let shape): return try await act(context, at: address, target, shape, caller, deadline)
        }
    }

    private func act(
        _ context: Endpoints.Context, at address: String, _ target: String, _ shape: ForeignShape?, _ caller: String,
        _ deadline: PeerDeadline
    ) async throws -> HTTPResponse {
        let call = PeerCall(
            context.request.method.rawValue, target, body: try await context.request.body.collect(upTo: Endpoints.bodyLimit),
            person: "\(caller)@\(identity.address)", needsToken: true)
        let (server, data) = try await peers.call(call, at: address, deadline: deadline)
        guard let shape else { return context.answer { $0.copy(data) } }
        let passed = try shape.passed(data, from: server.address)
        return context.answer(capacity: passed.count + 512) { $0.raw(passed) }
    }

    /// The id of the object that a path ends with; nil when it names it otherwise, or ends with something else.
    private static func id(in request: HTTPRequest) -> String? {
        guard let last = request.path.split(separator: "/").last else { return nil }
        let name = ObjectName(PercentEncoding.decode(last.utf8, plusAsSpace: false) ?? String(last), hasVersion: true).text
        let isID = ["u_", "w_", "f_", "p_", "i_"].contains(where: name.hasPrefix) && name.utf8.count == 2 + RegistryIdentifier.length
        return isID ? name : nil
    }

    /// Path and query without what names the other server, and without what proves who asks here.
    ///
    /// - Returns: nil when a part of the path would mean a folder.
    static func target(of request: HTTPRequest) -> String? {
        let segments = request.path.split(separator: "/", omittingEmptySubsequences: false).map { segment in
            let text = PercentEncoding.decode(segment.utf8, plusAsSpace: false) ?? String(segment)
            guard let at = text.dropFirst().firstIndex(of: "@") else { return String(segment) }
            return PercentEncoding.encode(String(text[..<at]))
        }
        guard !segments.contains("."), !segments.contains("..") else { return nil }
        let path = segments.joined(separator: "/")
        guard let mark = request.target.firstIndex(of: "?") else { return path }
        let kept = request.target[request.target.index(after: mark)...].split(separator: "&").filter { pair in
            let name = pair.prefix { $0 != "=" }
            return !own.contains(PercentEncoding.decode(name.utf8, plusAsSpace: true) ?? String(name))
        }
        return kept.isEmpty ? path : "\(path)?\(kept.joined(separator: "&"))"
    }
}
