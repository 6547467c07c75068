import Testing

@testable import HTTP

struct MultipartParserTests {
    private static let type = "multipart/form-data; boundary=\"nest box\""
    private static let form = """
        --nest box\r
        Content-Disposition: form-data; name="payload_json"\r
        \r
        {"content":"x"}\r
        --nest box  \r
        content-type: image/png\r
        Content-Disposition: form-data; name="files[0]"; filename="C:\\eggs \\"one\\".png"\r
        \r
        \r\n--nest bo\r\r\n-\r
        --nest box\r
        Content-Disposition: form-data; name=empty\r
        \r
        \r
        --nest box--\r

        """

    /// The entries of a body that comes in pieces of a size.
    private func read(_ body: String, pieces size: Int, type: String = type, limits: MultipartLimits = MultipartLimits())
        throws(MultipartError)
        -> [MultipartForm.Entry]
    {
        var parser = try MultipartParser(contentType: type, limits: limits)
        var entries: [MultipartForm.Entry] = []
        let bytes = Array(body.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            var piece = bytes[start..<min(start + size, bytes.count)]
            while let event = try parser.next(in: &piece) {
                switch event {
                case .part(let part): entries.append(MultipartForm.Entry(part: part, content: []))
                case .content(let content): entries[entries.count - 1].content += content
                case .partEnd: break
                }
            }
            #expect(piece.isEmpty)
        }
        try parser.finish()
        return entries
    }

    /// RFC 2046 5.1.1: however the body is cut, its parts are the same, with content that looks like half a boundary.
    @Test(arguments: [1, 2, 3, 7, 64, 4_096]) func aFormIsTheSameInPiecesOfAnySize(_ size: Int) throws {
        let entries = try read(Self.form, pieces: size)
        #expect(
            entries.map(\.part) == [
                MultipartPart(name: "payload_json"),
                MultipartPart(name: "files[0]", filename: "C:\\eggs \"one\".png", contentType: "image/png"),
                MultipartPart(name: "empty"),
            ])
        #expect(entries.map { String(decoding: $0.content, as: UTF8.self) } == [#"{"content":"x"}"#, "\r\n--nest bo\r\r\n-", ""])
    }

    @Test func aSmallFormIsReadAtOnce() throws {
        let form = try MultipartForm(Array(Self.form.utf8), contentType: Self.type)
        #expect(form[field: "payload_json"] == Array(#"{"content":"x"}"#.utf8))
        #expect(form[field: "files[0]"] == nil)
        #expect(form.hasFiles)
    }

    private static let good = "--B\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--B--"

    /// RFC 2046 and RFC 7578: what two readers could see differently is refused.
    @Test(arguments: [
        "preamble\r\n" + good, "\r\n" + good, good + "\r\nepilogue", good + "\r", "--B--",
        "--B\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--B--",
        "--BB\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--BB--",
        "--B\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--Bx\r\n",
        "--B\r\n\r\nx\r\n--B--", "--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--",
        "--B\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--B--",
        "--B\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\nx\r\n--B--",
        "--B\r\nContent-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b\r\n\r\nx\r\n--B--",
        "--B\r\nContent-Disposition: form-data;\r\n name=a\r\n\r\nx\r\n--B--",
        "--B\r\nContent-Disposition : form-data; name=a\r\n\r\nx\r\n--B--",
        "--B\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--B--",
        "--B\r\nContent-Disposition: form-data; name=a\n\r\n\r\nx\r\n--B--",
        "--B\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--B--",
    ]) func whatIsNotPlainlyAFormIsRefused(_ body: String) {
        #expect(throws: MultipartError.self) { try read(body, pieces: 5, type: "multipart/form-data; boundary=B") }
    }

    @Test func aFormThatIsCutOffIsIncomplete() throws {
        for length in 0..<Self.good.utf8.count {
            #expect(throws: MultipartError.incomplete) {
                try read(String(decoding: Self.good.utf8.prefix(length), as: UTF8.self), pieces: 3, type: "multipart/form-data; boundary=B")
            }
        }
        #expect(try read(Self.good, pieces: 3, type: "multipart/form-data; boundary=B").count == 1)
    }

    @Test func limitsNameThemselves() {
        let limits = MultipartLimits(parts: 2, headerBytes: 200, headerFields: 5)
        #expect(throws: MultipartError.tooManyParts(limit: 2)) { try read(Self.form, pieces: 9, limits: limits) }
        let long = "--B\r\nX: \(String(repeating: "y", count: 300))\r\n"
        #expect(throws: MultipartError.headerTooLarge(limit: 200)) {
            try read(long, pieces: 9, type: "multipart/form-data; boundary=B", limits: limits)
        }
        let many = "--B\r\n" + String(repeating: "X: y\r\n", count: 6)
        #expect(throws: MultipartError.headerTooLarge(limit: 200)) {
            try read(many, pieces: 9, type: "multipart/form-data; boundary=B", limits: limits)
        }
    }

    @Test(arguments: [
        "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"", "multipart/mixed; boundary=B", "",
        "multipart/form-data; boundary=B; boundary=C", "multipart/form-data; boundary=\"B", "multipart/form-data; boundary=\"a \"",
        "multipart/form-data; boundary=\(String(repeating: "b", count: 71))", "multipart/form-data; boundary=\"a\u{7F}\"",
    ]) func otherMediaTypesHaveNoParts(_ type: String) {
        #expect(throws: MultipartError.self) { try MultipartParser(contentType: type) }
    }

    /// RFC 9110 8.3.1, 5.6.6.
    @Test func mediaTypesAreReadWithTheirParameters() {
        #expect(MediaType("Application/JSON; Charset=\"utf-8\"")?.name == "application/json")
        #expect(MediaType("a/b ;; c=\"x\\\"y\" ;")?.parameters == ["c": "x\"y"])
        for text in ["", "a", "a/", "/b", "a/b c", "a/b; c", "a/b; c=", "a /b", "a/b, c/d"] { #expect(MediaType(text) == nil, "\(text)") }
    }
}
