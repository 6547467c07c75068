import Primitives
import Testing

@testable import HTTP

/// RFC 9110 section 13, for a representation with the strong tag "v2", changed last on Sun, 06 Nov 1994 08:49:37 GMT.
struct PreconditionTests {
    static let before = "Sun, 06 Nov 1994 08:49:36 GMT"
    static let same = "Sun, 06 Nov 1994 08:49:37 GMT"
    static let after = "Sunday, 06-Nov-94 08:49:38 GMT"
    /// Not a whole second: only seconds can be compared.
    static let changed = Timestamp(microseconds: 784_111_777_900_000)

    static let rows: [(method: HTTPMethod, fields: [(String, String)], expected: Preconditions.Outcome)] = [
        (.get, [], .proceed), (.put, [], .proceed),
        // 13.1.2
        (.get, [("If-None-Match", "\"v2\"")], .notModified), (.head, [("If-None-Match", "\"v2\"")], .notModified),
        (.get, [("If-None-Match", "W/\"v2\"")], .notModified), (.get, [("If-None-Match", "\"v1\", \"a,b\" , \"v2\"")], .notModified),
        (.get, [("If-None-Match", "\"v1\""), ("If-None-Match", "\"v2\"")], .notModified), (.get, [("If-None-Match", "*")], .notModified),
        (.get, [("If-None-Match", "\"v1\"")], .proceed), (.get, [("If-None-Match", "\"V2\"")], .proceed),
        (.get, [("If-None-Match", "v2")], .proceed), (.get, [("If-None-Match", "\"v2")], .proceed),
        (.get, [("If-None-Match", "")], .proceed),
        (.put, [("If-None-Match", "\"v2\"")], .failed), (.put, [("If-None-Match", "*")], .failed),
        (.put, [("If-None-Match", "\"v1\"")], .proceed),
        // 13.1.1: strong comparison.
        (.put, [("If-Match", "\"v2\"")], .proceed), (.put, [("If-Match", "*")], .proceed),
        (.put, [("If-Match", "\"v1\", \"v2\"")], .proceed),
        (.put, [("If-Match", "\"v1\"")], .failed), (.put, [("If-Match", "W/\"v2\"")], .failed), (.get, [("If-Match", "\"v1\"")], .failed),
        (.put, [("If-Match", "nonsense")], .failed),
        // 13.1.3
        (.get, [("If-Modified-Since", same)], .notModified), (.get, [("If-Modified-Since", after)], .notModified),
        (.get, [("If-Modified-Since", before)], .proceed), (.get, [("If-Modified-Since", "yesterday")], .proceed),
        (.put, [("If-Modified-Since", after)], .proceed),
        (.get, [("If-Modified-Since", after), ("If-Modified-Since", after)], .proceed),
        // 13.1.4
        (.put, [("If-Unmodified-Since", same)], .proceed), (.put, [("If-Unmodified-Since", before)], .failed),
        (.put, [("If-Unmodified-Since", "yesterday")], .proceed),
        // 13.2.2: a tag makes the date of its kind nothing; what must match is looked at first.
        (.get, [("If-None-Match", "\"v1\""), ("If-Modified-Since", after)], .proceed),
        (.put, [("If-Match", "\"v2\""), ("If-Unmodified-Since", before)], .proceed),
        (.get, [("If-Match", "\"v1\""), ("If-None-Match", "\"v2\"")], .failed),
        (.get, [("If-Match", "\"v2\""), ("If-None-Match", "\"v2\"")], .notModified),
        (.get, [("If-Unmodified-Since", before), ("If-Modified-Since", after)], .failed),
    ]

    @Test(arguments: rows) func areEvaluated(_ row: (method: HTTPMethod, fields: [(String, String)], expected: Preconditions.Outcome))
        throws
    {
        let outcome = Preconditions(try Requests.headers(row.fields))
            .evaluate(method: row.method, entityTag: EntityTag("v2"), lastModified: Self.changed)
        #expect(outcome == row.expected, "\(row.method.rawValue) \(row.fields)")
    }

    /// `*` asks whether there is anything; a tag cannot match what has none.
    @Test func withoutARepresentationOnlyTheStarsTell() throws {
        func outcome(_ fields: [(String, String)]) throws -> Preconditions.Outcome {
            Preconditions(try Requests.headers(fields)).evaluate(method: .put, entityTag: nil, lastModified: nil, exists: false)
        }
        #expect(try outcome([("If-None-Match", "*")]) == .proceed)
        #expect(try outcome([("If-Match", "*")]) == .failed)
        #expect(try outcome([("If-Match", "\"v2\"")]) == .failed)
        #expect(try outcome([("If-None-Match", "\"v2\"")]) == .proceed)
        #expect(try outcome([("If-Unmodified-Since", Self.before)]) == .proceed)
    }

