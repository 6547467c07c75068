/// What the header of a part of a form says (RFC 7578 section 4).
public struct MultipartPart: Sendable, Equatable {
    /// The name of the form's field.
    public var name: String
    /// The name of the file, as the client gives it: never a path to be trusted. Nil for a part that is no file.
    public var filename: String?
    /// What the content is, as the client says.
    public var contentType: String?

    /// A part with all that its header says.
    public init(name: String, filename: String? = nil, contentType: String? = nil) {
        self.name = name
        self.filename = filename
        self.contentType = contentType
    }

    /// From the fields of the part.
    ///
    /// - Throws: `MultipartError.malformed`.
    init(fields: [(name: String, value: String)]) throws(MultipartError) {
        func value(of name: String) throws(MultipartError) -> String? {
            let values = fields.filter { $0.name == name }
            guard values.count <= 1 else { throw .malformed("a field of a part stands twice") }
            return values.first?.value
        }
        guard let text = try value(of: "content-disposition") else { throw .malformed("a part without Content-Disposition") }
        var scanner = ParameterScanner(text)
        guard scanner.token()?.lowercased() == "form-data", let parameters = scanner.parameters() else {
            throw .malformed("a Content-Disposition")
        }
        guard let name = parameters["name"] else { throw .malformed("a part without a name") }
        // RFC 7578 4.7: only what needs no decoding.
        if let encoding = try value(of: "content-transfer-encoding")?.lowercased(), !["7bit", "8bit", "binary"].contains(encoding) {
            throw .malformed("an encoded part")
        }
        // RFC 7578 4.2 forbids `filename*`; where it stands it is a file all the same.
        self.init(name: name, filename: parameters["filename"] ?? parameters["filename*"], contentType: try value(of: "content-type"))
    }
}

/// Why a body is not a form in parts. Every limit names itself.
public enum MultipartError: Error, Sendable, Equatable {
    /// Not as RFC 2046 and RFC 7578 write it; the text says which part.
    case malformed(String)
    /// More parts than so many.
    case tooManyParts(limit: Int)
    /// The header of a part has more bytes than so many.
    case headerTooLarge(limit: Int)
    /// The body ends before its last boundary.
    case incomplete
}

/// How much of a form is read.
public struct MultipartLimits: Sendable {
    /// Parts of a body.
    public var parts: Int
    /// Bytes of the header of one part.
    public var headerBytes: Int
    /// Fields of the header of one part.
    public var headerFields: Int

    /// 32 parts with headers of 4 KiB and 16 fields, unless said otherwise. How large parts may be is for their reader.
    public init(parts: Int = 32, headerBytes: Int = 4_096, headerFields: Int = 16) {
        self.parts = parts
        self.headerBytes = headerBytes
        self.headerFields = headerFields
    }
}
