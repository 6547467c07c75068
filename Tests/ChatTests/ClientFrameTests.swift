import Testing

@testable import Chat

/// contracts/chat.md 4.1 and 4.2: the frames a client may send.
struct ClientFrameTests {
    private static func parse(_ text: String) -> Result<ClientFrame, ClientFrame.Failure> {
        Result { () throws(ClientFrame.Failure) in try ClientFrame.parse(Array(text.utf8)) }
    }

    /// 4.2, op 1: last received s, or null, or {} or absent.
    @Test(arguments: [#"{"op":1}"#, #"{"op":1,"d":null}"#, #"{"op":1,"d":{}}"#, #"{"op":1,"d":251}"#, #"{"d":null,"op":1,"x":[1]}"#])
    func `every form of heartbeat is one`(text: String) {
        #expect(Self.parse(text) == .success(.heartbeat))
    }

    @Test func `identify carries a token, a presence and capabilities`() {
        #expect(Self.parse(#"{"op":3,"d":{"token":"t","properties":{"os":"x"}}}"#) == .success(.identify(.init(token: "t"))))
        let full = #"{"op":3,"d":{"token":"t","presence":{"status":"dnd"},"capabilities":["server_events","other"]}}"#
        #expect(Self.parse(full) == .success(.identify(.init(token: "t", status: "dnd", wantsServerEvents: true))))
    }

    @Test func `resume carries token, session and position`() {
        let text = #"{"op":6,"d":{"token":"t","session_id":"s","seq":12}}"#
        #expect(Self.parse(text) == .success(.resume(.init(token: "t", sessionID: "s", sequence: 12))))
    }

    @Test(arguments: [
        #"{"op":3}"#, #"{"op":3,"d":{}}"#, #"{"op":3,"d":{"token":1}}"#, #"{"op":3,"d":{"token":"t","presence":{"status":"gone"}}}"#,
    ])
    func `an identify of the wrong shape is told apart from an unreadable frame`(text: String) {
        #expect(Self.parse(text) == .failure(.wrongShape(operation: 3)))
    }

    @Test(arguments: [
        #"{"op":6,"d":{"token":"t","session_id":"s","seq":-1}}"#, #"{"op":6,"d":{"token":"t","session_id":"s","seq":"1"}}"#,
        #"{"op":6,"d":{"token":"t","seq":1}}"#,
    ])
    func `a resume needs a position that is not negative`(text: String) {
        #expect(Self.parse(text) == .failure(.wrongShape(operation: 6)))
    }

    /// 4.1: a client frame is at most 4096 bytes.
    @Test func `a frame of 4097 bytes is unreadable and one of 4096 is not`() {
        func frame(of length: Int) -> String {
            let empty = #"{"op":1,"x":""}"#
            return #"{"op":1,"x":""# + String(repeating: "a", count: length - empty.utf8.count) + #""}"#
        }
        #expect(Self.parse(frame(of: 4_096)) == .success(.heartbeat))
        #expect(Self.parse(frame(of: 4_097)) == .failure(.unreadable))
    }

    @Test(arguments: ["", "null", "1", "{\"op\":1}{\"op\":1}", "{\"op\":1,\"op\":1}", "{\"op\":true}", "{\"op\":1e0}"])
    func `what is not one object with an integer op is unreadable`(text: String) {
        #expect(Self.parse(text) == .failure(.unreadable))
    }
}
