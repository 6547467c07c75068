import JSON
import Testing

@testable import Dawchat

/// contracts/dawchat.md 1 and 3.5: integers come as numbers or in decimal digits; ids are 1 to 2^53 - 1.
struct NumberTests {
    private static func value(_ json: String) throws -> JSONValue {
        try #require(try JSONValue.parse(Array("[\(json)]".utf8)).array().first)
    }

    @Test(arguments: [
        ("1", Int64(1)), ("11", 11), (#""11""#, 11), (#""0011""#, 11), ("9007199254740991", 9_007_199_254_740_991),
        (#""9007199254740991""#, 9_007_199_254_740_991),
    ])
    func `an id is a number or a text of digits`(json: String, id: Int64) throws {
        #expect(try Number.identifier(try Self.value(json), "channelId") == id)
    }

    @Test(arguments: [
        "0", "-1", "1.0", "1e0", "true", "null", "[]", "{}", "9007199254740992", "9223372036854775808", "18446744073709551615", #""""#,
        #""0""#, #""-1""#, #""+1""#, #"" 1""#, #""1 ""#, #""1.0""#, #""1e0""#, #""0x1""#, #""\u0661""#, #""9007199254740992""#,
        #""9223372036854775808""#, #""99999999999999999999""#, #""00000000000000000001""#,
    ])
    func `nothing else is an id`(json: String) throws {
        let value = try Self.value(json)
        let problem = #expect(throws: Problem.self) { try Number.identifier(value, "channelId") }
        #expect(problem?.kind.code == "InvalidRequestParameters")
        #expect(problem?.detail == "channelId: must be a whole number from 1 to 2^53 - 1.")
    }

    @Test func `a parameter of a query is such a text`() throws {
        #expect(try Number.identifier("12", "messageId") == 12)
        for text in ["", "x", "1.0", "0", "9007199254740992"] {
            #expect(throws: Problem.self) { try Number.identifier(text, "messageId") }
        }
    }
}
