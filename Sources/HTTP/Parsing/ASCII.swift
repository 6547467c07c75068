/// Comparisons of ASCII text without regard to case.
enum ASCII {
    static func equalIgnoringCase(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8) { lower($0) == lower($1) }
    }

    /// Whether bytes are `name`, which is written in lower case.
    static func equal(_ bytes: Slice<UnsafeRawBufferPointer>, lowercase name: StaticString) -> Bool {
        guard bytes.count == name.utf8CodeUnitCount else { return false }
        var index = bytes.startIndex
        for other in UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount) {
            if lower(bytes[index]) != other { return false }
            index += 1
        }
        return true
    }

    static func lower(_ byte: UInt8) -> UInt8 {
        byte &- 65 < 26 ? byte | 0x20 : byte
    }
}
