/// One event or comment of an event stream as bytes (WHATWG HTML, "Server-sent events").
public enum ServerSentEvent {
    /// An event: `id:`, `event:` and `data:` in this order, without a blank after the colon, and a blank line.
    ///
    /// - Parameters:
    ///   - id: what a client that comes back sends as `Last-Event-ID`; without one it keeps the last it got.
    ///   - event: its name, one line.
    ///   - data: one line, as JSON is that this server writes.
    public static func bytes(id: Int64?, event: StaticString, data: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        // The names of the fields, the line ends and the longest number are 41 bytes.
        bytes.reserveCapacity(41 + event.utf8CodeUnitCount + data.count)
        if let id {
            bytes += "id:".utf8
            bytes += String(id).utf8
            bytes.append(lineEnd)
        }
        bytes += "event:".utf8
        event.withUTF8Buffer { bytes += $0 }
        bytes.append(lineEnd)
        bytes += "data:".utf8
        bytes += data
        bytes.append(lineEnd)
        bytes.append(lineEnd)
        return bytes
    }

    /// A comment, which clients pass over, and a blank line.
    ///
    /// - Parameter text: one line.
    public static func comment(_ text: String) -> [UInt8] {
        [UInt8(ascii: ":")] + text.utf8 + [lineEnd, lineEnd]
    }

    private static let lineEnd = UInt8(ascii: "\n")
}
