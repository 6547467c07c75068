public import Community
public import HTTP
public import Storage

/// Keeps the archives of profiles, and looks into them: the store of blobs and the reader of archives, or what stands in for them in a test.
public struct ProfileArchives: Sendable {
    /// Why an archive is not one of a profile; a sentence for whoever has sent it.
    public struct Refusal: Error, Sendable, Equatable {
        /// The sentence.
        public var message: String

        /// A refusal.
        public init(message: String) {
            self.message = message
        }
    }

    /// Reads what an archive says of itself, off the loop. Throws `Refusal`.
    public var read: @Sendable (_ archive: [UInt8]) async throws -> ProfileManifest
    /// Keeps an archive, byte by byte: durable when it returns.
    public var keep: @Sendable (_ archive: [UInt8]) async throws -> StoredBlob
    /// Answers a GET or HEAD for one that is kept, with conditions and ranges.
    public var answer: @Sendable (_ request: HTTPRequest, _ archive: StoredBlob) async throws -> HTTPResponse

    /// Names every step once.
    public init(
        read: @escaping @Sendable (_ archive: [UInt8]) async throws -> ProfileManifest,
        keep: @escaping @Sendable (_ archive: [UInt8]) async throws -> StoredBlob,
        answer: @escaping @Sendable (_ request: HTTPRequest, _ archive: StoredBlob) async throws -> HTTPResponse
    ) {
        self.read = read
        self.keep = keep
        self.answer = answer
    }
}
