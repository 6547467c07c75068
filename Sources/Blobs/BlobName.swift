internal import Primitives
internal import Security
internal import Storage

/// What the bytes of a blob are stored under: `<digest in hexadecimal>-<id of the row>`.
///
/// With the id in it, the bytes of a row that was removed are never those of a later row of the same content: removing them is always safe.
struct BlobName: Sendable, Hashable {
    let digest: [UInt8]
    let id: Int64

    init(digest: [UInt8], id: Int64) {
        self.digest = digest
        self.id = id
    }

    init(_ blob: StoredBlob) {
        self.init(digest: blob.digest, id: blob.id)
    }

    /// Reads a name; nil when it is not written exactly as `text` writes it, and so none of ours.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let digest = Hex.decode(parts[0]), digest.count == SHA256.length, let id = Int64(parts[1]), id > 0 else {
            return nil
        }
        self.init(digest: digest, id: id)
        guard self.text.utf8.elementsEqual(text.utf8) else { return nil }
    }

    /// Reads a path; nil when it is none of ours.
    init?(path: some StringProtocol) {
        guard path.utf8.count > 3, let name = BlobName(path.dropFirst(3)), name.path.utf8.elementsEqual(path.utf8) else { return nil }
        self = name
    }

    /// The digest in hexadecimal.
    var digestText: String { Hex.encode(digest) }

    var text: String { "\(digestText)-\(id)" }

    /// Which of the 256 folders it is in.
    var shard: UInt8 { digest.first ?? 0 }

    /// The same on disk and in S3, so that a store can be copied into the other kind.
    var path: String { "\(Self.folder(of: shard))/\(text)" }

    /// The first byte of the digest in hexadecimal.
    static func folder(of shard: UInt8) -> String { Hex.encode([shard]) }
}
