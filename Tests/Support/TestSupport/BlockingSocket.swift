#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A plain blocking client socket, independent of the code that it is used to test. Every wait ends after ten seconds.
public final class BlockingSocket {
    /// The connection was refused.
    public struct ConnectFailure: Error {
        /// The system's number of the error.
        public let code: Int32
    }

    /// Nothing came.
    public struct Silence: Error {
        /// The system's number of the error.
        public let code: Int32
    }

    private let descriptor: Int32

    /// Connects to a port of this machine.
    ///
    /// - Parameter receiveBuffer: bytes that the system keeps for a client that does not read; as it likes when nil.
    public init(port: Int, receiveBuffer: Int32? = nil) throws {
        #if canImport(Glibc)
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        set(SO_RCVTIMEO, timeval(tv_sec: 10, tv_usec: 0))
        set(SO_SNDTIMEO, timeval(tv_sec: 10, tv_usec: 0))
        if let receiveBuffer { set(SO_RCVBUF, receiveBuffer) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw ConnectFailure(code: errno) }
    }

    deinit { close(descriptor) }

    private func set<Value: BitwiseCopyable>(_ option: Int32, _ value: Value) {
        var value = value
        setsockopt(descriptor, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<Value>.size))
    }

    // MARK: Sending

    /// - Returns: the number of bytes that were taken; less than all when the other side has gone or takes no more.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Int {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { systemSend(descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent) }
            guard count > 0 else { break }
            sent += count
        }
        return sent
    }

    /// Sends as long as bytes are taken within a tenth of a second.
    ///
    /// - Returns: how many were taken.
    public func sendUntilHeld(_ limit: Int) -> Int {
        set(SO_SNDTIMEO, timeval(tv_sec: 0, tv_usec: 100_000))
        defer { set(SO_SNDTIMEO, timeval(tv_sec: 10, tv_usec: 0)) }
        let piece = [UInt8](repeating: 120, count: 65_536)
        var sent = 0
        while sent < limit {
            let count = piece.withUnsafeBytes { systemSend(descriptor, $0.baseAddress, min(piece.count, limit - sent)) }
            guard count > 0 else { break }
            sent += count
        }
        return sent
    }

    /// Closes this half.
    public func endOutput() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Makes the end of the connection a reset, as a client that dies does.
    public func resetAtEnd() {
        set(SO_LINGER, linger(l_onoff: 1, l_linger: 0))
    }

    // MARK: Receiving

    /// What has come, at least a byte; empty at the end, which may be a reset.
    ///
    /// - Throws: `Silence` when nothing comes for ten seconds.
    public func receive(atMost limit: Int) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = read(descriptor, &buffer, limit)
        guard count >= 0 || errno == ECONNRESET else { throw Silence(code: errno) }
        return Array(buffer.prefix(max(count, 0)))
    }

    /// Reads until `count` bytes have come or the other side has ended.
    public func receive(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count, let more = try? receive(atMost: min(count - bytes.count, 65_536)), !more.isEmpty { bytes += more }
        return bytes
    }

    /// Whether anything arrives in that time.
    public func hears(within milliseconds: Int32) -> Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wanted, 1, milliseconds) == 1
    }
}

/// The system's `send`, out of the shadow of the method of that name.
private func systemSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Glibc)
        send(descriptor, bytes, count, Int32(MSG_NOSIGNAL))
    #else
        send(descriptor, bytes, count, 0)
    #endif
}
