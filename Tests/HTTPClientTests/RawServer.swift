import Primitives
import Reactor

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A server that takes one connection after the other, keeps what it was sent, and answers with fixed bytes.
final class RawServer: Sendable {
    /// What happens after a request has come.
    enum Answer: Sendable {
        case bytes(String)
        /// Nothing, for so many milliseconds, and then the end.
        case silence(milliseconds: UInt32)
        /// One byte after the other, each after so many milliseconds.
        case drip(String, milliseconds: UInt32)
        /// Nothing, and all connections are kept.
        case hold
    }

    let port: Int
    private let descriptor: Int32
    private let received = Mutex<[String]>([])
    private let accepted = Mutex(0)

    init(_ answer: Answer) throws {
        #if canImport(Glibc)
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        let listening = descriptor
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = bind(listening, pointer, length)
                _ = listen(listening, 128)
                _ = getsockname(listening, pointer, &length)
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        _ = SystemThread(name: "raw-server") { [weak self] in
            var held: [Int32] = []
            defer { for connection in held { close(connection) } }
            while true {
                let connection = accept(listening, nil, nil)
                guard connection >= 0 else { return }
                self?.accepted.withLock { $0 += 1 }
                if case .hold = answer {
                    held.append(connection)
                    continue
                }
                self?.serve(connection, answer)
                close(connection)
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    var requests: [String] { received.withLock { $0 } }
    /// How many have connected so far.
    var connections: Int { accepted.withLock { $0 } }

    private func serve(_ connection: Int32, _ answer: Answer) {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !isWhole(text) {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { return }
            text += String(decoding: buffer.prefix(count), as: UTF8.self)
        }
        received.withLock { [text] in $0.append(text) }
        switch answer {
        case .bytes(let bytes): _ = send(bytes.utf8, to: connection)
        case .drip(let bytes, let milliseconds):
            for byte in bytes.utf8 {
                usleep(milliseconds * 1_000)
                guard send(CollectionOfOne(byte), to: connection) else { return }
            }
        case .hold: break
        case .silence(let milliseconds): usleep(milliseconds * 1_000)
        }
    }

    /// Whether the other side has taken all.
    private func send(_ bytes: some Collection<UInt8>, to connection: Int32) -> Bool {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Self.write(connection, $0) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func write(_ connection: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.send(connection, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        #else
            Darwin.send(connection, bytes.baseAddress, bytes.count, 0)
        #endif
    }

    private func isWhole(_ text: String) -> Bool {
        guard let end = text.range(of: "\r\n\r\n") else { return false }
        let fields = text[..<end.lowerBound].split(separator: "\r\n")
        let length = fields.first { $0.lowercased().hasPrefix("content-length:") }.flatMap { Int($0.dropFirst(15).filter(\.isNumber)) }
        return text[end.upperBound...].utf8.count >= length ?? 0
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<Index>? {
        firstRange(of: text)
    }
}
