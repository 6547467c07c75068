import Testing

@testable import Observability

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

struct StandardErrorTests {
    /// A pipe takes 64 KiB at a time: what is longer is written in parts, all of it.
    @Test func longLinesAreWrittenWhole() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (input, output) = (ends[0], ends[1])
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try #require(fcntl(output, F_SETFL, O_NONBLOCK) == 0)
        let isWritten = bytes.withUnsafeBytes { StandardError.writeAll($0, to: output) }
        #expect(!isWritten, "A pipe that is full and does not wait loses the rest, and the server goes on.")
        close(output)
        var taken = 0
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(input, &buffer, buffer.count)
            guard count > 0 else { break }
            #expect(buffer.prefix(count).elementsEqual(bytes[taken..<taken + count]))
            taken += count
        }
        close(input)
        #expect(taken > 0)
    }

    @Test func aFileThatIsNotOpenLosesTheLine() {
        let isWritten = [UInt8](repeating: 1, count: 10).withUnsafeBytes { StandardError.writeAll($0, to: -1) }
        #expect(!isWritten)
        #expect([].withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in StandardError.writeAll(bytes, to: -1) }, "Nothing is soon written.")
    }
}
