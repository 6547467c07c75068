internal import Primitives

@testable import HTTP
@testable import WebSocket

/// What stands in header fields and targets: nothing traps, what is read is within its bounds, and what is written reads back.
enum HeadersHarness {
    static func run(_ bytes: [UInt8]) throws(Finding) {
        let input = FuzzInput(bytes)
        let text = String(decoding: input.content, as: UTF8.self)
        let number = input.choices.reduce(0) { $0 << 8 | Int64($1) }
        // One part for each input: together they would be eight times slower.
        switch input.choices[0] % 8 {
        case 0: try encodings(input.content, text)
        case 1: try query(input.content, text)
        case 2: try cookies(text)
        case 3: try entityTags(text)
        case 4: try ranges(text, length: Int(number & 0xFFFF))
        case 5: try dates(text, number)
        case 6: try routes(input.content)
        default: try handshake(text, input.choices[1])
        }
    }

    private static func encodings(_ bytes: [UInt8], _ text: String) throws(Finding) {
        try require(Hex.decode(Hex.encode(bytes)) == bytes, "hex does not come back")
        if let decoded = Hex.decode(text) { try require(Hex.encode(decoded) == text.lowercased(), "hex is not read in full") }
        try require(Base64.decode(Base64.encode(bytes)) == bytes, "base 64 does not come back")
        if let decoded = Base64.decode(text) { try require(Base64.encode(decoded) == text, "base 64 is read that no encoder writes") }
        try require(Base64URL.decode(Base64URL.encode(bytes)) == bytes, "URL-safe base 64 does not come back")
        try require(Base64URL.decode(Base64URL.encode(bytes, padding: true)) == bytes, "padded base 64 does not come back")
        if let decoded = Base64URL.decode(text) {
            let spellings = [Base64URL.encode(decoded), Base64URL.encode(decoded, padding: true)]
            try require(spellings.contains(text), "URL-safe base 64 is read that no encoder writes")
        }
        try require(CrockfordBase32.decode(CrockfordBase32.encode(bytes)) == bytes, "base 32 does not come back")
        _ = CrockfordBase32.decode(text)
        let escaped = PercentEncoding.encode(text)
        for plusAsSpace in [false, true] {
            let decoded = PercentEncoding.decode(escaped.utf8, plusAsSpace: plusAsSpace)
            try require(decoded.map { $0.utf8.elementsEqual(text.utf8) } == true, "percent-encoding does not come back")
            if let decoded = PercentEncoding.decode(bytes, plusAsSpace: plusAsSpace) {
                try require(decoded.utf8.count <= bytes.count, "percent-encoding grows when it is decoded")
            }
        }
    }

    private static func query(_ bytes: [UInt8], _ text: String) throws(Finding) {
        _ = QueryParameters(bytes).all("a")
        let name = String(text.prefix(8))
        let query = "\(PercentEncoding.encode(name))=\(PercentEncoding.encode(text))&x=&&y"
        let values = QueryParameters(query.utf8)
        try require(values[first: name].map { $0.utf8.elementsEqual(text.utf8) } == true, "a parameter does not come back")
        try require(values.all("y").last == "", "a parameter after others is lost")
    }

    private static func cookies(_ text: String) throws(Finding) {
        _ = RequestCookies([text, text])["session"]
        let half = text.utf8.count / 2
        let name = String(decoding: text.utf8.prefix(half), as: UTF8.self)
        let value = String(decoding: text.utf8.dropFirst(half), as: UTF8.self)
        var cookie = SetCookie(name, value)
        if let header = try? cookie.headerValue() {
            try require(FieldSyntax.isValue(header.utf8) && header.hasPrefix("\(name)=\(value); "), "a cookie is written as \(header)")
            let read = RequestCookies(["\(text); \(name)=\(value)"])
            try require(read.all(name).contains(value), "a cookie does not come back")
        }
        cookie = SetCookie("name", "value")
        cookie.path = text
        if let header = try? cookie.headerValue() {
            try require(header.utf8.count { $0 == UInt8(ascii: ";") } == 4, "a path makes attributes: \(header)")
        }
    }

