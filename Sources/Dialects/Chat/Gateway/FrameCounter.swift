internal import Reactor

/// Counts the frames of one client in the last minute, second by second (contracts/chat.md 4.5, code 4008).
struct FrameCounter {
    /// Frames in `window` seconds.
    static let limit: UInt8 = 120
    static let window: UInt32 = 60

    /// Frames of each second of the window, by its number modulo the window.
    private var seconds = InlineArray<60, UInt8>(repeating: 0)
    private var total: UInt8 = 0
    private var latest: UInt32 = 0

    /// Counts a frame.
    ///
    /// - Returns: false when it is one too many.
    mutating func count(at now: MonotonicInstant) -> Bool {
        forget(before: UInt32(truncatingIfNeeded: now.nanoseconds / 1_000_000_000))
        guard total < Self.limit else { return false }
        seconds[Int(latest % Self.window)] += 1
        total += 1
        return true
    }

    private mutating func forget(before second: UInt32) {
        guard second > latest else { return }
        for step in 1...min(second - latest, Self.window) {
            let index = Int((latest + step) % Self.window)
            total -= seconds[index]
            seconds[index] = 0
        }
        latest = second
    }
}
