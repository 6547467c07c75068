import TestSupport
import Testing

@testable import Reactor

/// What is queued comes out in order, however it was queued and in whatever steps it is taken.
struct OutputBufferTests {
    private func bytes(of buffer: OutputBuffer) -> [UInt8] {
        buffer.withUnsafeBytes { Array($0) }
    }

    @Test func `an array that waits alone is kept and not copied`() {
        let event = [UInt8](repeating: 7, count: 1_000)
        var buffer = OutputBuffer()
        buffer.append(event)
        let address = buffer.withUnsafeBytes { $0.baseAddress }
        #expect(address == event.withUnsafeBytes { $0.baseAddress })
        buffer.consume(1_000)
        #expect(buffer.isEmpty && buffer.count == 0)
    }

    @Test func `what the socket leaves over stays at one address while it is kept`() {
        var buffer = OutputBuffer()
        var event: [UInt8] = Array(0..<200)
        buffer.append(event)
        let owned = buffer.ownedBytes()
        // Whoever else has the array may do with it what it likes.
        event[0] = 9
        event = []
        #expect(Array(owned) == Array(0..<200))
        buffer.consume(50)
        #expect(buffer.withUnsafeBytes { $0.baseAddress } == owned.baseAddress.map { $0 + 50 })
    }

    @Test func `any order of queueing and taking gives the bytes in order`() {
        var random = SeededGenerator(seed: 20)
        for _ in 0..<300 {
            var buffer = OutputBuffer()
            var expected: [UInt8] = []
            for _ in 0..<Int.random(in: 1...30, using: &random) {
                let piece = (0..<Int.random(in: 0...700, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    buffer.append(piece)
                    expected += piece
                case 1:
                    piece.withUnsafeBytes { buffer.append($0) }
                    expected += piece
                case 2:
                    #expect(Array(buffer.ownedBytes()) == expected)
                default:
                    let count = Int.random(in: 0...expected.count, using: &random)
                    buffer.consume(count)
                    expected.removeFirst(count)
                }
                #expect(bytes(of: buffer) == expected)
                #expect(buffer.count == expected.count && buffer.isEmpty == expected.isEmpty)
            }
        }
    }
}
