/// A small form in parts, read at once.
public struct MultipartForm: Sendable {
    /// A part with its content.
    public struct Entry: Sendable, Equatable {
        /// What its header says.
        public var part: MultipartPart
        /// All of it.
        public var content: [UInt8]
    }

    /// The parts, in order.
    public private(set) var entries: [Entry] = []

    /// - Parameters:
    ///   - body: the whole body, which the caller has bounded.
    ///   - contentType: the value of its Content-Type field.
    /// - Throws: `MultipartError`.
    public init(_ body: [UInt8], contentType: String, limits: MultipartLimits = MultipartLimits()) throws(MultipartError) {
        var parser = try MultipartParser(contentType: contentType, limits: limits)
        var rest = body[...]
        while let event = try parser.next(in: &rest) {
            switch event {
            case .part(let part): entries.append(Entry(part: part, content: []))
            case .content(let content): entries[entries.endIndex - 1].content += content
            case .partEnd: break
            }
        }
        try parser.finish()
    }

    /// The content of the first field of a name that is no file.
    public subscript(field name: String) -> [UInt8]? {
        entries.first { $0.part.name == name && $0.part.filename == nil }?.content
    }

    /// Whether there is a file.
    public var hasFiles: Bool { entries.contains { $0.part.filename != nil } }
}
