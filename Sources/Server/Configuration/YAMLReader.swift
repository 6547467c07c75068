internal import CYAML

/// Reads one YAML document through libyaml. Anchors, aliases, tags and several documents are refused: a configuration needs none of them.
struct YAMLReader {
    /// Why a text is not read.
    struct Failure: Error, Equatable {
        var line: Int
        var reason: String
    }

    /// Bytes of a document, at most.
    static let byteLimit = 1 << 20
    /// Levels of a document, at most.
    static let depthLimit = 16

    private var events: [Event] = []
    private var position = 0

    private enum Event {
        case scalar(String, line: Int)
        case sequenceStart(line: Int)
        case sequenceEnd
        case mappingStart(line: Int)
        case mappingEnd
    }

    /// The document in `bytes`, nil when there is nothing in it.
    static func parse(_ bytes: [UInt8]) throws(Failure) -> YAMLNode? {
        guard bytes.count <= byteLimit else { throw Failure(line: 1, reason: "a configuration has at most \(byteLimit) bytes") }
        var reader = YAMLReader()
        try reader.scan(bytes)
        guard !reader.events.isEmpty else { return nil }
        return try reader.node(depth: 0)
    }

    // MARK: Events

    private mutating func scan(_ bytes: [UInt8]) throws(Failure) {
        var parser = yaml_parser_t()
        guard yaml_parser_initialize(&parser) == 1 else { throw Failure(line: 1, reason: "out of memory") }
        defer { yaml_parser_delete(&parser) }
        var failure: Failure?
        var collected: [Event] = []
        bytes.withUnsafeBufferPointer { input in
            yaml_parser_set_input_string(&parser, input.baseAddress, input.count)
            failure = Self.collect(from: &parser, into: &collected)
        }
        if let failure { throw failure }
        events = collected
    }

    private static func collect(from parser: inout yaml_parser_t, into events: inout [Event]) -> Failure? {
        var documents = 0
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(&parser, &event) == 1 else {
                return Failure(line: Int(parser.problem_mark.line) + 1, reason: parser.problem.map { String(cString: $0) } ?? "not YAML")
            }
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
                let isNull = scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.length == 0
                let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
                // An empty document is one empty scalar.
                if !(isNull && events.isEmpty) { events.append(.scalar(text, line: line)) }
            case YAML_SEQUENCE_START_EVENT: events.append(.sequenceStart(line: line))
            case YAML_SEQUENCE_END_EVENT: events.append(.sequenceEnd)
            case YAML_MAPPING_START_EVENT: events.append(.mappingStart(line: line))
            case YAML_MAPPING_END_EVENT: events.append(.mappingEnd)
            default: break
            }
        }
    }

    // MARK: Nodes

    private mutating func node(depth: Int) throws(Failure) -> YAMLNode {
        let event = events[position]
        position += 1
        switch event {
        case .scalar(let text, let line): return YAMLNode(content: .scalar(text), line: line)
        case .sequenceStart(let line):
            try check(depth, line)
            var items: [YAMLNode] = []
            while !atEnd(of: .sequenceEnd) { items.append(try node(depth: depth + 1)) }
            position += 1
            return YAMLNode(content: .sequence(items), line: line)
        case .mappingStart(let line):
            try check(depth, line)
            var entries: [YAMLNode.Entry] = []
            while !atEnd(of: .mappingEnd) {
                let key = try node(depth: depth + 1)
                guard let name = key.text else { throw Failure(line: key.line, reason: "a key is a word") }
                guard !entries.contains(where: { $0.key == name }) else {
                    throw Failure(line: key.line, reason: "\(name) stands here twice")
                }
                entries.append(YAMLNode.Entry(key: name, line: key.line, value: try node(depth: depth + 1)))
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

    private func check(_ depth: Int, _ line: Int) throws(Failure) {
        guard depth < Self.depthLimit else { throw Failure(line: line, reason: "more than \(Self.depthLimit) levels") }
    }
}
