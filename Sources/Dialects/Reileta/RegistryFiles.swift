public import HTTP
public import Primitives
public import Storage

/// Keeps pictures and the files of assets: the store of blobs and the reader of pictures, or what stands in for them in a test.
public struct RegistryFiles: Sendable {
    /// The largest size that a picture is kept in.
    public struct Box: Sendable, Equatable {
        /// Pixels.
        public var width: Int
        /// Pixels.
        public var height: Int

        /// A size.
        public init(width: Int, height: Int) {
            self.width = width
            self.height = height
        }
    }

    /// Why a file is not taken; a sentence for whoever has sent it.
    public enum Refusal: Error, Sendable, Equatable {
        /// It has more bytes or pixels than may be.
        case tooLarge(String)
        /// It is not what it should be.
        case invalid(String)
        /// The operator's check does not take it.
        case notAccepted(String)
        /// It cannot be looked at now.
        case unavailable(String)
    }

    /// A file on its way in.
    public struct Upload: Sendable {
        /// Takes the next piece. Throws `Refusal.tooLarge`.
        public var append: @Sendable (_ bytes: [UInt8]) async throws -> Void
        /// SHA-256 of what has come.
        public var digest: @Sendable () -> [UInt8]
        /// Lets the operator's check look at what has come, if there is one. Throws `Refusal.notAccepted`, `.unavailable`.
        public var check: @Sendable (_ engine: String, _ platform: String) async throws -> Void
        /// Ends the upload: durable when it returns.
        public var finish: @Sendable () async throws -> StoredBlob
        /// Ends the upload and forgets what has come.
        public var cancel: @Sendable () async -> Void

        /// Names every step once.
        public init(
            append: @escaping @Sendable (_ bytes: [UInt8]) async throws -> Void, digest: @escaping @Sendable () -> [UInt8],
            check: @escaping @Sendable (_ engine: String, _ platform: String) async throws -> Void,
            finish: @escaping @Sendable () async throws -> StoredBlob, cancel: @escaping @Sendable () async -> Void
        ) {
            self.append = append
            self.digest = digest
            self.check = check
            self.finish = finish
            self.cancel = cancel
        }
    }

    /// Reads a picture and writes it again as PNG, off the loop. Throws `Refusal`.
    public var clean: @Sendable (_ picture: [UInt8], _ box: Box) async throws -> [UInt8]
    /// Begins an upload of so many bytes at most.
    public var upload: @Sendable (_ limit: Int64) async throws -> Upload
    /// Answers a GET or HEAD for a file that is kept, with conditions and ranges.
    public var answer:
        @Sendable (_ request: HTTPRequest, _ file: StoredBlob, _ type: String, _ modified: Timestamp) async throws -> HTTPResponse

    /// Names every step once.
    public init(
        clean: @escaping @Sendable (_ picture: [UInt8], _ box: Box) async throws -> [UInt8],
        upload: @escaping @Sendable (_ limit: Int64) async throws -> Upload,
        answer:
            @escaping @Sendable (_ request: HTTPRequest, _ file: StoredBlob, _ type: String, _ modified: Timestamp) async throws
            -> HTTPResponse
    ) {
        self.clean = clean
        self.upload = upload
        self.answer = answer
    }

    /// Keeps a small file.
    func keep(_ bytes: [UInt8]) async throws -> StoredBlob {
        let upload = try await upload(Int64(bytes.count))
        do {
            try await upload.append(bytes)
            return try await upload.finish()
        } catch {
            await upload.cancel()
            throw error
        }
    }
}
