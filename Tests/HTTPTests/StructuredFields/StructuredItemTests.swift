import HTTP
import Testing

/// RFC 9651 3.3, 4.1.3 to 4.1.11 and 4.2.3 to 4.2.10.
struct StructuredItemTests {
    private func item(_ text: String) throws -> StructuredItem { try StructuredItem(parsing: [text]) }

    static let values: [(String, StructuredBareItem, String)] = [
        ("42", .integer(42), "42"), ("-0", .integer(0), "0"), ("007", .integer(7), "7"), ("-12", .integer(-12), "-12"),
        ("999999999999999", .integer(999_999_999_999_999), "999999999999999"),
        ("-999999999999999", .integer(-999_999_999_999_999), "-999999999999999"), ("4.5", .decimal(thousandths: 4_500), "4.5"),
        ("1.0", .decimal(thousandths: 1_000), "1.0"), ("-0.5", .decimal(thousandths: -500), "-0.5"),
        ("1.050", .decimal(thousandths: 1_050), "1.05"), ("1.005", .decimal(thousandths: 1_005), "1.005"),
        ("999999999999.999", .decimal(thousandths: 999_999_999_999_999), "999999999999.999"),
        (#""hello world""#, .string("hello world"), #""hello world""#), (#""a\"b\\c""#, .string(#"a"b\c"#), #""a\"b\\c""#),
        (#""""#, .string(""), #""""#), ("foo123/456", .token("foo123/456"), "foo123/456"),
        ("*a:b!#$%&'+-.^_`|~", .token("*a:b!#$%&'+-.^_`|~"), "*a:b!#$%&'+-.^_`|~"),
        (
            ":cHJldGVuZCB0aGlzIGlzIGJpbmFyeSBjb250ZW50Lg==:", .byteSequence(Array("pretend this is binary content.".utf8)),
            ":cHJldGVuZCB0aGlzIGlzIGJpbmFyeSBjb250ZW50Lg==:"
        ),
        ("::", .byteSequence([]), "::"), ("?1", .boolean(true), "?1"), ("?0", .boolean(false), "?0"),
        ("@1659578233", .date(1_659_578_233), "@1659578233"),
        ("@-1", .date(-1), "@-1"),
        (
            #"%"This is intended for display to %c3%bcsers.""#, .displayString("This is intended for display to üsers."),
            #"%"This is intended for display to %c3%bcsers.""#
        ),
        (#"%"%41 %25%22%0a""#, .displayString("A %\"\n"), #"%"A %25%22%0a""#),
    ]

    /// The examples of RFC 9651 3.3.1 to 3.3.8, and the ends of each kind.
    @Test(arguments: values) func aValueIsReadAndWritten(_ text: String, _ value: StructuredBareItem, _ canonical: String) throws {
        #expect(try item(text) == StructuredItem(value))
        #expect(try item("  \(text)  ").value == value)
        #expect(value.serialized == canonical)
    }

    @Test(
        arguments: [
            "", " ", "1 2", "1,", "\t1", "1\t", "1;", "é", "[1]", "&a", "=", "1000000000000000", "-1000000000000000", "--1", "-", "- 1",
            "+1", ".5", "1.", "1.2345",
            "1.2.3", "1000000000000.1", "1e3", "0x1", "\"", "\"a", #""a\""#, #""\n""#, #""\x""#, "\"a\tb\"", "\"a\nb\"", "\"é\"",
            "\"\u{7F}\"", "'a'", "\"a\"b",
            ":", ":YQ", ":YQ:", ":YQ=:", ":YR==:", ":YQ==", ":Y Q==:", ":YQ==\n:", ":-_-_:", ":Y===:", "YQ==:", "?", "?2", "?true", "?10",
            "? 1", "@", "@1.0",
            "@a", "@\"1\"", "%", "%a", "%\"", "%\"a", #"%"%"#, #"%"%4"#, #"%"%4""#, #"%"%C3%BC""#, #"%"%c3""#, #"%"%ff""#, #"%"é""#,
            "%\"a\nb\"", #"%"%zz""#,
            #"%"%ed%a0%80""#, "a=1", "(1)",
        ]) func whatIsNoItemIsRefused(_ text: String)
    {
        #expect(throws: StructuredFieldError.self) { try item(text) }
    }

    @Test func aValueIsOfOneKind() throws {
        #expect(try item("5").value.integer == 5)
        for other in ["5.0", "\"5\"", "@5", "five", "?1", ":NQ==:"] { #expect(try item(other).value.integer == nil) }
        for other in ["a", "%\"a\"", ":YQ==:", "5"] { #expect(try item(other).value.string == nil) }
        for other in ["\"YQ==\"", "YQ", "5"] { #expect(try item(other).value.bytes == nil) }
    }

    @Test func parametersBelongToAnItem() throws {
        let found = try item("text/html;  q=1.0;charset=\"a;b\";x")
        #expect(found.value == .token("text/html") && found.parameters["charset"] == .string("a;b"))
        #expect(found.serialized == "text/html;q=1.0;charset=\"a;b\";x")
        for bad in ["a;b=(1)", "a;b= 1", "a ;b", "a;b =1", "a;;b", "a;b=\"x"] {
            #expect(throws: StructuredFieldError.self) { try item(bad) }
        }
    }
}
