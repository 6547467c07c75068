extension Timestamp {
    /// RFC 3339 in UTC with whole seconds: `2025-05-11T12:34:56Z`.
    public var rfc3339: String {
        String(unsafeUninitializedCapacity: 32) { buffer in
            var writer = DigitWriter(buffer)
            writeDate(to: &writer)
            writer.byte(UInt8(ascii: "Z"))
            return writer.count
        }
    }

    /// RFC 3339 in UTC with microseconds: `2025-05-11T12:34:56.000001Z`.
    public var rfc3339Microseconds: String {
        String(unsafeUninitializedCapacity: 40) { buffer in
            var writer = DigitWriter(buffer)
            writeDate(to: &writer)
            writer.byte(UInt8(ascii: "."))
            let fraction = Int(microseconds % 1_000_000)
            writer.number(fraction < 0 ? fraction + 1_000_000 : fraction, digits: 6)
            writer.byte(UInt8(ascii: "Z"))
            return writer.count
        }
    }

    /// RFC 3339 in UTC with milliseconds: `2025-05-11T12:34:56.001Z`.
    public var rfc3339Milliseconds: String {
        String(rfc3339Microseconds.dropLast(4)) + "Z"
    }

    private func writeDate(to writer: inout DigitWriter) {
        let date = CivilDate(secondsSinceEpoch: seconds)
        writer.number(Int(min(max(date.year, 0), 9_999)), digits: 4)
        writer.byte(UInt8(ascii: "-"))
        writer.number(date.month, digits: 2)
        writer.byte(UInt8(ascii: "-"))
        writer.number(date.day, digits: 2)
        writer.byte(UInt8(ascii: "T"))
        writer.number(date.hour, digits: 2)
        writer.byte(UInt8(ascii: ":"))
        writer.number(date.minute, digits: 2)
        writer.byte(UInt8(ascii: ":"))
        writer.number(date.second, digits: 2)
    }

    /// Reads RFC 3339 with any offset and any number of fractional digits, of which six count. Nil for anything else.
    public init?(rfc3339 text: some StringProtocol) {
        var reader = DigitReader(text)
        guard let year = reader.number(digits: 4), reader.take("-"), let month = reader.number(digits: 2), reader.take("-"),
            let day = reader.number(digits: 2), reader.take("T") || reader.take("t") || reader.take(" "),
            let hour = reader.number(digits: 2), reader.take(":"), let minute = reader.number(digits: 2), reader.take(":"),
            let second = reader.number(digits: 2),
            let date = CivilDate(year: Int64(year), month: month, day: day, hour: hour, minute: minute, second: second)
        else { return nil }
        var fraction = 0
        if reader.take(".") {
            guard let digits = reader.fraction() else { return nil }
            fraction = digits
        }
        guard let offset = reader.offset(), reader.isAtEnd else { return nil }
        microseconds = (date.secondsSinceEpoch - Int64(offset)) * 1_000_000 + Int64(fraction)
    }
}

/// Writes fixed-width decimal numbers into a buffer that is large enough.
private struct DigitWriter {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
        self.buffer = buffer
    }

    mutating func byte(_ byte: UInt8) {
        buffer[count] = byte
        count += 1
    }

    mutating func number(_ number: Int, digits: Int) {
        var rest = number
        for position in stride(from: count + digits - 1, through: count, by: -1) {
            buffer[position] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        count += digits
    }
}

/// Reads the parts of a written time.
struct DigitReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: some StringProtocol) {
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
        position += 1
        return true
    }

    mutating func number(digits: Int) -> Int? {
        guard position + digits <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[position..<position + digits] {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        position += digits
        return value
    }

    /// ASCII letters up to the next other character.
    mutating func letters() -> String {
        let rest = bytes[position...].prefix { (65...90).contains($0) || (97...122).contains($0) }
        position += rest.count
        return String(decoding: rest, as: UTF8.self)
    }

    /// At least one digit; the first six are microseconds.
    fileprivate mutating func fraction() -> Int? {
        let start = position
        var value = 0
        while position < bytes.count, (48...57).contains(bytes[position]) {
            if position - start < 6 { value = value * 10 + Int(bytes[position] - 48) }
            position += 1
        }
        guard position > start else { return nil }
        for _ in min(position - start, 6)..<6 { value *= 10 }
        return value
    }

    /// Seconds east of UTC.
    fileprivate mutating func offset() -> Int? {
        if take("Z") || take("z") { return 0 }
        let sign = take("+") ? 1 : take("-") ? -1 : 0
        guard sign != 0, let hours = number(digits: 2), take(":"), let minutes = number(digits: 2), hours < 24, minutes < 60 else {
            return nil
        }
        return sign * (hours * 3_600 + minutes * 60)
    }
}
