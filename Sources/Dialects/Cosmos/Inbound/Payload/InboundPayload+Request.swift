internal import HTTP
internal import JSON

extension InboundPayload {
    /// Reads the payload of a request. A form with a file in it is not read further.
    ///
    /// - Throws: `Failure`, `HTTPError.bodyTooLarge`.
    init(_ request: HTTPRequest, limit: Int) async throws {
        let contentType = request.headers[first: "content-type"]
        guard case .multipart(let type) = try Self.form(contentType: contentType) else {
            try self.init(try await request.body.collect(upTo: limit), contentType: contentType)
            return
        }
        var body: [UInt8] = []
        do {
            var parser = try MultipartParser(contentType: type)
            while let piece = try await request.body.next() {
                body += piece
                guard body.count <= limit else { throw HTTPError.bodyTooLarge(limit: limit) }
                var rest = piece[...]
                while let event = try parser.next(in: &rest) {
                    if case .part(let part) = event, part.filename != nil { throw Failure.hasFiles }
                }
            }
        } catch let error as MultipartError {
            throw Failure.malformed(Self.reason(error))
        }
        try self.init(body, contentType: type)
    }

    /// - Throws: `JSONError` for anything but one object.
    func object(limit: Int) throws(JSONError) -> JSONObject {
        try JSONValue.parse(json, limits: JSONLimits(bytes: limit)).object()
    }
}

extension Problem {
    /// A payload that cannot be found in its body.
    init(_ failure: InboundPayload.Failure) {
        switch failure {
        case .malformed(let reason): self.init(.invalid, reason)
        case .unsupportedMediaType:
            self.init(.unsupportedMediaType, "The body is JSON, application/x-www-form-urlencoded or multipart/form-data.")
        case .hasFiles: self = .filesRefused
        }
    }
}
