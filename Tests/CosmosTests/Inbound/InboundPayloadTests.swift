import Testing

@testable import Cosmos

struct InboundPayloadTests {
    private static let json = #"{"text":"a + b & 100%"}"#

    private func payload(_ body: String, _ type: String?) throws -> String {
        String(decoding: try InboundPayload(Array(body.utf8), contentType: type).json, as: UTF8.self)
    }

    /// contracts/cosmos.md 9.2 to 9.4: JSON as it is, in a form, in a form in parts, or without a media type.
    @Test func payloadsAreFoundInEachForm() throws {
        let encoded = "a=b&payload=%7B%22text%22%3A%22a+%2B+b+%26+100%25%22%7D"
        #expect(try payload(Self.json, "application/json; charset=utf-8") == Self.json)
        #expect(try payload(Self.json, nil) == Self.json)
        #expect(try payload(Self.json, "application/x-www-form-urlencoded") == Self.json)
        #expect(try payload(encoded, "application/x-www-form-urlencoded") == Self.json)
        #expect(try payload(String(encoded.dropFirst(4)), nil) == Self.json)
        for name in ["payload_json", "payload"] {
            let parts =
                "--B\r\nContent-Disposition: form-data; name=\"\(name)\"\r\nContent-Type: application/json\r\n\r\n\(Self.json)\r\n--B--\r\n"
            #expect(try payload(parts, "multipart/form-data; boundary=B") == Self.json)
        }
    }

    @Test func filesAreNoticed() {
        let parts =
            "--B\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{}\r\n"
            + "--B\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a.png\"\r\n\r\nx\r\n--B--\r\n"
        #expect(throws: InboundPayload.Failure.hasFiles) { try payload(parts, "multipart/form-data; boundary=B") }
    }

    @Test(arguments: ["text/plain", "application/xml", "image/png", "nonsense"]) func otherMediaTypesAreRefused(_ type: String) {
        #expect(throws: InboundPayload.Failure.unsupportedMediaType) { try payload("{}", type) }
    }

    @Test(arguments: ["", "payloads=%7B%7D", "payload=%ZZ", "payload"]) func formsWithoutAPayloadAreRefused(_ body: String) {
        #expect(throws: InboundPayload.Failure.self) { try payload(body, "application/x-www-form-urlencoded") }
    }
}
