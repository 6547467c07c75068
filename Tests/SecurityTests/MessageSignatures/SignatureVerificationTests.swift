import HTTP
import Testing

@testable import Security

/// contracts/cosmos.md 3.3, verification steps 4 to 7, over signatures that the tests make line by line.
struct SignatureVerificationTests {
    private static let parts: [(identifier: String, value: String)] = [
        (#""@method""#, "POST"), (#""@authority""#, "galaxy.example.com"), (#""@path""#, "/galaxy"), (#""@query""#, "?a=%20b"),
        (#""content-digest""#, ContentDigest.field(for: [UInt8]("{}".utf8))), (#""content-type""#, "application/json"),
    ]

    private func request() -> SignedMessage {
        var request = RequestMaker.post([], [])
        request.query = "a=%20b"
        return request
    }

    private func failure(_ message: SignedMessage, of profile: SignatureProfile = .serverRequest) throws -> SignatureFailure? {
        do throws(SignatureFailure) {
            let signature = try MessageSignature.candidates(in: message, of: profile).first
            guard let signature, let key = try? ExampleKey.public() else { return .untimely }
            try signature.verify(message, with: key)
            return nil
        } catch {
            return error
        }
    }

    @Test func whatIsSignedIsGood() throws {
        #expect(try failure(RequestMaker.sign(request(), Self.parts)) == nil)
        #expect(try failure(RequestMaker.sign(request(), Self.parts.reversed())) == nil)
    }

    @Test(arguments: 0..<8) func whatIsCoveredCannotBeChanged(_ part: Int) throws {
        var message = try RequestMaker.sign(request(), Self.parts)
        switch part {
        case 0: message.method = "PUT"
        case 1: message.authority = "other.example.com"
        case 2: message.path = "/galaxy/"
        case 3: message.query = "a=+b"
        case 4: message.query = nil
        case 5: message.headers[0].value = "text/plain"
        case 6: message.headers[1].value = ContentDigest.field(for: [])
        default: message.authority = "galaxy.example.com:8443"
        }
        #expect(try failure(message) == .invalid)
    }

    @Test func theParametersAreCoveredToo() throws {
        let signed = try RequestMaker.sign(request(), Self.parts)
        for (old, new) in [("1767225660", "1767225661"), ("3q2-7w", "3q2-7v"), (#""@method" "@authority""#, #""@authority" "@method""#)] {
            var message = signed
            message.headers[2].value = message.headers[2].value.replacing(old, with: new)
            #expect(message.headers[2].value != signed.headers[2].value)
            #expect(try failure(message) == .invalid)
        }
    }

    @Test func anotherKeyHasNotSignedIt() throws {
        let message = try RequestMaker.sign(request(), Self.parts)
        let signature = try #require(try MessageSignature.candidates(in: message, of: .serverRequest).first)
        #expect(throws: SignatureFailure.invalid) { try signature.verify(message, with: try ExampleKey.second()) }
    }

    /// The address of a request as one component; the path is `/` when it is empty, and a lone `?` stands for no query.
    @Test func theAddressIsWrittenAsRFC9421Says() throws {
        let rest = Self.parts.suffix(2)
        for (path, query, written) in [("/a//b%2F", nil, "/a//b%2F"), ("/a", "", "/a?"), ("", "b=c", "/?b=c")]
            as [(String, String?, String)]
        {
            let message = SignedMessage(
                method: "POST", scheme: "https", authority: "galaxy.example.com", path: path, query: query, headers: request().headers,
                body: request().body)
            let target = [(#""@method""#, "POST"), (#""@target-uri""#, "https://galaxy.example.com\(written)")]
            #expect(try failure(RequestMaker.sign(message, target + rest)) == nil)
            let parts = Self.parts.prefix(2) + [(#""@path""#, path.isEmpty ? "/" : path), (#""@query""#, "?\(query ?? "")")] + rest
            #expect(try failure(RequestMaker.sign(message, Array(parts))) == nil)
        }
    }

    /// "Header fields: values trimmed, several lines joined with comma+space".
    @Test func fieldsAreTrimmedAndJoined() throws {
        var message = request()
        message.headers[0].value = " \t application/json\t "
        message.headers.append(("x-note", "  two  words "))
        message.headers.append(("x-empty", ""))
        let more = Self.parts + [(#""x-note""#, "two  words"), (#""x-empty""#, "")]
        #expect(try failure(RequestMaker.sign(message, more)) == nil)
        let digests = ["md5=:AA==:", ContentDigest.field(for: request().body)]
        message.headers[1].value = digests[0] + " "
        message.headers.insert(("content-digest", digests[1]), at: 2)
        var parts = Self.parts
        parts[4].value = digests.joined(separator: ", ")
        #expect(try failure(RequestMaker.sign(message, parts)) == nil)
    }

    /// "Extra covered header fields allowed if present exactly once".
    @Test func anExtraFieldIsThereOnce() throws {
        let parts = Self.parts + [(#""x-a""#, "b")]
        #expect(try failure(RequestMaker.sign(request(), parts)) == .malformed("a covered field is absent"))
        var message = request()
        message.headers.append(("x-a", "b"))
        #expect(try failure(RequestMaker.sign(message, parts)) == nil)
        message.headers.append(("x-a", "b"))
        #expect(try failure(RequestMaker.sign(message, parts)) == .malformed("a covered field is there twice"))
    }

    /// "ASCII only": a line break in a value could stand for another component.
    @Test(arguments: ["é", "a\nb", "a\u{0}", "a\u{7F}"]) func onlyPlainTextIsSigned(_ value: String) throws {
        var message = request()
        message.headers.append(("x-a", value))
        #expect(try failure(RequestMaker.sign(message, Self.parts + [(#""x-a""#, value)])) == .malformed("a component is not plain ASCII"))
    }

    @Test(arguments: ["@status", "@scheme", "@request-target", "@unknown", "@query-param"])
    func thisProfileKnowsNoOtherComponents(_ name: String) throws {
        guard case .malformed = try failure(RequestMaker.sign(request(), Self.parts + [("\"\(name)\"", "200")])) else {
            Issue.record("it was taken")
            return
        }
    }

    /// A part of the request needs `;req` in a response, and a part of the response must not have it.
    @Test func aResponseSaysWhatBelongsToItsRequest() throws {
        let answer = request().response(status: 200, headers: [("content-digest", "x")], body: [])
        let keys = RequestMaker.times + RequestMaker.keyID + #";tag="cosmos-keys-v1""#
        let parts: [(identifier: String, value: String)] = [
            (#""@status""#, "200"), (#""content-digest""#, "x"), (#""@authority";req"#, "galaxy.example.com"), (#""@path";req"#, "/galaxy"),
        ]
        #expect(try failure(RequestMaker.sign(answer, parts, parameters: keys), of: .keyDocument) == nil)
        for wrong in [(#""@method""#, "POST"), (#""@status";req"#, "200"), (#""content-digest";req"#, "x")] {
            guard case .malformed = try failure(RequestMaker.sign(answer, parts + [wrong], parameters: keys), of: .keyDocument) else {
                Issue.record("\(wrong) was taken")
                continue
            }
        }
    }

    /// What is signed is the canonical text, however the field is written (RFC 9421 2.3).
    @Test func spacesInTheFieldChangeNothing() throws {
        var message = try RequestMaker.sign(request(), Self.parts)
        message.headers[2].value = message.headers[2].value.replacing("\" \"", with: "\"  \"").replacing(";expires", with: ";  expires")
        #expect(try failure(message) == nil)
    }

    @Test(
        arguments: [
            (0, 60, 0, true), (60, 120, 0, true), (61, 120, 0, false), (0, 60, 120, true), (0, 60, 121, false), (0, 300, 0, true),
            (0, 301, 0, false), (0, 0, 0, false), (0, -1, 0, false), (0, 1, 0, true), (-999_999_999_999_999, 999_999_999_999_999, 0, false),
        ] as [(Int64, Int64, Int64, Bool)])
    func timesHaveTheirEdges(_ created: Int64, _ expires: Int64, _ now: Int64, _ isGood: Bool) throws {
        let times = ";created=\(created);expires=\(expires)"
        let message = RequestMaker.post(RequestMaker.covered + times + RequestMaker.nonce + RequestMaker.keyID + RequestMaker.tag)
        let signature = try #require(try MessageSignature.candidates(in: message, of: .serverRequest).first)
        if isGood {
            try signature.checkTime(now: now, skew: 60, maximumAge: 300)
        } else {
            #expect(throws: SignatureFailure.untimely) { try signature.checkTime(now: now, skew: 60, maximumAge: 300) }
        }
    }

    /// RFC 9421 B.2.6, which has neither tag nor nonce.
    @Test func theExampleOfRFC9421IsGood() throws {
        let request = SignedMessage(
            method: "POST", scheme: "https", authority: "example.com", path: "/foo", query: "param=Value&Pet=dog",
            headers: [
                ("host", "example.com"), ("date", "Tue, 20 Apr 2021 02:07:55 GMT"), ("content-type", "application/json"),
                (
                    "content-digest",
                    "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
                ), ("content-length", "18"),
            ], body: Array(#"{"hello": "world"}"#.utf8))
        let input =
            #"sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#
        let signature = "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:"
        let list = try #require(try StructuredDictionary(parsing: [input])["sig-b26"]?.innerList)
        let base = try MessageSignature.base(of: request, list.items.map { try SignatureComponent($0) }, list)
        let bytes = try #require(try StructuredDictionary(parsing: [signature])["sig-b26"]?.item?.value.bytes)
        #expect(try ExampleKey.public().verify(bytes, of: base))
        #expect(try ExampleKey.private().sign(base) == bytes)
        try ContentDigest.verify(request)
    }
}
