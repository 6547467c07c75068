/// Makes the 53-bit ids of everything in Roost (DESIGN section 5): safe as JSON numbers, rising with time, unique among 64 nodes.
///
/// 40 bits of milliseconds since 2026-01-01T00:00:00Z, 6 bits of node, 7 bits of sequence. When the 128 ids of a millisecond are used up, the next
/// millisecond is borrowed; when the clock steps back, ids go on from where they were.
public struct IDGenerator: Sendable {
    /// 2026-01-01T00:00:00Z in milliseconds since the Unix epoch.
    static let epochMilliseconds: Int64 = 1_767_225_600_000
    private static let nodeBits: Int64 = 6
    private static let sequenceBits: Int64 = 7
    private static let largestMillisecond: Int64 = 1 << 40 - 1

    private let node: Int64
    private var last: Int64

    /// - Parameters:
    ///   - node: the number of this node, 0 to 63; other bits are ignored.
    ///   - after: an id that all ids shall be greater than.
    public init(node: Int, after: Int64 = 0) {
        self.node = Int64(node) & ((1 << Self.nodeBits) - 1)
        last = max(after, 0)
    }

    /// The greatest id that has been made or passed over.
    public var latest: Int64 { last }

    /// Makes all further ids greater than `id`.
    public mutating func advance(past id: Int64) {
        last = max(last, id)
    }

    /// The next id: greater than every id before it.
    public mutating func next(at now: Timestamp) -> Int64 {
        let present = min(max(now.microseconds / 1_000 - Self.epochMilliseconds, 0), Self.largestMillisecond)
        var id = compose(millisecond: present, sequence: 0)
        if id <= last {
            let millisecond = last >> (Self.nodeBits + Self.sequenceBits)
            let sequence = last & ((1 << Self.sequenceBits) - 1)
            id = compose(millisecond: millisecond, sequence: sequence + 1)
            if sequence + 1 == 1 << Self.sequenceBits || id <= last { id = compose(millisecond: millisecond + 1, sequence: 0) }
        }
        last = id
        return id
    }

    private func compose(millisecond: Int64, sequence: Int64) -> Int64 {
        (millisecond << Self.nodeBits | node) << Self.sequenceBits | sequence & ((1 << Self.sequenceBits) - 1)
    }

    /// When an id was made, to the millisecond.
    public static func timestamp(of id: Int64) -> Timestamp {
        Timestamp(microseconds: ((id >> (nodeBits + sequenceBits)) + epochMilliseconds) * 1_000)
    }

    /// An id that no id made at `time` or later is smaller than.
    public static func smallestID(at time: Timestamp) -> Int64 {
        let millisecond = time.microseconds / 1_000 - epochMilliseconds
        return min(max(millisecond, 0), largestMillisecond) << (nodeBits + sequenceBits)
    }
}
