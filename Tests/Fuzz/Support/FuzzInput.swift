/// An input of the fuzzer: what is read, and at its end the bytes that decide how. At the end, so that seeds can be written as text.
struct FuzzInput {
    static let choiceCount = 4

    let content: [UInt8]
    /// As many as `choiceCount`; 0 where the input is too short.
    let choices: [UInt8]

    init(_ bytes: [UInt8]) {
        content = Array(bytes.dropLast(Self.choiceCount))
        let given = bytes.suffix(Self.choiceCount)
        choices = Array(given) + [UInt8](repeating: 0, count: Self.choiceCount - given.count)
    }

    /// The content whole, cut at three places that the choices name, and byte by byte unless it is long.
    var cuts: [[ArraySlice<UInt8>]] {
        let places = choices.dropFirst().map { content.count * Int($0) / 255 }.sorted()
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        for place in places + [content.count] {
            pieces.append(content[start..<place])
            start = place
        }
        let whole = [content[...]]
        return content.count > 1_024 ? [whole, pieces] : [whole, pieces, content.indices.map { content[$0...$0] }]
    }
}

/// Lends a copy of exactly this size, so that reading past its end is seen by the address sanitizer.
func withExactCopy<Result, Failure: Error>(
    of bytes: some Collection<UInt8>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
) throws(Failure) -> Result {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { buffer.deallocate() }
    buffer.copyBytes(from: bytes)
    return try body(UnsafeRawBufferPointer(buffer))
}
