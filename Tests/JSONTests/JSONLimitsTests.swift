import JSON
import Testing

/// DESIGN section 4: a JSON body of 1 MiB unless a dialect names its own limit; 64 levels.
struct JSONLimitsTests {
    @Test func theDefaultsAreOneMebibyteAnd64Levels() {
        #expect(JSONLimits().bytes == 1_048_576)
        #expect(JSONLimits().depth == 64)
    }

    @Test func aDocumentMayHaveAllTheBytesAndNotOneMore() throws {
        let text = "\"" + String(repeating: "x", count: 1_048_574) + "\""
        #expect(try read(text).string().utf8.count == 1_048_574)
        #expect(refusal(of: Array((text + " ").utf8)) == .tooLarge(limit: 1_048_576))
        #expect(refusal(of: Array("[1]".utf8), limits: JSONLimits(bytes: 3)) == nil)
        #expect(refusal(of: Array("[1] ".utf8), limits: JSONLimits(bytes: 3)) == .tooLarge(limit: 3))
        #expect(refusal(of: Array("1".utf8), limits: JSONLimits(bytes: 0)) == .tooLarge(limit: 0))
    }

    /// The size is looked at first: nothing of a document that is too large is read.
    @Test func aLargeDocumentIsRefusedUnread() {
        #expect(refusal(of: [0xff, 0xff], limits: JSONLimits(bytes: 1)) == .tooLarge(limit: 1))
    }

    /// The innermost level counts too when it is empty.
    @Test(arguments: [1, 2, 3, 64, 100, 1_000], ["", "1", "\"x\"", "null"]) func levelsAreCountedInArrays(_ depth: Int, _ innermost: String)
    {
        let limits = JSONLimits(depth: depth)
        func nested(_ levels: Int) -> [UInt8] {
            Array((String(repeating: "[", count: levels) + innermost + String(repeating: "]", count: levels)).utf8)
        }
        #expect(refusal(of: nested(depth), limits: limits) == nil)
        #expect(refusal(of: nested(depth + 1), limits: limits) == .tooDeep(limit: depth))
        #expect(refusal(of: nested(depth + 2), limits: limits) == .tooDeep(limit: depth))
        #expect(refusal(of: nested(depth * 3 + 500), limits: limits) == .tooDeep(limit: depth))
    }

    @Test(arguments: [1, 2, 64, 65], ["{}", "{\"a\":1}", "[]"]) func levelsAreCountedInObjects(_ depth: Int, _ innermost: String) {
        let limits = JSONLimits(depth: depth)
        func nested(_ levels: Int) -> [UInt8] {
            Array((String(repeating: "{\"a\":", count: levels - 1) + innermost + String(repeating: "}", count: levels - 1)).utf8)
        }
        #expect(refusal(of: nested(depth), limits: limits) == nil)
        #expect(refusal(of: nested(depth + 1), limits: limits) == .tooDeep(limit: depth))
    }

    @Test func levelsThatAreClosedDoNotCount() {
        let siblings = "[" + Array(repeating: "[[],{\"a\":{}}]", count: 500).joined(separator: ",") + "]"
        #expect(refusal(of: Array(siblings.utf8), limits: JSONLimits(depth: 4)) == nil)
        #expect(refusal(of: Array(siblings.utf8), limits: JSONLimits(depth: 3)) == .tooDeep(limit: 3))
    }

    @Test func noLevelAtAllAllowsOnlySimpleValues() {
        for text in ["1", "\"x\"", "null", "true", "1.5"] { #expect(refusal(of: Array(text.utf8), limits: JSONLimits(depth: 0)) == nil) }
        for text in ["[]", "{}", "[1]", "{\"a\":1}"] {
            #expect(refusal(of: Array(text.utf8), limits: JSONLimits(depth: 0)) == .tooDeep(limit: 0))
        }
    }

    /// One thread reads with the limits of many endpoints, and documents of all sizes.
    @Test func eachDocumentHasItsOwnLimits() throws {
        let large = "[" + Array(repeating: "\"xxxxxxxxxxxxxxxx\"", count: 50_000).joined(separator: ",") + "]"
        for depth in [64, 2, 64, 1, 300] {
            let nested = Array((String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)).utf8)
            #expect(refusal(of: nested, limits: JSONLimits(depth: depth)) == nil)
            #expect(refusal(of: nested, limits: JSONLimits(depth: depth - 1)) == .tooDeep(limit: depth - 1))
            #expect(try read(large, limits: JSONLimits(depth: depth)).array().count == 50_000)
            #expect(try read("[1,2]", limits: JSONLimits(depth: depth)).array().count == 2)
        }
    }
}