    static let ranges: [(value: String, expected: RangeRequest)] = [
        ("bytes=0-0", .part(0..<1)), ("bytes=0-99", .part(0..<100)), ("bytes=10-", .part(10..<100)), ("bytes=-1", .part(99..<100)),
        ("bytes=-200", .part(0..<100)), ("bytes=90-200", .part(90..<100)), ("Bytes=1-1", .part(1..<2)),
        ("bytes=0-99999999999999999999", .part(0..<100)), ("bytes=100-", .unsatisfiable), ("bytes=100-200", .unsatisfiable),
        ("bytes=-0", .unsatisfiable), ("bytes=99999999999999999999-", .unsatisfiable),
        // 14.2: what is not understood, and several ranges, may be ignored.
        ("bytes=5-4", .whole), ("bytes=-", .whole), ("bytes=", .whole), ("bytes", .whole), ("bytes=a-b", .whole), ("bytes=1", .whole),
        ("bytes=1-2-3", .whole), ("bytes= 1-2", .whole), ("bytes=+1-2", .whole), ("bytes=0-0,5-6", .whole), ("items=0-1", .whole),
        ("", .whole),
    ]

    @Test(arguments: ranges) func aRangeIsRead(_ row: (value: String, expected: RangeRequest)) throws {
        let request = try Requests.headers([("Range", row.value)])
        #expect(RangeRequest(request, method: .get, length: 100, entityTag: nil, lastModified: nil) == row.expected)
        #expect(RangeRequest(request, method: .head, length: 100, entityTag: nil, lastModified: nil) == .whole)
    }

    @Test func nothingOfNothingCanBeHad() {
        #expect(RangeRequest.parse("bytes=0-", length: 0) == .unsatisfiable)
        #expect(RangeRequest.parse("bytes=-5", length: 0) == .unsatisfiable)
    }

    /// 13.1.5: a part only if the client has the very same version.
    @Test func ifRangeWantsTheSameBytes() throws {
        func range(_ ifRange: String, weak: Bool = false) throws -> RangeRequest {
            let headers = try Requests.headers([("Range", "bytes=0-4"), ("If-Range", ifRange)])
            return RangeRequest(headers, method: .get, length: 100, entityTag: EntityTag("v2", isWeak: weak), lastModified: Self.changed)
        }
        #expect(try range("\"v2\"") == .part(0..<5))
        for other in ["\"v1\"", Self.same, "W/\"v2\"", "\"v2\", \"v1\"", Self.before, Self.after, "nonsense", ""] {
            #expect(try range(other) == .whole, "\(other)")
        }
        #expect(try range("\"v2\"", weak: true) == .whole)
        // Without a tag the date is all there is.
        let headers = try Requests.headers([("Range", "bytes=0-4"), ("If-Range", Self.same)])
        #expect(RangeRequest(headers, method: .get, length: 100, entityTag: nil, lastModified: Self.changed) == .part(0..<5))
    }

    @Test func bytesAreAnsweredAsTheirTagAsks() throws {
        let content = Array("0123456789".utf8)
        func answer(_ fields: [(String, String)]) throws -> HTTPResponse {
            .conditional(content, contentType: "text/plain", entityTag: EntityTag("t"), to: try Requests.make("GET", "/", fields))
        }
        let whole = try answer([])
        #expect(whole.status == .ok && whole.headers[first: "etag"] == "\"t\"" && whole.headers[first: "content-type"] == "text/plain")
        let part = try answer([("Range", "bytes=2-4")])
        #expect(part.status == .partialContent && part.headers[first: "content-range"] == "bytes 2-4/10")
        guard case .bytes(let bytes) = part.body else { return #expect(Bool(false), "no bytes") }
        #expect(bytes == Array("234".utf8))
        let missing = try answer([("Range", "bytes=10-")])
        #expect(missing.status == .rangeNotSatisfiable && missing.headers[first: "content-range"] == "bytes */10")
        let kept = try answer([("If-None-Match", "\"t\""), ("Range", "bytes=2-4")])
        #expect(kept.status == .notModified && kept.headers[first: "etag"] == "\"t\"" && kept.headers[first: "content-type"] == nil)
        #expect(try answer([("If-Match", "\"x\"")]).status == .preconditionFailed)
    }

    /// RFC 9110 8.8.3.2 compares characters of the field; a composed letter is not its decomposed spelling.
    @Test func tagsAreComparedByTheirBytes() throws {
        let composed = try #require(EntityTag("\u{E9}"))
        let decomposed = try #require(EntityTag("e\u{301}"))
        #expect(composed != decomposed)
        #expect(!composed.matchesStrongly(decomposed) && !composed.matchesWeakly(decomposed))
        #expect(composed.matchesStrongly(composed) && Set([composed, composed, decomposed]).count == 2)
    }
}
