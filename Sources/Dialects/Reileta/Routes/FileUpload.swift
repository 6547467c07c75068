internal import HTTP
internal import Primitives
internal import Security

/// Takes the file out of a form in parts while it comes: the field `file` (contracts/reileta.md 2.3).
enum FileUpload {
    /// What a form may have besides its file, in bytes.
    private static let formOverhead = 65_536

    /// Hands the pieces of the file over.
    ///
    /// - Parameters:
    ///   - limit: bytes of the file.
    ///   - missing: the code when there is no file.
    ///   - piece: takes a piece. It may throw.
    /// - Throws: `Failure` 130 with the limit and the size as far as it is known; `MultipartError`.
    static func receive(
        _ request: HTTPRequest, limit: Int64, missing: FailureCode, _ piece: ([UInt8]) async throws -> Void
    ) async throws {
        if let length = request.body.declaredLength, Int64(length) - Int64(formOverhead) > limit {
            throw Failure(.fileTooLarge, "At most \(limit) bytes; this request has \(length).")
        }
        guard let type = request.headers[first: "content-type"] else { throw Failure(missing, "The body must be multipart/form-data.") }
        var parser = try MultipartParser(contentType: type)
        var isFile = false
        var hasFile = false
        var size: Int64 = 0
        var rest: Int64 = 0
        while let bytes = try await request.body.next() {
            var input = bytes[...]
            while let event = try parser.next(in: &input) {
                switch event {
                case .part(let part):
                    isFile = part.name == "file" && !hasFile
                    hasFile = hasFile || isFile
                case .content(let content) where isFile:
                    size += Int64(content.count)
                    guard size <= limit else { throw Failure(.fileTooLarge, "At most \(limit) bytes; this file has more.") }
                    try await piece(Array(content))
                case .content(let content):
                    rest += Int64(content.count)
                    guard rest <= formOverhead else { throw Failure(.fileTooLarge, "At most \(formOverhead) bytes besides the file.") }
                case .partEnd: isFile = false
                }
            }
        }
        try parser.finish()
        guard hasFile, size > 0 else { throw Failure(missing, "The form has no field \"file\" with content.") }
    }

    /// Compares a digest with the one that the client has announced, if it has (`X-File-Hash`).
    ///
    /// - Throws: `Failure` 133.
    static func check(_ digest: [UInt8], against request: HTTPRequest) throws(Failure) {
        guard let announced = request.headers[first: "x-file-hash"], !announced.isEmpty else { return }
        guard announced.lowercased() == Hex.encode(digest) else {
            throw Failure(.fileHashMismatch, "The file hashes to \(Hex.encode(digest)).")
        }
    }
}
