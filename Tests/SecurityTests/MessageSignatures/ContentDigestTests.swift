import Security
import Testing

/// contracts/cosmos.md 3.3, Content-Digest; RFC 9530.
struct ContentDigestTests {
    /// RFC 9530 B.1 and D: the digests of `{"hello": "world"}` and a line feed.
    private static let sha256 = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
    private static let sha512 =
        "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:"

    private func failure(_ lines: [String], body: String = "{\"hello\": \"world\"}\n") -> SignatureFailure? {
        let message = SignedMessage(
            method: "POST", scheme: "https", authority: "example.com", path: "/", headers: lines.map { ("content-digest", $0) },
            body: Array(body.utf8))
        do throws(SignatureFailure) {
            try ContentDigest.verify(message)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        arguments: [
            [sha256], [sha512], ["\(sha256), \(sha512)"], [sha512, sha256], ["md5=:AAAA:, \(sha256)"], ["\(sha512), unixsum=5"],
            ["\(sha256);more=1"],
        ]) func aBodyThatFitsIsGood(_ lines: [String])
    {
        #expect(failure(lines) == nil)
        #expect(failure(lines, body: "{\"hello\": \"world\"}") == .wrongDigest("Content-Digest does not fit the body."))
        #expect(failure(lines, body: "") == .wrongDigest("Content-Digest does not fit the body."))
    }

    /// "Every recognised member must match"; what looks right in another form is not.
    @Test(
        arguments: [
            "sha-256=:AAAA:", "\(sha256), sha-512=:AAAA:", "sha-256=:AAAA:, \(sha512)", "sha-256", "sha-256=()",
            "sha-256=RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg",
            "sha-256=\"RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=\"", "sha-256=::",
            "sha-512=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
        ]) func whatDoesNotFitIsRefused(_ line: String)
    {
        #expect(failure([line]) == .wrongDigest("Content-Digest does not fit the body."))
    }

    /// "At least one recognised member is needed; others (md5, sha, unixsum...) do not count".
    @Test(arguments: [[], [""], ["md5=:AAAA:"], ["sha=:AAAA:, unixsum=5"]]) func weakDigestsDoNotCount(_ lines: [String]) {
        #expect(failure(lines) == .wrongDigest("Content-Digest has neither sha-256 nor sha-512."))
    }

    @Test(arguments: ["SHA-256=RK", "sha-256=:AAA:", "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDh=:", "nonsense;", "sha-256="])
    func whatCannotBeReadIsRefused(_ line: String) {
        #expect(failure([line]) == .wrongDigest("Content-Digest is no dictionary."))
    }

    @Test func whatIsWrittenFits() {
        for body in ["", "{}", "{\"hello\": \"world\"}\n"] {
            #expect(failure([ContentDigest.field(for: Array(body.utf8))], body: body) == nil)
        }
        #expect(ContentDigest.field(for: Array("{\"hello\": \"world\"}\n".utf8)) == Self.sha256)
    }
}
