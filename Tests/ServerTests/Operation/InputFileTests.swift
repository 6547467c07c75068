import Testing
import YAML

@testable import Server

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

struct InputFileTests {
    /// Runs `body` with the reading end of a pipe that holds `text` and stays open. Reading on fails, so that no test waits for ever.
    private func withOpenPipe(_ text: String, _ body: (Int32) -> Void) throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        try #require(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
        let bytes = Array(text.utf8)
        try #require(write(ends[1], bytes, bytes.count) == bytes.count)
        body(ends[0])
    }

    /// A terminal, or a script that talks on, does not end the stream: the line is enough.
    @Test(arguments: [
        ("hush\n", "hush"), ("hush\r\n", "hush"), ("hush\nmore\n", "hush"), ("\nmore\n", ""), (" with blanks \n", " with blanks "),
    ])
    func aLineIsReadWithoutWaitingForTheEnd(_ text: String, _ line: String) throws {
        try withOpenPipe(text) { #expect(InputFile.firstLine(of: $0) == line) }
    }

    @Test func aLineMayEndWithTheStream() throws {
        try TemporaryFolder.with { folder in
            for text in ["hush", ""] {
                try TemporaryFolder.write(text, to: folder + "/line")
                let file = open(folder + "/line", O_RDONLY)
                defer { close(file) }
                #expect(InputFile.firstLine(of: file) == text)
            }
        }
        #expect(InputFile.firstLine(of: -1) == "")
    }

    @Test func aFileIsReadWhole() throws {
        try TemporaryFolder.with { folder in
            let text = String(repeating: "0123456789", count: 20_000)
            try TemporaryFolder.write(text, to: folder + "/file")
            #expect(try InputFile.contents(folder + "/file") == Array(text.utf8))
        }
    }

    @Test func aFileThatCannotBeReadIsTold() throws {
        try TemporaryFolder.with { folder in
            #expect(throws: ConfigurationError(place: folder + "/none", reason: "No such file or directory")) {
                _ = try InputFile.contents(folder + "/none")
            }
            #expect(throws: ConfigurationError(place: folder, reason: "Is a directory")) { _ = try InputFile.contents(folder) }
        }
    }

    /// DESIGN 1.5: a file without an end does not fill the memory.
    @Test func aFileWithoutAnEndIsReadUpToTheLimit() throws {
        let bytes = try InputFile.contents("/dev/zero")
        #expect((YAMLReader.byteLimit + 1...YAMLReader.byteLimit + 65_536).contains(bytes.count))
    }
}
