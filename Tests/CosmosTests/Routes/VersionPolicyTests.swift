import HTTP
import Primitives
import Testing

@testable import Cosmos

/// contracts/cosmos.md 5.2, 5.3: which version a request asks for, and what is said about one that will end.
struct VersionPolicyTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let end = CosmosSettings.Deprecation(
        version: 1, deprecatedAt: Timestamp(seconds: 1_767_225_600), sunsetAt: now, link: "https://galaxy.example.com/migrate")

    private static func outcome(
        prefix: Int?, header: String?, at now: Timestamp = now, _ deprecations: [CosmosSettings.Deprecation] = []
    ) -> (version: Int?, problem: Problem?) {
        do throws(Problem) {
            return (try VersionPolicy(deprecations: deprecations).version(prefix: prefix, header: header, at: now), nil)
        } catch {
            return (nil, error)
        }
    }

    @Test(arguments: [(nil, nil), (1, nil), (nil, "1"), (1, "1")] as [(Int?, String?)])
    func `without a word it is the current one`(prefix: Int?, header: String?) {
        #expect(Self.outcome(prefix: prefix, header: header).version == 1)
    }

    /// "unsupported => 400/4600; disagreeing with the path prefix => 400/4600. Not an integer => 400/4400."
    @Test(
        arguments: [
            (nil, "2", 4600), (nil, "0", 4600), (nil, "-1", 4400), (1, "2", 4600), (2, nil, 4600), (nil, "one", 4400), (nil, "", 4400),
            (nil, "1.0", 4400), (nil, "+1", 4400), (nil, "01", 4400), (nil, "1, 1", 4400), (1, "v1", 4400),
        ] as [(Int?, String?, Int)])
    func `others are refused`(prefix: Int?, header: String?, code: Int) {
        let problem = Self.outcome(prefix: prefix, header: header).problem
        #expect(problem?.kind.code == code && problem?.kind.status.code == 400)
        #expect(problem?.supported == (code == 4600 ? [1] : nil))
    }

    /// "A deprecated version answers normally and adds …"; "not a boolean, not an HTTP date", "an HTTP date".
    @Test func `a version that will end says when and where to read about it`() {
        let policy = VersionPolicy(deprecations: [Self.end])
        #expect(Self.outcome(prefix: nil, header: nil, at: Self.now.adding(seconds: -1), [Self.end]).version == 1)
        let fields = policy.headers(of: 1)
        #expect(fields.map(\.name) == ["Deprecation", "Sunset", "Link"])
        #expect(fields[0].value == "@1767225600" && fields[1].value == "Fri, 15 Jan 2027 08:00:00 GMT")
        #expect(fields[2].value == "<https://galaxy.example.com/migrate>; rel=\"deprecation\"; type=\"text/html\"")
        #expect(policy.headers(of: 2).isEmpty && VersionPolicy(deprecations: []).headers(of: 1).isEmpty)
    }

    /// "[Sunset] must not be earlier than the deprecation date".
    @Test func `no version ends before it is deprecated`() {
        var end = Self.end
        end.sunsetAt = end.deprecatedAt.adding(seconds: -1)
        #expect(VersionPolicy(deprecations: [end]).headers(of: 1)[1].value == "Thu, 01 Jan 2026 00:00:00 GMT")
    }

    /// "after sunset 410/4601 with the same Link".
    @Test func `after its end a version is gone`() {
        let problem = Self.outcome(prefix: 1, header: nil, [Self.end]).problem
        #expect(problem?.kind.code == 4601 && problem?.kind.status.code == 410)
        #expect(problem?.response.headers[first: "Link"]?.contains("/migrate") == true)
        #expect(problem?.response.headers[first: "Deprecation"] == "@1767225600")
    }

    @Test(
        arguments: [
            ("/v2/meta", 4600), ("/v0/galaxy/g1", 4600), ("/v99", 4600), ("/v2/", 4600), ("/v7/meta", 4601), ("/v1/nothing", nil),
            ("/v02/meta", nil), ("/v/meta", nil), ("/v2x/meta", nil), ("/version", nil), ("/", nil), ("/V2/meta", nil), ("/v-1/meta", nil),
            ("/v99999999999999999999/meta", nil),
        ] as [(String, Int?)])
    func `only paths with a number that is not served are other versions`(path: String, code: Int?) {
        var past = Self.end
        past.version = 7
        #expect(VersionPolicy(deprecations: [past]).refusal(of: path, at: Self.now)?.kind.code == code)
    }
}
