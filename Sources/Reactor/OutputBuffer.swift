/// Bytes that wait to be sent, at an address that stays put while the system writes from it.
struct OutputBuffer {
    private var storage: UnsafeMutableRawPointer?
    private var capacity = 0
    private var start = 0
    private var end = 0

    /// Bytes not yet sent.
    var count: Int { end - start }
    var isEmpty: Bool { start == end }

    /// The bytes not yet sent.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: storage.map { UnsafeRawPointer($0 + start) }, count: count)
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        (reserve(bytes.count) + end).copyMemory(from: source, byteCount: bytes.count)
        end += bytes.count
    }

    /// Drops the first `count` bytes: they have been sent.
    mutating func consume(_ count: Int) {
        start += count
        if start == end { free() }
    }

    /// Gives the memory back: an idle connection owns no buffer.
    mutating func free() {
        storage?.deallocate()
        storage = nil
        (capacity, start, end) = (0, 0, 0)
    }

    private mutating func reserve(_ extra: Int) -> UnsafeMutableRawPointer {
        if let storage, end + extra <= capacity { return storage }
        let wanted = max(256, count + extra, capacity * 2)
        let grown = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 16)
        if let storage {
            grown.copyMemory(from: storage + start, byteCount: count)
            storage.deallocate()
        }
        (end, start, capacity, storage) = (count, 0, wanted, grown)
        return grown
    }
}
