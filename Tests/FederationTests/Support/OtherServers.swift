import HTTPClient
import Primitives
import Security

/// The other servers, as far as they publish keys: each URL answers as the test says, and every request is written down.
final class OtherServers: Sendable {
    typealias Answer = Result<OutboundResponse, OutboundFailure>

    private struct State {
        var answers: [String: Answer] = [:]
        var requests: [OutboundRequest] = []
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// What fetches from them.
    var sender: OutboundSender {
        OutboundSender { [self] request in
            state.withLock { $0.requests.append(request) }
            await wait()
            return state.withLock { $0.answers[request.url.text] ?? .failure(.unreachable) }
        }
    }

    /// All requests so far.
    var requests: [OutboundRequest] { state.withLock { $0.requests } }

    /// How often somebody has asked for a URL.
    func fetches(of url: String) -> Int { requests.count { $0.url.text == url } }

    /// Answers a URL with anything; nil: the server is away.
    func answer(_ url: String, _ answer: Answer?) {
        state.withLock { $0.answers[url] = answer }
    }

    /// Answers a URL with a document.
    func publish(_ document: [UInt8], at url: String, headers: [(name: String, value: String)] = [("content-type", "application/json")]) {
        answer(url, .success(OutboundResponse(status: 200, headers: headers, body: document)))
    }

    /// Answers a URL with some keys.
    func publish(_ keys: [Ed25519PrivateKey], at url: String, cacheControl: String? = nil) {
        publish(
            JSONWebKeySet.document(keys.map(\.publicKey)), at: url,
            headers: [("content-type", "application/json")] + (cacheControl.map { [("cache-control", $0)] } ?? []))
    }

    /// Lets no answer out until `release`.
    func hold() {
        state.withLock { $0.isHeld = true }
    }

    /// Lets the answers out.
    func release() {
        let held = state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    private func wait() async {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if state.isHeld { state.held.append(continuation) }
                return !state.isHeld
            }
            if goesOn { continuation.resume() }
        }
    }
}
