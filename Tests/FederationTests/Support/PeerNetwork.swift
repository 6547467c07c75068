import Federation
import HTTPClient
import JSON
import Primitives
import Reactor
import Security
import Storage
import StorageTesting

/// Servers that ask each other without a network: what one sends, another's answers are made of. Tests put answers of their own in between.
final class PeerNetwork: Sendable {
    /// What a test answers in the place of a server; nil: what the server would.
    typealias Answer = @Sendable (_ request: OutboundRequest) -> OutboundResponse?

    private struct State {
        var nodes: [String: Peers] = [:]
        var answers: [String: Answer] = [:]
        var requests: [String] = []
    }

    private let state = Mutex(State())
    let clock: ManualClock
    private static let loops = EventLoopGroup(count: 1)

    private init(_ clock: ManualClock) {
        self.clock = clock
    }

    /// Methods and URLs that were asked for, in order.
    var requests: [String] { state.withLock { $0.requests } }

    /// Answers in the place of a server from now on; nil: no longer.
    func answer(for address: String, _ answer: Answer?) {
        state.withLock { $0.answers[address] = answer }
    }

    /// Runs `body` with two servers on databases of their own, `a.example.org` and `b.example.org`.
    static func run(
        on engine: TestEngine, _ change: (inout PeerSettings) -> Void = { _ in },
        _ body: (PeerNetwork, _ a: Peers, _ b: Peers) async throws -> Void
    ) async throws {
        let network = PeerNetwork(ManualClock())
        var settings = PeerSettings(addressGuard: AddressGuard(), version: "1.0")
        change(&settings)
        try await engine.withDatabase { first in
            try await engine.withDatabase { second in
                let clock = network.clock
                let databases = [
                    try await Database.open(first, schemas: [Federation.schema], loops: loops) { clock.now },
                    try await Database.open(second, schemas: [Federation.schema], loops: loops) { clock.now },
                ]
                let a = network.join("a.example.org", databases[0], settings)
                let b = network.join("b.example.org", databases[1], settings)
                do {
                    try await body(network, a, b)
                } catch {
                    for database in databases { await database.close() }
                    throw error
                }
                for database in databases { await database.close() }
            }
        }
    }

    private func join(_ address: String, _ database: Database, _ settings: PeerSettings) -> Peers {
        let clock = clock
        let (begin, shown) = (ContinuousClock.now, clock.now)
        let peers = Peers(
            database: database, sender: OutboundSender { await self.send($0) }, settings: settings,
            own: Peers.Own(address: { address }, isOwn: { $0 == address }), clock: { clock.now },
            now: { begin + .microseconds(clock.now.microseconds - shown.microseconds) })
        state.withLock { $0.nodes[address] = peers }
        return peers
    }

    private func send(_ request: OutboundRequest) async -> Result<OutboundResponse, OutboundFailure> {
        let address = request.url.authority
        let (peers, answer) = state.withLock { state in
            state.requests.append("\(request.method) \(request.url.text)")
            return (state.nodes[address], state.answers[address])
        }
        if let response = answer?(request) { return .success(response) }
        guard let peers else { return .failure(.unresolvable) }
        return .success(await Self.serve(request, peers, address))
    }

    /// What a server answers, as far as servers ask each other.
    private static func serve(_ request: OutboundRequest, _ peers: Peers, _ address: String) async -> OutboundResponse {
        do {
            switch (request.method, request.url.target) {
            case ("GET", "/api/server"): return response { document(of: address, to: &$0) }
            case ("PUT", "/api/challenges"):
                let body = try JSONValue.parse(request.body).object()
                let claim = ChallengeClaim(
                    server: try body.required("server").string(), id: try body.required("id").string(),
                    nonceHash: try body.required("nonce_hash").string())
                let (challenge, token) = try await peers.admit(claim)
                return response { json in
                    json.object { json in
                        json.member("id", challenge.id)
                        json.member("server", challenge.server)
                        json.member("token", token)
                        json.member("expires_at", challenge.expiresAt.microseconds / 1_000)
                    }
                }
            case ("GET", let target) where target.hasPrefix("/api/challenges/"):
                guard let (challenge, nonce) = try await peers.pendingNonce(String(target.dropFirst(16))) else { return refusal(101) }
                return response { json in
                    json.object { json in
                        json.member("server", challenge.server)
                        json.member("state", challenge.state.word)
                        json.member("nonce", nonce)
                    }
                }
            case ("GET", "/api/secret"):
                let token = request.headers.first { $0.name == "authorization" }?.value ?? ""
                guard let server = try await peers.server(presenting: token) else { return refusal(103) }
                return response { $0.value(server) }
            default: return refusal(2)
            }
        } catch PeerFailure.blocked {
            return refusal(104)
        } catch {
            return refusal(102)
        }
    }

    /// A good answer.
    static func response(_ data: (inout JSONWriter) -> Void) -> OutboundResponse {
        var json = JSONWriter()
        json.object { json in
            json.key("data")
            data(&json)
        }
        return OutboundResponse(status: 200, body: json.bytes)
    }

    /// A refusal.
    static func refusal(_ code: Int, redirect: String? = nil) -> OutboundResponse {
        var json = JSONWriter()
        json.object { json in
            json.member("error", object: { $0.member("code", code) })
            if let redirect { json.member("redirect", object: { $0.member("http", redirect) }) }
        }
        return OutboundResponse(status: 400, body: json.bytes)
    }

    /// What a server says of itself.
    static func document(of address: String, id: String? = nil, http: String? = nil, to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id ?? address)
            json.member("title", "A server")
            json.member("address", address)
            json.member("version", "1.0")
            json.member("icon", "https://\(address)/icon.png")
            json.member("secure", true)
            json.member("ready_at", 1)
            json.member(
                "gateways",
                object: { json in
                    json.member("http", http ?? "https://\(address)")
                    json.member("ws", "wss://\(address)/api/ws")
                })
        }
    }
}
