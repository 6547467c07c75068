/// Bytes that wait to be sent. What is queued first may be shared with other streams: it is copied only when more is queued behind it, or when
/// the socket does not take it whole.
struct OutputBuffer {
    private var shared: [UInt8] = []
    private var block: OutputBlock?

    /// Bytes not yet sent.
    var count: Int { shared.count + (block?.header.count ?? 0) }
    var isEmpty: Bool { shared.isEmpty && block == nil }

    /// The bytes not yet sent, for the time of the call.
    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        if !shared.isEmpty { return shared.withUnsafeBytes(body) }
        return body(block?.bytes ?? UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// The bytes not yet sent, at an address that stays put while the system writes from it: as long as the buffer is kept and not changed.
    mutating func ownedBytes() -> UnsafeRawBufferPointer {
        own()
        return block?.bytes ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// Queues bytes that are kept as they are while nothing else waits: an event for ten thousand sockets is held once.
    mutating func append(_ bytes: [UInt8]) {
        if isEmpty {
            shared = bytes
        } else {
            bytes.withUnsafeBytes { append($0) }
        }
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        own()
        copy(bytes)
    }

    /// Drops the first `count` bytes: they have been sent.
    mutating func consume(_ count: Int) {
        if count == self.count {
            // The memory is given back: an idle connection owns no buffer.
            self = OutputBuffer()
        } else {
            own()
            block?.header.start += count
        }
    }

    private mutating func own() {
        guard !shared.isEmpty else { return }
        let bytes = shared
        shared = []
        bytes.withUnsafeBytes { copy($0) }
    }

    private mutating func copy(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0 else { return }
        if let block, block.append(bytes) { return }
        let grown = OutputBlock.make(capacity: max(256, count + bytes.count, 2 * (block?.header.capacity ?? 0)))
        if let block { _ = grown.append(block.bytes) }
        _ = grown.append(bytes)
        block = grown
    }
}

/// Memory of an output buffer, at an address that does not change.
private final class OutputBlock: ManagedBuffer<OutputBlock.Header, UInt8> {
    struct Header {
        let capacity: Int
        var start = 0
        var end = 0

        var count: Int { end - start }
    }

    static func make(capacity: Int) -> OutputBlock {
        let block = create(minimumCapacity: capacity) { _ in Header(capacity: capacity) }
        return unsafeDowncast(block, to: OutputBlock.self)
    }

    var bytes: UnsafeRawBufferPointer {
        withUnsafeMutablePointers { header, elements in
            UnsafeRawBufferPointer(start: elements + header.pointee.start, count: header.pointee.count)
        }
    }

    /// Returns false when there is no room.
    func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        withUnsafeMutablePointers { header, elements in
            guard header.pointee.end + bytes.count <= header.pointee.capacity else { return false }
            if let source = bytes.baseAddress {
                UnsafeMutableRawPointer(elements + header.pointee.end).copyMemory(from: source, byteCount: bytes.count)
            }
            header.pointee.end += bytes.count
            return true
        }
    }
}
