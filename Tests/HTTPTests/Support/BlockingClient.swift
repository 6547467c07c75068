import TestSupport

/// A blocking socket that knows as much of HTTP as a test needs, independent of the server's own code. Every wait ends after ten seconds.
final class BlockingClient {
    struct Response: Equatable {
        var status = 0
        var headers: [String: String] = [:]
        var body: [UInt8] = []
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    struct Failure: Error {
        let what: String
    }

    private let socket: BlockingSocket
    private var received: [UInt8] = []

    init(port: Int, receiveBuffer: Int32? = nil) throws {
        socket = try BlockingSocket(port: port, receiveBuffer: receiveBuffer)
    }

    // MARK: Sending

    func send(_ text: String) {
        send(Array(text.utf8))
    }

    @discardableResult func send(_ bytes: [UInt8]) -> Int { socket.send(bytes) }

    func sendUntilHeld(_ limit: Int) -> Int { socket.sendUntilHeld(limit) }

    func endOutput() { socket.endOutput() }

    func resetAtEnd() { socket.resetAtEnd() }

    // MARK: Receiving

    /// Everything until the other side has ended.
    func readToEnd() throws -> String {
        while try fill() {}
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    /// Whether the other side ends without sending anything more. Silence is no end.
    func isEnded() -> Bool {
        guard received.isEmpty, let more = try? fill() else { return false }
        return !more
    }

    /// The next so many bytes of a content without framing.
    func text(_ count: Int) throws -> String { String(decoding: try take(count), as: UTF8.self) }

    func hears(within milliseconds: Int32) -> Bool { socket.hears(within: milliseconds) }

    /// The next response, read as RFC 9112 section 6.3 says.
    func response(head: Bool = false) throws -> Response {
        let lines = try readHead()
        var response = Response()
        guard let first = lines.first, first.hasPrefix("HTTP/1.1 "), let status = Int(first.dropFirst(9).prefix(3)) else {
            throw Failure(what: "no status line: \(lines)")
        }
        response.status = status
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { throw Failure(what: line) }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            let name = line[..<colon].lowercased()
            response.headers[name] = response.headers[name].map { "\($0), \(value)" } ?? String(value)
        }
        if head || status < 200 || status == 204 || status == 304 { return response }
        if let length = response.headers["content-length"].flatMap({ Int($0) }) {
            response.body = try take(length)
        } else if response.headers["transfer-encoding"] == "chunked" {
            while true {
                let size = Int(try line(), radix: 16) ?? 0
                response.body += try take(size)
                guard try line().isEmpty else { throw Failure(what: "chunk") }
                if size == 0 { break }
            }
        } else {
            while try fill() {}
            response.body = received
            received = []
        }
        return response
    }

    private func readHead() throws -> [String] {
        var lines: [String] = []
        while true {
            let line = try line()
            if line.isEmpty { return lines }
            lines.append(line)
        }
    }

    private func line() throws -> String {
        while true {
            if let end = received.firstIndex(of: 10) {
                guard end > 0, received[end - 1] == 13 else { throw Failure(what: "a bare LF") }
                defer { received.removeFirst(end + 1) }
                return String(decoding: received[..<(end - 1)], as: UTF8.self)
            }
            guard try fill() else { throw Failure(what: "ended in a line: \(received.count) bytes") }
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while received.count < count {
            guard try fill() else { throw Failure(what: "ended after \(received.count) of \(count) bytes") }
        }
        defer { received.removeFirst(count) }
        return Array(received[..<count])
    }

    /// - Returns: false at the end, which may be a reset.
    private func fill() throws -> Bool {
        let more = try socket.receive(atMost: 262_144)
        received += more
        return !more.isEmpty
    }
}
