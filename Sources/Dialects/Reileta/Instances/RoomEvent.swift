/// What those who are in an instance are told (contracts/reileta.md 5.4), as a set: a socket keeps which of them it wants.
struct RoomEvent: OptionSet {
    let rawValue: UInt8

    static let joined = RoomEvent(rawValue: 1)
    static let left = RoomEvent(rawValue: 2)
    static let data = RoomEvent(rawValue: 4)
    static let transform = RoomEvent(rawValue: 8)
    static let moderation = RoomEvent(rawValue: 16)

    /// Each with its name on the wire.
    static let all: [(event: RoomEvent, name: String)] = [
        (.joined, "instance-joined"), (.left, "instance-left"), (.data, "instance-data"), (.transform, "instance-transform"),
        (.moderation, "instance-moderation"),
    ]
}
