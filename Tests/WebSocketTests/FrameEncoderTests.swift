import Testing

@testable import WebSocket

@Suite struct FrameEncoderTests {
    /// RFC 6455 section 5.7: the unmasked examples.
    @Test func theExamplesOfTheRFCAreWritten() {
        #expect(WebSocketFrameEncoder.text(Array("Hello".utf8)) == [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])
        #expect(WebSocketFrameEncoder.ping(Array("Hello".utf8)) == [0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])
        #expect(WebSocketFrameEncoder.pong([]) == [0x8A, 0x00])
        let small = [UInt8](repeating: 9, count: 256)
        #expect(WebSocketFrameEncoder.binary(small) == [0x82, 0x7E, 0x01, 0x00] + small)
        let large = [UInt8](repeating: 9, count: 65_536)
        #expect(WebSocketFrameEncoder.binary(large) == [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0] + large)
    }

    /// RFC 6455 section 5.2: the shortest form of the length.
    @Test(
        arguments: [(0, [0]), (125, [125]), (126, [126, 0, 126]), (65_535, [126, 0xFF, 0xFF]), (65_536, [127, 0, 0, 0, 0, 0, 1, 0, 0])]
            as [(Int, [UInt8])])
    func theLengthIsInItsShortestForm(length: Int, head: [UInt8]) {
        let frame = WebSocketFrameEncoder.binary([UInt8](repeating: 1, count: length))
        #expect(Array(frame[1..<1 + head.count]) == head)
        #expect(frame.count == 1 + head.count + length)
    }

    /// RFC 6455 section 5.5: a control frame carries at most 125 bytes.
    @Test func controlFramesAreCutToTheirLimit() {
        #expect(WebSocketFrameEncoder.ping([UInt8](repeating: 1, count: 200)).count == 127)
        #expect(WebSocketFrameEncoder.pong([UInt8](repeating: 1, count: 200)).count == 127)
        let frame = WebSocketFrameEncoder.close(.normal, reason: String(repeating: "é", count: 100))
        #expect(frame.count == 2 + 2 + 122)
        #expect(String(validating: frame[4...], as: UTF8.self) == String(repeating: "é", count: 61))
    }

    /// RFC 6455 section 7.4: codes that only stand for something not received are never sent.
    @Test func aCloseCarriesOnlyCodesThatMayBeSent() {
        #expect(WebSocketFrameEncoder.close(.goingAway, reason: "x") == [0x88, 3, 0x03, 0xE9, 0x78])
        #expect(WebSocketFrameEncoder.close(nil) == [0x88, 0])
        #expect(WebSocketFrameEncoder.close(WebSocketCloseCode(rawValue: 1005)) == [0x88, 0])
        #expect(WebSocketFrameEncoder.close(WebSocketCloseCode(rawValue: 1006), reason: "x") == [0x88, 0])
    }

    /// RFC 6455 section 7.4.2 and the IANA registry.
    @Test func closeCodesAreTakenOrRefusedByTheTable() {
        let allowed: [ClosedRange<UInt16>] = [1000...1003, 1007...1014, 3000...4999]
        for code in UInt16.min...UInt16.max {
            let isAllowed = allowed.contains { $0.contains(code) }
            guard WebSocketCloseCode(rawValue: code).isAllowedOnWire == isAllowed else {
                Issue.record("\(code)")
                continue
            }
        }
        for code: UInt16 in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] {
            #expect(Decoded(ClientFrame.close(code)).violation == .closeCodeNotAllowed(code))
        }
        for code: UInt16 in [1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999] {
            #expect(Decoded(ClientFrame.close(code, [0x61])).events == [.close(WebSocketCloseCode(rawValue: code))])
        }
        #expect(Decoded(ClientFrame.close([])).events == [.close(nil)])
    }

    /// RFC 6455 section 5.3: at any place of the key.
    @Test func unmaskingGoesOnWhereItStopped() {
        let payload = (0..<67).map { UInt8($0 &* 3) }
        let key: [UInt8] = [1, 2, 3, 4]
        let masked = payload.enumerated().map { $1 ^ key[$0 % 4] }
        for first in 0...masked.count {
            var mask = Mask(key: key.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) })
            var (left, right) = (Array(masked[..<first]), Array(masked[first...]))
            left.withUnsafeMutableBytes { mask.apply(to: $0) }
            right.withUnsafeMutableBytes { mask.apply(to: $0) }
            #expect(left + right == payload)
        }
    }
}
