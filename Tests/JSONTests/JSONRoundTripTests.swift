import JSON
import TestSupport
import Testing

/// What the writer writes, the reader reads, and nothing is lost.
struct JSONRoundTripTests {
    @Test(arguments: 0..<200) func anyValueComesBack(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let value = TestValue.random(depth: 4, using: &generator)
        var writer = JSONWriter()
        value.write(to: &writer)
        let read = try JSONValue.parse(writer.bytes)
        #expect(TestValue(read) == value)
        var again = JSONWriter()
        TestValue(read).write(to: &again)
        #expect(again.bytes == writer.bytes)
    }

    @Test func theRandomValuesAreWorthReading() {
        var values = 0
        for seed in 0..<200 {
            var generator = SeededGenerator(seed: UInt64(seed))
            values += TestValue.random(depth: 4, using: &generator).count
        }
        #expect(values > 2_000)
    }

    /// Space between the tokens and escapes for all characters change nothing of what is read.
    @Test func otherSpellingsMeanTheSame() throws {
        let plain = try read(#"{"a":[1,"é"],"b":{"c":null}}"#)
        let spaced = try read(" {\n\"\\u0061\" :\t[ 1 , \"\\u00E9\" ] ,\r\n \"b\" : { \"c\" : null } } ")
        #expect(TestValue(plain) == TestValue(spaced))
    }
}
