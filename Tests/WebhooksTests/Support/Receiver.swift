import HTTPClient
import JSON
import Primitives

/// Stands in for all receivers: keeps what was sent, and answers as it is told.
final class Receiver: Sendable {
    typealias Answer = Result<OutboundResponse, OutboundFailure>

    /// A request that has arrived.
    struct Arrival: Sendable {
        var url: String
        var headers: [(name: String, value: String)]
        var body: [UInt8]

        func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

        var messageID: String? { header("webhook-id") }
        var document: JSONObject? { try? JSONValue.parse(body).object() }
        var type: String? { try? document?.optional("type")?.string() }

        /// A text of the body's `data`.
        func data(_ name: String) -> String? { try? document?.optional("data")?.object().optional(name)?.string() }
    }

    private struct State {
        var arrivals: [Arrival] = []
        var script: [Answer] = []
        var usual: Answer = .success(OutboundResponse(status: 204))
        var waiting: [CheckedContinuation<Void, Never>] = []
        var holds: @Sendable (String) -> Bool = { _ in false }
    }

    private let state = Mutex(State())

    /// What has arrived, in order.
    var arrivals: [Arrival] { state.withLock { $0.arrivals } }
    /// The types of what has arrived.
    var types: [String] { arrivals.compactMap(\.type) }

    /// Answers from now on.
    func answer(_ answer: Answer) { state.withLock { $0.usual = answer } }
    func answer(_ status: Int, retryAfter: String? = nil) { answer(Self.status(status, retryAfter: retryAfter)) }

    /// The next answers, before the usual one.
    func answerNext(_ answers: Answer...) { state.withLock { $0.script += answers } }

    /// Forgets what has arrived.
    func clear() { state.withLock { $0.arrivals = [] } }

    /// Does not answer what goes to some URLs until `letGo`.
    func hold(_ isHeld: @escaping @Sendable (String) -> Bool = { _ in true }) { state.withLock { $0.holds = isHeld } }

    /// Answers all that was held.
    func letGo() {
        let waiting = state.withLock { state in
            defer { (state.waiting, state.holds) = ([], { _ in false }) }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    static func isSuccess(_ answer: Answer) -> Bool {
        guard case .success(let response) = answer else { return false }
        return (200...299).contains(response.status)
    }

    static func status(_ status: Int, retryAfter: String? = nil) -> Answer {
        .success(OutboundResponse(status: status, headers: retryAfter.map { [("retry-after", $0)] } ?? []))
    }

    var sender: OutboundSender {
        OutboundSender { [self] request in
            let (answer, isHeld) = state.withLock { state in
                state.arrivals.append(Arrival(url: request.url.text, headers: request.headers, body: request.body))
                return (state.script.isEmpty ? state.usual : state.script.removeFirst(), state.holds(request.url.text))
            }
            if isHeld {
                await withCheckedContinuation { continuation in
                    let goesOn = state.withLock { state in
                        guard state.holds(request.url.text) else { return true }
                        state.waiting.append(continuation)
                        return false
                    }
                    if goesOn { continuation.resume() }
                }
            }
            return answer
        }
    }
}
