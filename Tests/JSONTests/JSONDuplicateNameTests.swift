import JSON
import Testing

/// RFC 8259 section 4: "names within an object SHOULD be unique"; here they are.
struct JSONDuplicateNameTests {
    @Test(
        arguments: [
            (#"{"a":1,"a":1}"#, "/a"), (#"{"a":1,"b":2,"a":3}"#, "/a"), (#"{"":1,"":2}"#, "/"), (#"{"a":1,"\u0061":2}"#, "/a"),
            (#"{"\u0061":1,"a":2}"#, "/a"), (#"{"/":1,"\/":2}"#, "/~1"), (#"{"é":1,"\u00e9":2}"#, "/é"),
            (#"{"🐓":1,"\ud83d\udc13":2}"#, "/🐓"), (#"{"\u0000":1,"\u0000":2}"#, "/\u{0}"), (#"{"a":{"b":1},"a":[]}"#, "/a"),
            (#"{"a":{"b":[0,{"c/d~":1,"c\/d~":2}]}}"#, "/a/b/1/c~1d~0"), (#"[0,[],{"x":[1],"y":{"z":1,"z":2}}]"#, "/2/y/z"),
            (#"{"a":{"x":1,"x":2},"a":1}"#, "/a/x"), (#"{"a":{"x":1},"b":{"x":1},"b":1}"#, "/b"), (#"{"a":[{"b":1,"b":1}]}"#, "/a/0/b"),
        ])
    func aNameThatIsThereTwiceIsRefused(_ text: String, _ pointer: String) {
        #expect(refusal(of: Array(text.utf8)) == .duplicateName(pointer: pointer))
    }

    /// Names are compared as they are, not as a person reads them.
    @Test(
        arguments: [
            #"{"a":{"a":{"a":1}}}"#, #"[{"a":1},{"a":2}]"#, #"{"a":"a","b":"a"}"#, #"{"a":["b","b"],"b":"b"}"#, #"{"a":1,"A":2}"#,
            #"{"a":1,"a ":2,"":3," ":4}"#, #"{"\u00e9":1,"e\u0301":2}"#, #"{"a":1,"a\u0000":2}"#, #"{"a":{"b":1},"b":{"a":1}}"#,
            #"{"1":1,"01":2,"1.0":3}"#,
        ])
    func otherNamesAndOtherObjectsAreNoDuplicates(_ text: String) {
        #expect(refusal(of: Array(text.utf8)) == nil)
    }

    /// Small and large objects are looked through in different ways: the second name stands at each place in turn.
    @Test(arguments: [2, 15, 16, 17, 18, 40]) func aDuplicateIsFoundAtEveryPlace(_ count: Int) {
        let names = (0..<count).map { "n\($0)" }
        func object(_ names: [String]) -> [UInt8] {
            Array(("{\"o\":{" + names.map { "\"\($0)\":{\"n0\":[{\"n1\":1}]}" }.joined(separator: ",") + "}}").utf8)
        }
        #expect(refusal(of: object(names)) == nil)
        for second in 1..<count {
            for first in [0, second / 2, second - 1] {
                var changed = names
                changed[second] = names[first]
                #expect(refusal(of: object(changed)) == .duplicateName(pointer: "/o/n\(first)"))
            }
        }
    }

    /// Large objects inside large ones: each has its own names, before and after the inner one.
    @Test func largeObjectsInEachOtherKeepTheirNamesApart() {
        func object(_ levels: Int, last: String) -> String {
            let names = (0..<20).map { "\"n\($0)\":\($0)" }.joined(separator: ",")
            guard levels > 0 else { return "{\(names)}" }
            let inner = object(levels - 1, last: "z")
            return "{\(names),\"inner\":\(inner),\"m\":\(inner),\"\(last)\":[\(inner)]}"
        }
        #expect(refusal(of: Array(object(3, last: "z").utf8)) == nil)
        #expect(refusal(of: Array(object(3, last: "n7").utf8)) == .duplicateName(pointer: "/n7"))
        #expect(refusal(of: Array(object(3, last: "m").utf8)) == .duplicateName(pointer: "/m"))
    }

    @Test func anObjectOfVeryManyNamesIsLookedThrough() {
        let names = (0..<50_000).map { "\"\($0)\":0" }.joined(separator: ",")
        #expect(refusal(of: Array("{\(names)}".utf8)) == nil)
        #expect(refusal(of: Array("{\(names),\"25000\":1}".utf8)) == .duplicateName(pointer: "/25000"))
    }
}
