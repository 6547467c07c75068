import Primitives
import Testing

@testable import Blobs

/// The names that bytes are stored under (docs/decisions/0012-blobs.md).
struct BlobNameTests {
    private let name = BlobName(digest: Array(0xA0...0xBF), id: 12)

    @Test func aNameHoldsTheDigestAndTheRow() {
        #expect(name.text == "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf-12")
        #expect(name.path == "a0/\(name.text)")
        #expect(name.shard == 0xA0)
    }

    @Test func aNameIsReadAsItIsWritten() {
        #expect(BlobName(name.text) == name)
        #expect(BlobName(path: name.path) == name)
    }

    /// What somebody else has put there is not taken for ours, and so never removed.
    @Test(arguments: ["", "-", "-1", "a0", "%", "%-", "%-0", "%--1", "%-012", "%-1x", "%-1.tmp", "%-9223372036854775808", "A%-1", "0%-1"])
    func nothingElseIsAName(_ pattern: String) {
        let text = pattern.replacing("%", with: Hex.encode(name.digest))
        #expect(BlobName(text) == nil)
        #expect(BlobName(Hex.encode(name.digest).uppercased() + "-1") == nil)
    }

    @Test func aPathHasTheFolderOfItsDigest() {
        for path in [name.text, "a1/\(name.text)", "A0/\(name.text)", "a0-\(name.text)", "/a0/\(name.text)", "a0/\(name.text)/", "a0/"] {
            #expect(BlobName(path: path) == nil, "\(path)")
        }
    }
}