    private static func entityTags(_ text: String) throws(Finding) {
        _ = EntityTagList([text])
        _ = EntityTagList([text, text])
        if let tag = EntityTag.parse(text) {
            try require(tag.headerValue.utf8.elementsEqual(text.utf8), "a tag is read as another")
        }
        let half = text.utf8.count / 2
        let (left, right) = (Array(text.utf8.prefix(half)), Array(text.utf8.dropFirst(half)))
        if let one = EntityTag(String(decoding: left, as: UTF8.self)), let other = EntityTag(String(decoding: right, as: UTF8.self)) {
            let isSame = one.text.utf8.elementsEqual(other.text.utf8)
            try require(one.matchesStrongly(other) == isSame && (one == other) == isSame, "tags of different bytes match")
        }
        for isWeak in [false, true] {
            guard let tag = EntityTag(text, isWeak: isWeak) else { continue }
            let list = EntityTagList(["\"other\" , \(tag.headerValue),"])
            guard case .tags(let tags) = list, tags.count == 2 else {
                throw Finding(description: "a list of tags is read as \(String(describing: list))")
            }
            try require(tags[1].isWeak == isWeak && tags[1].text.utf8.elementsEqual(text.utf8), "a tag does not come back")
            try require(tags[1].matchesWeakly(tag) && tags[1].matchesStrongly(tag) != isWeak, "a tag does not match itself")
        }
    }

    private static func ranges(_ text: String, length: Int) throws(Finding) {
        for length in [0, 1, length, Int.max] {
            for value in [text, "bytes=\(text)"] {
                guard case .part(let part) = RangeRequest.parse(value, length: length) else { continue }
                try require(!part.isEmpty && part.lowerBound >= 0 && part.upperBound <= length, "\(part) of \(length) is no part")
            }
        }
    }

    private static func dates(_ text: String, _ number: Int64) throws(Finding) {
        for moment in [Timestamp(seconds: number * 64), Timestamp(microseconds: number << 32 | number), Timestamp(microseconds: -number)] {
            let isWritable = (0...253_402_300_799).contains(moment.seconds)
            try require(moment.httpDate.utf8.count == 29, "a date is written as \(moment.httpDate)")
            guard isWritable else { continue }
            try require(Timestamp(httpDate: moment.httpDate)?.seconds == moment.seconds, "\(moment.httpDate) does not come back")
            try require(Timestamp(rfc3339: moment.rfc3339)?.seconds == moment.seconds, "\(moment.rfc3339) does not come back")
            try require(Timestamp(rfc3339: moment.rfc3339Microseconds) == moment, "\(moment.rfc3339Microseconds) does not come back")
        }
        if let moment = Timestamp(httpDate: text) {
            try require(Timestamp(httpDate: moment.httpDate) == moment, "\(text) comes back as \(moment.httpDate)")
        }
        if let moment = Timestamp(rfc3339: text), moment.seconds >= 0, moment.seconds <= 253_402_300_799 {
            try require(Timestamp(rfc3339: moment.rfc3339Microseconds) == moment, "\(text) comes back as \(moment.rfc3339Microseconds)")
        }
    }

    private static func routes(_ bytes: [UInt8]) throws(Finding) {
        let path = [UInt8(ascii: "/")] + bytes
        let rest = path.withUnsafeBufferPointer { path in
            let path = RoutePath(path)
            return path.first.flatMap { path.rest(from: $0) }
        }
        guard let segments = rest?.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) else { return }
        for (index, segment) in segments.enumerated() {
            let isPlain = !segment.elementsEqual(".".utf8) && !segment.elementsEqual("..".utf8) && !segment.contains(0)
            try require(isPlain && (!segment.isEmpty || index == segments.count - 1), "a path below leads elsewhere")
        }
    }

    private static func handshake(_ text: String, _ choice: UInt8) throws(Finding) {
        var options = WebSocketOptions()
        var compression = WebSocketCompression()
        compression.serverContextTakeover = choice & 1 != 0
        compression.clientContextTakeover = choice & 2 != 0
        options.compression = compression
        for field in ["sec-websocket-extensions", "sec-websocket-protocol", "sec-websocket-key", "connection"] {
            let usual = [
                "host": "a", "upgrade": "websocket", "connection": "Upgrade", "sec-websocket-version": "13",
                "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
            ]
            let request = UpgradeRequest(method: "GET", isHTTP11: true) { $0 == field ? [text] : usual[$0].map { [$0] } ?? [] }
            guard let agreement = try? request.agree(options: options, chooseSubprotocol: { $0.last }) else { continue }
            try require(FieldSyntax.isToken((agreement.subprotocol ?? "none").utf8), "a subprotocol is no token")
            guard let deflate = agreement.deflate else { continue }
            let answer = ExtensionOffer.parse([deflate.headerValue])
            try require(answer?.count == 1 && answer?.first?.name == "permessage-deflate", "the answer is \(deflate.headerValue)")
            try require((9...15).contains(deflate.serverWindowBits), "the server's window is \(deflate.serverWindowBits)")
            try require((8...15).contains(deflate.clientWindowBits ?? 15), "the client's window is \(deflate.headerValue)")
        }
    }
}
