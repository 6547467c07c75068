import HTTP
import Testing

/// RFC 9651: what is read, and how it is written again.
struct StructuredDictionaryTests {
    private func dictionary(_ lines: String...) throws -> StructuredDictionary { try StructuredDictionary(parsing: lines) }

    /// The examples of RFC 9651 3.1.2 and 3.2, and texts that are not canonical: each is written in one form.
    @Test(
        arguments: [
            ("", ""), ("   ", ""), (#"en="Applepie", da=:w4ZibGV0w6ZydGU=:"#, #"en="Applepie", da=:w4ZibGV0w6ZydGU=:"#),
            ("a=?0, b, c; foo=bar", "a=?0, b, c;foo=bar"), ("rating=1.5, feelings=(joy sadness)", "rating=1.5, feelings=(joy sadness)"),
            ("a=(1 2), b=3, c=4;aa=bb, d=(5 6);valid", "a=(1 2), b=3, c=4;aa=bb, d=(5 6);valid"),
            ("  a=1 ,\t b=2 \t,c  ", "a=1, b=2, c"), ("a=?1", "a"), ("a=?1;x=?1", "a;x"), ("a;  x=1;y", "a;x=1;y"),
            ("a=(  1   2  );q", "a=(1 2);q"), ("a=()", "a=()"), ("*-_.9=1", "*-_.9=1"), ("a=1\t", "a=1"),
        ]) func aDictionaryIsWrittenInOneForm(_ text: String, _ canonical: String) throws
    {
        #expect(try dictionary(text).serialized == canonical)
        #expect(try dictionary(canonical).serialized == canonical)
    }

    /// RFC 9651 4.2.2, 4.2.3.3: nothing is guessed, nothing is left over.
    @Test(
        arguments: [
            "a=1,", "a=1, ", ",a=1", "a=1,,b=2", "a=1 b=2", "A=1", "1=1", "-a=1", "_a=1", "a=", "a= 1", "a =1", "=1", "é=1", "a=1;",
            "a=1;B",
            "a=1;b=", "a=1;=2", "a=1; b =2", "a=(1", "a=(1 2", "a=(1,2)", "a=(1\t2)", "a=(1\"x\")", "a=(1)(2)", "a=((1))", "a=)", "a=1)",
            "\ta=1", "a=1\n", "a=1\u{0}", "a=é", "a=(1 )x",
        ]) func whatIsNoDictionaryIsRefused(_ text: String)
    {
        #expect(throws: StructuredFieldError.self) { try dictionary(text) }
    }

    @Test func theErrorSaysWhereReadingStopped() {
        #expect {
            try dictionary("a=1,")
        } throws: { error in
            (error as? StructuredFieldError).map { $0.reason == "a comma stands at the end" && $0.offset == 4 } ?? false
        }
    }

    /// RFC 9651 4.2: the lines of a field are one text.
    @Test func linesAreJoined() throws {
        #expect(try dictionary("a=1, b", "c=(x)").serialized == "a=1, b, c=(x)")
        #expect(throws: StructuredFieldError.self) { try dictionary("a=1,", "b=2") }
        #expect(throws: StructuredFieldError.self) { try dictionary(#"a="one"#, #"two", x=""#, "y") }
        #expect(try StructuredDictionary(parsing: []) == StructuredDictionary())
    }

    /// RFC 9651 4.2.2: the last one wins and keeps the place of the first. contracts/cosmos.md 3.3 refuses such labels, so it is told.
    @Test(
        arguments: [
            ("a=1, b=2, a=3", "a=3, b=2", true), ("a=1;x=1;x=2", "a=1;x=2", true), ("a=(1;x;y;x=?0)", "a=(1;x=?0;y)", true),
            ("a=(1);x=1;x=2", "a=(1);x=2", true), ("a;x;x", "a;x", true), ("a=1, b=1;a=1", "a=1, b=1;a=1", false),
            ("a=(1;x 2;x);x", "a=(1;x 2;x);x", false),
        ]) func aRepetitionIsTold(_ text: String, _ canonical: String, _ repeats: Bool) throws
    {
        let found = try dictionary(text)
        #expect(found.serialized == canonical)
        #expect(found.repeatsKey == repeats)
    }

    @Test func membersAreFoundByTheirKeys() throws {
        let found = try dictionary(#"sig=("@method" "date";req);created=5;keyid="k", other=7"#)
        let list = try #require(found["sig"]?.innerList)
        #expect(list.items.map(\.value) == [.string("@method"), .string("date")])
        #expect(list.items[1].parameters["req"] == .boolean(true) && list.items[0].parameters["req"] == nil)
        #expect(list.parameters["created"]?.integer == 5 && list.parameters["keyid"]?.string == "k")
        #expect(list.parameters.entries.map(\.key) == ["created", "keyid"])
        #expect(found["other"]?.item?.value.integer == 7 && found["other"]?.innerList == nil && found["sig"]?.item == nil)
        #expect(found["Sig"] == nil && found["absent"] == nil)
    }

    /// RFC 9651 3.1.2: the order of parameters counts; it is part of what a signature covers.
    @Test func orderCounts() throws {
        #expect(try dictionary("a;x;y") != dictionary("a;y;x"))
        #expect(try dictionary("a, b") != dictionary("b, a"))
        #expect(try dictionary("a, b") == dictionary("a , b=?1"))
    }

    /// The examples of RFC 9651 3.1 and 3.1.1.
    @Test(
        arguments: [
            ("sugar, tea, rum", "sugar, tea, rum"), ("", ""),
            (#"("foo" "bar"), ("baz"), ("bat" "one"), ()"#, #"("foo" "bar"), ("baz"), ("bat" "one"), ()"#),
            (#"("foo"; a=1;b=2);lvl=5, ("bar" "baz");lvl=1"#, #"("foo";a=1;b=2);lvl=5, ("bar" "baz");lvl=1"#),
            ("abc;a=1;b=2; cde_456, (ghi;jk=4 l);q=\"9\";r=w", "abc;a=1;b=2;cde_456, (ghi;jk=4 l);q=\"9\";r=w"),
        ]) func aListIsWrittenInOneForm(_ text: String, _ canonical: String) throws
    {
        #expect(try StructuredList(parsing: [text]).serialized == canonical)
    }

    @Test(arguments: ["a,", ",", "a b", "a;", "(a", "a,,b", "a, (b c"]) func whatIsNoListIsRefused(_ text: String) {
        #expect(throws: StructuredFieldError.self) { try StructuredList(parsing: [text]) }
    }
}
