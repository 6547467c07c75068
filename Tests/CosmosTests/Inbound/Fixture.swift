import Community
import JSON
import Testing

@testable import Cosmos

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Payloads as other products send them, which the acceptance tests post as well.
enum Fixture {
    static func json(_ name: String) throws -> JSONObject {
        try JSONValue.parse(try bytes(name)).object()
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        let tests = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        let file = try #require(fopen("\(tests)/Acceptance/fixtures/webhooks/\(name).json", "r"))
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = getc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        return bytes
    }

    static func object(_ text: String) throws -> JSONObject {
        try JSONValue.parse(Array(text.utf8)).object()
    }
}
