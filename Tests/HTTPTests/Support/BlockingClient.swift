#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A plain blocking socket that knows as much of HTTP as a test needs, independent of the server's own code. Every wait ends after ten seconds.
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

    private let descriptor: Int32
    private var received: [UInt8] = []

    init(port: Int, receiveBuffer: Int32? = nil) throws {
        #if canImport(Glibc)
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if var receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard result == 0 else { throw Failure(what: "connect: \(errno)") }
    }

    deinit { close(descriptor) }

    // MARK: Sending

    func send(_ text: String) {
        send(Array(text.utf8))
    }

    /// - Returns: the number of bytes that were taken; less than all when the other side has gone or takes no more.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Int {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { systemSend(descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent) }
            guard count > 0 else { break }
            sent += count
        }
        return sent
    }

    /// Sends as long as bytes are taken within a tenth of a second.
    func sendUntilHeld(_ limit: Int) -> Int {
        var wait = timeval(tv_sec: 0, tv_usec: 100_000)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        defer {
            wait = timeval(tv_sec: 10, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        }
        let piece = [UInt8](repeating: 120, count: 65_536)
        var sent = 0
        while sent < limit {
            let count = piece.withUnsafeBytes { systemSend(descriptor, $0.baseAddress, min(piece.count, limit - sent)) }
            guard count > 0 else { break }
            sent += count
        }
        return sent
    }

    func endOutput() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Makes the end of the connection a reset, as a client that dies does.
    func resetAtEnd() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

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

    /// Whether anything arrives in that time.
    func hears(within milliseconds: Int32) -> Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wanted, 1, milliseconds) == 1
    }

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
        var buffer = [UInt8](repeating: 0, count: 262_144)
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 {
            received += buffer[..<count]
            return true
        }
        guard count == 0 || errno == ECONNRESET else { throw Failure(what: "nothing came: \(errno)") }
        return false
    }
}

private func systemSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Glibc)
        send(descriptor, bytes, count, Int32(MSG_NOSIGNAL))
    #else
        send(descriptor, bytes, count, 0)
    #endif
}
