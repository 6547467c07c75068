internal import CLibuv
internal import CPlatform

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Accepts connections on one address with every loop of a group: each has its own socket (SO_REUSEPORT), the kernel spreads the peers.
public final class Listener: Sendable {
    /// Why an address cannot be listened on.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// The address.
        public let address: SocketAddress
        /// The system's name of the error (`EADDRINUSE`).
        public let name: String
        /// A sentence for the operator.
        public var description: String {
            switch name {
            case "EADDRINUSE": "\(address) is in use by another program."
            case "EACCES": "This user may not listen on \(address): ports below 1024 need more rights."
            case "EADDRNOTAVAIL": "\(address) is not an address of this machine."
            default: "Cannot listen on \(address): \(name)."
            }
        }
    }

    /// The address in use, with the port the system chose when 0 was asked for.
    public let address: SocketAddress
    private let sockets: [LoopBound<ListenSocket>]

    private init(address: SocketAddress, sockets: [LoopBound<ListenSocket>]) {
        self.address = address
        self.sockets = sockets
    }

    /// Starts to accept connections.
    /// - Parameters:
    ///   - backlog: connections the system holds before they are accepted.
    ///   - accept: called on the loop that owns the new stream. Nothing is read until `resumeReading`.
    /// - Throws: `Listener.Failure`.
    public static func listen(
        on address: SocketAddress, group: EventLoopGroup, backlog: Int = 4096, accept: @escaping @Sendable (TCPStream) -> Void
    ) async throws -> Listener {
        var bound = address
        try probe(address)
        var sockets: [LoopBound<ListenSocket>] = []
        do {
            for loop in group.loops {
                let target = bound
                let socket = try await loop.submit {
                    let socket = try ListenSocket(on: target, loop: loop, backlog: backlog, accept: accept)
                    return (LoopBound(socket, loop: loop), socket.address)
                }
                sockets.append(socket.0)
                bound = socket.1
            }
        } catch {
            await stop(sockets)
            throw error
        }
        return Listener(address: bound, sockets: sockets)
    }

    /// Accepts no more connections; those already accepted go on.
    public func stop() async {
        await Self.stop(sockets)
    }

    private static func stop(_ sockets: [LoopBound<ListenSocket>]) async {
        for socket in sockets {
            try? await socket.loop.submit { socket.value.shutDown() }
        }
    }

    /// Binds once without sharing: SO_REUSEPORT alone would let a second server of the same user take half of the connections unseen.
    private static func probe(_ address: SocketAddress) throws {
        guard address.port != 0 else { return }
        let family = address.isIPv6 ? AF_INET6 : AF_INET
        #if canImport(Glibc)
            let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(family, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw Failure(address: address, name: systemErrorName(errno)) }
        defer { close(descriptor) }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let length = address.isIPv6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
        let result = address.withSystemAddress { bind(descriptor, $0, socklen_t(length)) }
        guard result == 0 else { throw Failure(address: address, name: systemErrorName(errno)) }
    }
}

/// The listening socket of one loop.
private final class ListenSocket: LoopResource {
    let address: SocketAddress
    private let handle: UnsafeMutablePointer<uv_tcp_t>
    private let loop: EventLoop
    private let accept: @Sendable (TCPStream) -> Void
    /// Then the handle may be gone.
    private var isShutDown = false

    init(on address: SocketAddress, loop: EventLoop, backlog: Int, accept: @escaping @Sendable (TCPStream) -> Void) throws {
        self.loop = loop
        self.accept = accept
        let handle = UnsafeMutablePointer<uv_tcp_t>.allocate(capacity: 1)
        self.handle = handle
        var result = uv_tcp_init_ex(loop.core.uv, handle, UInt32(address.isIPv6 ? AF_INET6 : AF_INET))
        guard result == 0 else {
            handle.deallocate()
            throw Listener.Failure(address: address, name: String(cString: uv_err_name(result)))
        }
        var descriptor: uv_os_fd_t = -1
        uv_fileno(rawHandle(handle), &descriptor)
        result = -roost_set_reuse_port(descriptor)
        if result == 0 { result = address.withSystemAddress { uv_tcp_bind(handle, $0, 0) } }
        var storage = sockaddr_storage()
        var length = Int32(MemoryLayout<sockaddr_storage>.size)
        if result == 0 {
            result = withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { uv_tcp_getsockname(handle, $0, &length) }
            }
        }
        self.address = SocketAddress(storage: storage)
        handle.pointee.data = nil
        if result == 0 { result = uv_listen(rawStream(handle), Int32(backlog), onConnection) }
        guard result == 0 else {
            uv_close(rawHandle(handle), freeHandle)
            throw Listener.Failure(address: address, name: String(cString: uv_err_name(result)))
        }
        hold(self, by: handle)
    }

    func shutDown() {
        guard !isShutDown else { return }
        isShutDown = true
        uv_close(rawHandle(handle), freeHandle)
    }

    fileprivate func acceptOne() {
        let client = UnsafeMutablePointer<uv_tcp_t>.allocate(capacity: 1)
        client.pointee.data = nil
        guard uv_tcp_init(loop.core.uv, client) == 0 else { return client.deallocate() }
        guard uv_accept(rawStream(handle), rawStream(client)) == 0, let peer = peerAddress(client) else {
            return uv_close(rawHandle(client), freeHandle)
        }
        accept(TCPStream(handle: client, loop: loop, peer: peer))
    }

    /// Nil when the peer has gone already.
    private func peerAddress(_ client: UnsafeMutablePointer<uv_tcp_t>) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = Int32(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { uv_tcp_getpeername(client, $0, &length) }
        }
        return result == 0 ? SocketAddress(storage: storage) : nil
    }
}

private func systemErrorName(_ code: Int32) -> String {
    String(cString: uv_err_name(uv_translate_sys_error(code)))
}

private func onConnection(_ server: UnsafeMutablePointer<uv_stream_t>?, _ status: Int32) {
    guard status == 0, let data = server?.pointee.data else { return }
    Unmanaged<ListenSocket>.fromOpaque(data).takeUnretainedValue().acceptOne()
}

private func freeHandle(_ handle: UnsafeMutablePointer<uv_handle_t>?) {
    guard let handle else { return }
    release(by: handle)
    UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_tcp_t.self).deallocate()
}
