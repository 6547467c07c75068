import JSON
import Testing

@testable import Reileta

@Suite("Movements of players")
struct NodeTransformTests {
    private static let whole = #"{"p":{"x":1,"y":2,"z":3},"r":{"x":0,"y":0,"z":0,"w":1},"s":{"x":1,"y":1,"z":1}"#

    private static func read(_ text: String) throws -> NodeTransform {
        try NodeTransform(JSONValue.parse(Array(text.utf8)).object())
    }

    private static func written(_ transform: NodeTransform) -> String {
        var json = JSONWriter()
        json.object { transform.write(to: &$0) }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test("have no speed when none is said")
    func defaults() throws {
        let transform = try Self.read(Self.whole + "}")
        #expect(transform.velocity == .zero && transform.angularVelocity == .zero)
        #expect(try Self.read(Self.whole + #","v":{"x":0,"y":0,"z":0},"a":null}"#) == transform)
        #expect(
            Self.written(transform) == #"{"p":{"x":1,"y":2,"z":3},"r":{"x":0,"y":0,"z":0,"w":1},"s":{"x":1,"y":1,"z":1},"#
                + #""v":{"x":0,"y":0,"z":0},"a":{"x":0,"y":0,"z":0}}"#)
    }

    @Test(
        "are cut to four decimals",
        arguments: [
            ("1.23456", "1.2345"), ("-1.23459", "-1.2345"), ("0.00001", "0"), ("-0.00009", "0"), ("1e3", "1000"), ("0.5", "0.5"),
            ("1000000000", "1000000000"), ("-999999999.99999", "-999999999.9999"),
        ])
    func cutting(_ text: String, _ cut: String) throws {
        let transform = try Self.read(Self.whole + #","v":{"x":\#(text),"y":0,"z":0}}"#)
        let found = try JSONValue.parse(Array(Self.written(transform).utf8)).object().required("v").object().required("x").double()
        #expect(found == Double(cut))
    }

    @Test(
        "are of numbers that are finite and not huge", arguments: ["1e10", "-1e308", "18446744073709551615", "\"1\"", "null", "{}", "true"])
    func bounds(_ text: String) {
        #expect(throws: Failure.self) { try Self.read(Self.whole + #","v":{"x":\#(text),"y":0,"z":0}}"#) }
    }

    @Test("say where, how turned and how large", arguments: ["p", "r", "s"])
    func missing(_ name: String) {
        #expect(throws: Failure.self) { try Self.read((Self.whole + "}").replacing("\"\(name)\":", with: "\"q\":")) }
    }

    @Test("are told when they are later and say something new")
    func news() throws {
        var nodes = PlayerNodes()
        let (here, there) = (try Self.read(Self.whole + "}"), try Self.read(Self.whole + #","v":{"x":1,"y":0,"z":0}}"#))
        func tell(_ transform: NodeTransform, _ at: Double) throws -> [UInt8]? {
            var told: [UInt8]?
            try nodes.update("body", transform, at: at) {
                told = [UInt8(at)]
                return PlayerNodes.Told(frame: [UInt8(at)], showings: 0)
            }
            return told
        }
        #expect(try tell(here, 5) == [5])
        #expect(try tell(there, 4) == nil)
        #expect(try tell(there, 5) == nil)
        #expect(try tell(here, 6) == nil)
        #expect(try tell(there, 6) == nil)
        #expect(try tell(there, 7) == [7])
        #expect(nodes.frames(before: 1) == [[7]])
    }

    @Test("are shown to who has not heard them when they were told")
    func showings() throws {
        var nodes = PlayerNodes()
        let transform = try Self.read(Self.whole + "}")
        for number in 0..<3 {
            try nodes.update("n\(number)", transform, at: 1) { PlayerNodes.Told(frame: [UInt8(number)], showings: number) }
        }
        #expect(nodes.frames(before: 0).isEmpty)
        #expect(nodes.frames(before: 2).sorted { $0[0] < $1[0] } == [[0], [1]])
        #expect(nodes.frames(before: 3).count == 3)
    }

    @Test("are not noted when they cannot be told")
    func untold() throws {
        var nodes = PlayerNodes()
        let transform = try Self.read(Self.whole + "}")
        #expect(throws: Failure.self) {
            try nodes.update("body", transform, at: 1) { () throws(Failure) in throw Failure(.notInInstance) }
        }
        #expect(nodes.frames(before: 1).isEmpty)
    }

    @Test("are of 32 parts at most")
    func limit() throws {
        var nodes = PlayerNodes()
        let transform = try Self.read(Self.whole + "}")
        let told = PlayerNodes.Told(frame: [1], showings: 0)
        for number in 0..<32 { try nodes.update("n\(number)", transform, at: 1) { told } }
        #expect(throws: Failure.self) { try nodes.update("n32", transform, at: 1) { told } }
        #expect(nodes.frames(before: 1).count == 32)
    }

    @Test("name a part of a player")
    func paths() {
        let own = PlayerNodes.name(in: "p:@me/body/head")
        #expect(own?.player == "@me" && own?.name == "body/head")
        #expect(PlayerNodes.name(in: "p:/x")?.player == "")
        for text in ["", "p:", "p:@me", "p:@me/", "q:@me/body", "@me/body", "p:@me/\u{7F}", "p:@me/" + String(repeating: "x", count: 65)] {
            #expect(PlayerNodes.name(in: text) == nil, "\(text)")
        }
    }

    @Test("and other data are written as they were read")
    func copying() throws {
        let text = #"{"a":[1,-2,18446744073709551615,2.5,null,true,false,"\"é\n",{}],"b":{"c":[]}}"#
        var json = JSONWriter()
        json.copy(try JSONValue.parse(Array(text.utf8)))
        #expect(String(decoding: json.bytes, as: UTF8.self) == text)
    }
}
