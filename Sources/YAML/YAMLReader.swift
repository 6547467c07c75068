internal import CYAML

/// Reads one YAML document through libyaml; JSON is YAML too. Anchors, aliases, tags and several documents are refused: they are what a small
/// text grows large by, or what makes it something else than it looks like, and nothing that is read here needs them.
public struct YAMLReader {
    /// Why a text is not read.
    public struct Failure: Error, Equatable {
        /// Where, from 1.
        public var line: Int
        /// What is wrong there; names the limit when it is one.
        public var reason: String

        /// A reason on a line.
        public init(line: Int, reason: String) {
            self.line = line
            self.reason = reason
        }
    }

    /// Bytes of a document, at most, unless said otherwise.
    public static let byteLimit = 1 << 20
    /// Levels of a document, at most, unless said otherwise.
    public static let depthLimit = 16

    private var events: [Event] = []
    private var position = 0

    private enum Event {
        case null(line: Int)
        case scalar(String, isPlain: Bool, line: Int)
        case sequenceStart(line: Int)
        case sequenceEnd
        case mappingStart(line: Int)
        case mappingEnd
    }

    /// The document in `bytes`, null when there is nothing in it.
    ///
    /// - Parameters:
    ///   - subject: what is read, for the sentence about its size.
    ///   - limits: how much is read.
    public static func parse(
        _ bytes: [UInt8], as subject: String = "a document", limits: YAMLLimits = YAMLLimits()
    ) throws(Failure) -> YAMLNode {
        guard bytes.count <= limits.bytes else { throw Failure(line: 1, reason: "\(subject) has at most \(limits.bytes) bytes") }
        var reader = YAMLReader()
        try reader.scan(bytes, depthLimit: limits.depth)
        guard !reader.events.isEmpty else { return YAMLNode(content: .null, line: 1) }
        return try reader.node()
    }

    // MARK: Events

    private mutating func scan(_ bytes: [UInt8], depthLimit: Int) throws(Failure) {
        var parser = yaml_parser_t()
        guard yaml_parser_initialize(&parser) == 1 else { throw Failure(line: 1, reason: "out of memory") }
        defer { yaml_parser_delete(&parser) }
        var failure: Failure?
        var collected: [Event] = []
        bytes.withUnsafeBufferPointer { input in
            yaml_parser_set_input_string(&parser, input.baseAddress, input.count)
            failure = Self.collect(from: &parser, reading: input, depthLimit: depthLimit, into: &collected)
        }
        if let failure { throw failure }
        events = collected
    }

    private static func collect(
        from parser: inout yaml_parser_t, reading input: UnsafeBufferPointer<UInt8>, depthLimit: Int, into events: inout [Event]
    ) -> Failure? {
        var documents = 0
        var depth = 0
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(&parser, &event) == 1 else { return failure(of: parser, in: input) }
            defer { yaml_event_delete(&event) }
            let line = Int(event.start_mark.line) + 1
            switch event.type {
            case YAML_STREAM_END_EVENT: return nil
            case YAML_DOCUMENT_START_EVENT:
                documents += 1
                if documents > 1 { return Failure(line: line, reason: "only one document is read") }
            case YAML_ALIAS_EVENT: return Failure(line: line, reason: "aliases are not read")
            case YAML_SCALAR_EVENT:
                let scalar = event.data.scalar
                guard scalar.anchor == nil, scalar.tag == nil else { return decorated(line) }
                let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
                let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
                let isNull = isPlain && YAMLKind(plain: text) == .null
                events.append(isNull ? .null(line: line) : .scalar(text, isPlain: isPlain, line: line))
            case YAML_SEQUENCE_START_EVENT:
                guard event.data.sequence_start.anchor == nil, event.data.sequence_start.tag == nil else { return decorated(line) }
                depth += 1
                events.append(.sequenceStart(line: line))
            case YAML_SEQUENCE_END_EVENT:
                depth -= 1
                events.append(.sequenceEnd)
            case YAML_MAPPING_START_EVENT:
                guard event.data.mapping_start.anchor == nil, event.data.mapping_start.tag == nil else { return decorated(line) }
                depth += 1
                events.append(.mappingStart(line: line))
            case YAML_MAPPING_END_EVENT:
                depth -= 1
                events.append(.mappingEnd)
            default: break
            }
            // Here and not later: libyaml takes the square of the depth in time.
            if depth > depthLimit { return Failure(line: line, reason: "more than \(depthLimit) levels") }
        }
    }

    private static func decorated(_ line: Int) -> Failure {
        Failure(line: line, reason: "anchors and tags are not read")
    }

    private static func failure(of parser: yaml_parser_t, in input: UnsafeBufferPointer<UInt8>) -> Failure {
        // Of bytes that are no text libyaml tells the offset and not the line.
        let lineBreaks =
            parser.error == YAML_READER_ERROR
            ? input.prefix(parser.problem_offset).count { $0 == UInt8(ascii: "\n") } : Int(parser.problem_mark.line)
        return Failure(line: lineBreaks + 1, reason: parser.problem.map { String(cString: $0) } ?? "not YAML")
    }

    // MARK: Nodes

    private mutating func node() throws(Failure) -> YAMLNode {
        let event = events[position]
        position += 1
        switch event {
        case .null(let line): return YAMLNode(content: .null, line: line)
        case .scalar(let text, let isPlain, let line): return YAMLNode(content: .scalar(text, isPlain: isPlain), line: line)
        case .sequenceStart(let line):
            var items: [YAMLNode] = []
            while !atEnd(of: .sequenceEnd) { items.append(try node()) }
            position += 1
            return YAMLNode(content: .sequence(items), line: line)
        case .mappingStart(let line):
            var entries: [YAMLNode.Entry] = []
            var names: Set<String> = []
            while !atEnd(of: .mappingEnd) {
                let key = try node()
                guard let name = key.text else { throw Failure(line: key.line, reason: "a key is a word") }
                guard names.insert(name).inserted else { throw Failure(line: key.line, reason: "\(name) stands here twice") }
                entries.append(YAMLNode.Entry(key: name, line: key.line, value: try node()))
            }
            position += 1
            return YAMLNode(content: .mapping(entries), line: line)
        case .sequenceEnd, .mappingEnd: throw Failure(line: 1, reason: "not YAML")
        }
    }

    private enum End {
        case sequenceEnd
        case mappingEnd
    }

    private func atEnd(of end: End) -> Bool {
        switch (events[position], end) {
        case (.sequenceEnd, .sequenceEnd), (.mappingEnd, .mappingEnd): true
        default: false
        }
    }
}
