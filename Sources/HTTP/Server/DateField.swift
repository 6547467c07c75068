internal import Primitives
internal import Reactor

/// The value of `Date`, made once a second.
final class DateField {
    private var text: [UInt8] = []
    private var madeAt: MonotonicInstant?

    func value(at now: MonotonicInstant) -> [UInt8] {
        if let madeAt, now < madeAt + .seconds(1) { return text }
        text = Array("Date: \(Timestamp.now().httpDate)\r\n".utf8)
        madeAt = now
        return text
    }
}
