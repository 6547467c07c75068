import Reactor
import Testing

@testable import Chat

/// contracts/chat.md 4: what the server does with each thing that happens on a gateway socket.
struct GatewayProtocolTests {
    private static let start = MonotonicInstant(nanoseconds: 1_000_000_000)

    private static func make() -> GatewayProtocol {
        GatewayProtocol(heartbeatInterval: .seconds(30), at: start)
    }

    private static func serving() -> GatewayProtocol {
        var state = make()
        state.tokenCameWithHandshake()
        state.authenticated(at: start)
        return state
    }

    private static let identify = Array(#"{"op":3,"d":{"token":"t"}}"#.utf8)
    private static let resume = Array(#"{"op":6,"d":{"token":"t","session_id":"s","seq":7}}"#.utf8)
    private static let heartbeat = Array(#"{"op":1,"d":null}"#.utf8)

    /// 4.4: the server answers op 2 to each op 1 at once; 4.3: op 1 is allowed before authentication.
    @Test func `a heartbeat is acknowledged before and after authentication`() {
        var state = Self.make()
        #expect(state.received(Self.heartbeat, at: Self.start) == .acknowledgeHeartbeat)
        var later = Self.serving()
        #expect(later.received(Self.heartbeat, at: Self.start) == .acknowledgeHeartbeat)
    }

    /// 4.3: without a token the client has 10 s for op 3 or op 6.
    @Test func `whoever does not identify within ten seconds is closed with 4003`() {
        var state = Self.make()
        #expect(state.nextDeadline == Self.start + .seconds(10))
        #expect(state.deadlinePassed(at: Self.start + .milliseconds(9_999)) == .nothing)
        #expect(state.deadlinePassed(at: Self.start + .seconds(10)) == .close(.notAuthenticated))
        #expect(state.deadlinePassed(at: Self.start + .seconds(20)) == .nothing)
    }

    /// 4.3: any other op before authentication closes with 4003.
    @Test(arguments: [#"{"op":40,"d":{"status":"idle"}}"#, #"{"op":50,"d":{"channel_id":"1"}}"#, #"{"op":99}"#, #"{"op":40}"#])
    func `other frames before authentication close with 4003`(frame: String) {
        var state = Self.make()
        #expect(state.received(Array(frame.utf8), at: Self.start) == .close(.notAuthenticated))
    }

    /// 4.3: a second op 3 closes with 4005, also while the first is being looked at.
    @Test func `a second identify closes with 4005`() {
        var state = Self.make()
        #expect(state.received(Self.identify, at: Self.start) == .identify(ClientFrame.Identify(token: "t")))
        #expect(state.received(Self.identify, at: Self.start) == .close(.alreadyAuthenticated))
        var serving = Self.serving()
        #expect(serving.received(Self.resume, at: Self.start) == .close(.alreadyAuthenticated))
    }

    /// 4.6: after INVALID_SESSION the connection stays open 5 s for op 3.
    @Test func `a refused resume leaves five seconds to identify`() {
        var state = Self.make()
        let resume = ClientFrame.Resume(token: "t", sessionID: "s", sequence: 7)
        #expect(state.received(Self.resume, at: Self.start) == .resume(resume))
        state.resumeRefused(at: Self.start + .seconds(1))
        #expect(state.nextDeadline == Self.start + .seconds(6))
        #expect(state.received(Self.identify, at: Self.start + .seconds(2)) == .identify(ClientFrame.Identify(token: "t")))
    }

    /// 4.4: no op 1 for 1.5 intervals closes with 4009; each one gives the client as much time again.
    @Test func `a missed heartbeat closes with 4009`() {
        var state = Self.serving()
        #expect(state.deadlinePassed(at: Self.start + .seconds(44)) == .nothing)
        #expect(state.received(Self.heartbeat, at: Self.start + .seconds(44)) == .acknowledgeHeartbeat)
        #expect(state.nextDeadline == Self.start + .seconds(89))
        #expect(state.deadlinePassed(at: Self.start + .seconds(88)) == .nothing)
        #expect(state.deadlinePassed(at: Self.start + .seconds(89)) == .close(.heartbeatMissed))
    }

    /// 4.5, code 4008: over 120 client frames in 60 s.
    @Test func `the 121st frame within a minute closes with 4008`() {
        var state = Self.serving()
        for _ in 0..<120 { #expect(state.received(Self.heartbeat, at: Self.start) == .acknowledgeHeartbeat) }
        var patient = state
        #expect(state.received(Self.heartbeat, at: Self.start + .seconds(59)) == .close(.rateLimited))
        #expect(patient.received(Self.heartbeat, at: Self.start + .seconds(60)) == .acknowledgeHeartbeat)
    }

    /// Any minute counts, not only those that begin with the connection.
    @Test func `frames at the end of one minute count in the next`() {
        var state = Self.serving()
        for _ in 0..<100 { #expect(state.received(Self.heartbeat, at: Self.start + .seconds(58)) == .acknowledgeHeartbeat) }
        for _ in 0..<20 { #expect(state.received(Self.heartbeat, at: Self.start + .seconds(61)) == .acknowledgeHeartbeat) }
        var later = state
        #expect(state.received(Self.heartbeat, at: Self.start + .seconds(62)) == .close(.rateLimited))
        // A minute after the hundred only the twenty are left.
        for _ in 0..<100 { #expect(later.received(Self.heartbeat, at: Self.start + .seconds(118)) == .acknowledgeHeartbeat) }
        #expect(later.received(Self.heartbeat, at: Self.start + .seconds(118)) == .close(.rateLimited))
    }

    @Test func `nothing is counted where rates are not limited`() {
        var state = GatewayProtocol(heartbeatInterval: .seconds(30), limitsRates: false, at: Self.start)
        for _ in 0..<500 { #expect(state.received(Self.heartbeat, at: Self.start) == .acknowledgeHeartbeat) }
    }

    /// 4.5, codes 4001 and 4002.
    @Test(arguments: [
        ("{", ChatCloseCode.badFrame), ("[]", .badFrame), ("{}", .badFrame), (#"{"op":"1"}"#, .badFrame), (#"{"op":1.0}"#, .badFrame),
        (#"{"op":1,"d":"x"}"#, .badOperation), (#"{"op":2}"#, .badOperation), (#"{"op":40,"d":{"status":"asleep"}}"#, .badOperation),
        (#"{"op":50,"d":null}"#, .badOperation),
    ])
    func `unreadable frames close with 4002 and wrong ones with 4001`(frame: String, code: ChatCloseCode) {
        var state = Self.serving()
        #expect(state.received(Array(frame.utf8), at: Self.start) == .close(code))
        #expect(state.received(Self.heartbeat, at: Self.start) == .nothing)
    }

    /// 4.1: binary frames close with 4002.
    @Test func `a binary frame closes with 4002`() {
        var state = Self.serving()
        #expect(state.receivedUnreadableFrame() == .close(.badFrame))
    }
}
