import Community
import Primitives
import Testing

@testable import Reileta

@Suite("Places of an instance")
struct RoomPlacesTests {
    private static let (robin, wren, crow) = (AccountID(1), AccountID(2), AccountID(3))
    private static let now = Timestamp(microseconds: 1_000_000)
    private static let end = now.adding(seconds: 60)

    private static func hold(
        _ places: inout RoomPlaces, _ account: AccountID, capacity: Int = 2, at moment: Timestamp = now, passesQueue: Bool = false
    ) -> RoomPlaces.Hold {
        places.hold(for: account, capacity: capacity, until: moment.adding(seconds: 60), at: moment, passesQueue: passesQueue)
    }

    private static func take(
        _ places: inout RoomPlaces, _ account: AccountID, capacity: Int = 2, at moment: Timestamp = now, passesQueue: Bool = false
    ) -> Bool? {
        places.take(account, capacity: capacity, at: moment, passesQueue: passesQueue)
    }

    @Test("that are held count with those that are taken")
    func counting() {
        var places = RoomPlaces()
        #expect(places.isIdle && !places.isOccupied)
        #expect(Self.take(&places, Self.robin) == false)
        #expect(Self.hold(&places, Self.wren) == .made(until: Self.end))
        #expect(Self.take(&places, Self.crow) == nil && Self.hold(&places, Self.crow) == .none)
        #expect(Self.hold(&places, Self.wren) == .kept(until: Self.end))
        #expect(Self.take(&places, Self.wren) == true && places.players == 2)
        places.leave()
        #expect(Self.take(&places, Self.crow) == false && places.players == 2)
    }

    @Test("are held for a while")
    func expiry() {
        var places = RoomPlaces()
        #expect(Self.hold(&places, Self.robin, capacity: 1) == .made(until: Self.end))
        let before = Timestamp(microseconds: Self.end.microseconds - 1)
        #expect(Self.take(&places, Self.wren, capacity: 1, at: before) == nil)
        #expect(Self.take(&places, Self.wren, capacity: 1, at: Self.end) == false)
        #expect(Self.take(&places, Self.robin, capacity: 1, at: Self.end) == nil)
        // The moment is the one that the timer was set for: a later promise stays.
        places.leave()
        #expect(Self.hold(&places, Self.robin, at: Self.end) == .made(until: Self.end.adding(seconds: 60)))
        places.release(Self.robin, heldUntil: Self.end)
        #expect(Self.take(&places, Self.robin, at: Self.end) == true)
        places.leave()
        _ = Self.hold(&places, Self.robin)
        places.release(Self.robin, heldUntil: Self.end)
        #expect(places.isIdle)
    }

    @Test("that become free are for those who wait")
    func queue() {
        var places = RoomPlaces()
        places.hasQueue = true
        #expect(!places.isIdle && !places.isOccupied)
        #expect(Self.take(&places, Self.robin) == nil && Self.hold(&places, Self.robin) == .none)
        #expect(Self.hold(&places, Self.wren, passesQueue: true) == .made(until: Self.end))
        #expect(Self.take(&places, Self.wren) == true)
        #expect(Self.take(&places, Self.crow, passesQueue: true) == false)
        #expect(Self.hold(&places, Self.robin, passesQueue: true) == .none)
    }

    @Test("are never more than there may be, also when they become fewer")
    func shrinking() {
        var places = RoomPlaces()
        _ = Self.take(&places, Self.robin)
        _ = Self.hold(&places, Self.wren)
        #expect(Self.take(&places, Self.wren, capacity: 1) == nil)
        places.leave()
        #expect(Self.take(&places, Self.wren, capacity: 1) == true)
    }

    @Test("are held again after a restart")
    func restoring() {
        var places = RoomPlaces()
        for account in [Self.robin, Self.wren] { places.restore(for: account, until: Self.end) }
        #expect(Self.take(&places, Self.crow) == nil && Self.take(&places, Self.wren) == true)
        places.release(Self.robin)
        #expect(Self.take(&places, Self.crow) == false)
    }
}

@Suite("Rooms without players")
struct InstanceRoomsTests {
    private static let instance = InstanceID(7)
    private static let moment = Timestamp(microseconds: 1)

    @Test("are occupied as long as a place is held")
    func occupation() {
        let rooms = InstanceRooms()
        rooms.withPlaces(of: Self.instance) { _ = $0.restore(for: AccountID(1), until: Self.moment) }
        #expect(rooms.occupation.occupied == [Self.instance])
        rooms.withPlaces(of: Self.instance) { $0.release(AccountID(1)) }
        #expect(rooms.occupation.occupied.isEmpty && rooms.awaited.isEmpty)
        rooms.withPlaces(of: Self.instance) { $0.hasQueue = true }
        #expect(rooms.awaited == [Self.instance] && rooms.isAwaited(Self.instance))
        #expect(rooms.occupation.occupied.isEmpty)
    }

    @Test("are filled by one at a time, who looks again when somebody else would have")
    func filling() {
        let rooms = InstanceRooms()
        #expect(rooms.beginFilling(Self.instance))
        #expect(!rooms.beginFilling(Self.instance) && !rooms.beginFilling(Self.instance))
        #expect(rooms.endFilling(Self.instance, isQueueEmpty: true))
        #expect(!rooms.endFilling(Self.instance, isQueueEmpty: false) && rooms.isAwaited(Self.instance))
        #expect(rooms.beginFilling(Self.instance))
        #expect(!rooms.endFilling(Self.instance, isQueueEmpty: true) && !rooms.isAwaited(Self.instance))
    }

    @Test("pass nothing on")
    func passing() {
        let rooms = InstanceRooms()
        #expect(rooms.pass(Self.instance, .data, from: "p_1", []) == .absent)
        #expect(!rooms.leave(Self.instance, player: "p_1", at: Self.moment, frame: []))
        #expect(rooms.remove(Self.instance, at: Self.moment, where: { _ in true }, frame: { _ in [] }).isEmpty)
    }
}
