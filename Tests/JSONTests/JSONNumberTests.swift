import JSON
import TestSupport
import Testing

/// RFC 8259 section 6; integers are told apart by how they are written.
struct JSONNumberTests {
    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("1", 1), ("-1", -1), ("9007199254740993", 9_007_199_254_740_993),
            ("-9007199254740993", -9_007_199_254_740_993),
            ("9223372036854775807", .max), ("-9223372036854775808", .min), ("1000000000000000000", 1_000_000_000_000_000_000),
        ] as [(String, Int64)])
    func integersLoseNothing(_ text: String, _ number: Int64) throws {
        let value = try read(text)
        #expect(value.kind == .integer)
        #expect(try value.integer() == number)
        #expect(try value.double() == Double(number))
        if number >= 0 {
            #expect(try value.unsigned() == UInt64(number))
        } else {
            #expect(throws: JSONError.outOfRange(pointer: "")) { try value.unsigned() }
        }
    }

    @Test(
        arguments: [
            ("9223372036854775808", 9_223_372_036_854_775_808), ("10000000000000000000", 10_000_000_000_000_000_000),
            ("18446744073709551614", .max - 1), ("18446744073709551615", .max),
        ] as [(String, UInt64)])
    func integersBeyondInt64AreUnsigned(_ text: String, _ number: UInt64) throws {
        let value = try read("{\"n\":\(text)}").object().required("n")
        #expect(value.kind == .unsigned)
        #expect(try value.unsigned() == number)
        #expect(try value.double() == Double(number))
        #expect(throws: JSONError.outOfRange(pointer: "/n")) { try value.integer() }
    }

    /// They would be rounded: nobody sends such a number on purpose.
    @Test(
        arguments: [
            "18446744073709551616", "18446744073709551620", "99999999999999999999", "-9223372036854775809", "-18446744073709551615",
            "36893488147419103232", "100000000000000000000", "1e309", "-1e309", "1e99999", "1.8e308",
            "1" + String(repeating: "0", count: 400),
        ])
    func numbersThatDoNotFitAreRefused(_ text: String) {
        #expect(refusal(of: Array(text.utf8)) == .malformed(reason: "a number is malformed or does not fit into 64 bits"))
        #expect(refusal(of: Array("[\(text)]".utf8)) == .malformed(reason: "a number is malformed or does not fit into 64 bits"))
    }

    @Test(
        arguments: [
            ("1.0", 1), ("1e0", 1), ("1E+0", 1), ("-1.0", -1), ("1e2", 100), ("1E-2", 0.01), ("0.0", 0), ("0e5", 0), ("0.1", 0.1),
            ("3.14", 3.14),
            ("9007199254740993.0", 9_007_199_254_740_992), ("18446744073709551616.0", 18_446_744_073_709_551_616),
            ("1.7976931348623157e308", .greatestFiniteMagnitude), ("2.2250738585072014e-308", .leastNormalMagnitude),
            ("5e-324", .leastNonzeroMagnitude), ("2.4703282292062328e-324", .leastNonzeroMagnitude), ("1e-400", 0),
            ("0.1000000000000000055511151231257827021181583404541015625", 0.1), ("1e23", 1e23),
            ("100000000000000000000000.5", 1.0000000000000001e23),
            ("8.41e21", 8.41e21), ("9.5367431640625e-7", 9.5367431640625e-7),
            ("123456789012345678901234567890e-10", 12_345_678_901_234_567_890.123_456_789),
        ] as [(String, Double)])
    func aFractionOrAnExponentMakesADouble(_ text: String, _ number: Double) throws {
        let value = try read(text)
        #expect(value.kind == .double)
        #expect(try value.double() == number)
        #expect(throws: JSONError.wrongType(pointer: "", expected: .integer, found: .double)) { try value.integer() }
        #expect(throws: JSONError.wrongType(pointer: "", expected: .integer, found: .double)) { try value.unsigned() }
    }

    @Test func aNegativeZeroKeepsItsSignAsADouble() throws {
        #expect(try read("-0.0").double().sign == .minus)
        #expect(try read("-0e0").double().sign == .minus)
        #expect(try read("0.0").double().sign == .plus)
    }

    @Test(
        arguments: [
            "01", "00", "-01", "00.5", "-", "--1", "+1", ".5", "-.5", "1.", "1.e5", "1e", "1e+", "1e-", "1ee5", "1e5.5", "1.2.3", "0x10",
            "0b1",
            "0o7", "1_000", "1,000", "1f", "1n", "1L", "１", "٣", "½", "1e٣", "- 1", "1 .5", "1-2", "$1", "1%", "0-",
        ])
    func whatIsNoNumberIsRefused(_ text: String) {
        #expect(isMalformed(Array(text.utf8)))
        #expect(isMalformed(Array("[\(text)x]".utf8)))
        if text != "1,000" { #expect(isMalformed(Array("[\(text)]".utf8))) }
    }

    @Test(arguments: ["true", "false", "\"1\"", "null", "[1]", "{}"]) func whatIsNoNumberIsNotReadAsOne(_ text: String) throws {
        let value = try read(text)
        #expect(throws: JSONError.wrongType(pointer: "", expected: .integer, found: value.kind)) { try value.integer() }
        #expect(throws: JSONError.wrongType(pointer: "", expected: .integer, found: value.kind)) { try value.unsigned() }
        #expect(throws: JSONError.wrongType(pointer: "", expected: .double, found: value.kind)) { try value.double() }
    }

    @Test(arguments: ["1", "0", "1.0", "18446744073709551615"]) func aNumberIsNoBool(_ text: String) throws {
        let value = try read(text)
        #expect(throws: JSONError.wrongType(pointer: "", expected: .bool, found: value.kind)) { try value.bool() }
    }

    @Test func anyIntegerComesBack() throws {
        var generator = SeededGenerator(seed: 64)
        for _ in 0..<2_000 {
            let number = generator.next() >> UInt64.random(in: 0..<64, using: &generator)
            #expect(try read("\(number)").unsigned() == number)
            let signed = Int64(bitPattern: number)
            #expect(try read("\(signed)").integer() == signed)
        }
    }
}
