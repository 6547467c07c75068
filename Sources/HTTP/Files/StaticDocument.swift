/// Bytes that stay the same as long as the process runs, and a name for them, so that nobody has to fetch them twice.
///
/// ```swift
/// let manual = StaticDocument(bytes, contentType: "application/yaml", entityTag: EntityTag(hashOfTheBytes))
/// router.get("/manual.yaml", manual.handler)
/// ```
public struct StaticDocument: Sendable {
    private let bytes: [UInt8]
    private let contentType: String
    private let entityTag: EntityTag?

    /// - Parameter entityTag: a strong one that other bytes would not have, as a hash is; nil lets every client fetch all of it.
    public init(_ bytes: [UInt8], contentType: String, entityTag: EntityTag?) {
        self.bytes = bytes
        self.contentType = contentType
        self.entityTag = entityTag
    }

    /// Answers GET and HEAD: 200, 206, 304, 412 or 416, as `Representation` says.
    public var handler: Handler {
        { request in .conditional(bytes, contentType: contentType, entityTag: entityTag, to: request) }
    }
}
