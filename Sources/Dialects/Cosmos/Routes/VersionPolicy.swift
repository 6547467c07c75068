internal import HTTP
internal import Primitives

/// Which version a request asks for, and what the answer says of it (contracts/cosmos.md 5).
struct VersionPolicy: Sendable {
    /// The version of routes without a prefix.
    static let current = 1
    /// All that are served, ascending.
    static let served = [1]

    let deprecations: [CosmosSettings.Deprecation]

    /// The version of a request.
    ///
    /// - Parameters:
    ///   - prefix: of the path; nil without one.
    ///   - header: the value of `Cosmos-Version`; nil without one.
    /// - Throws: `Problem` 4600 for a version that is not served or another one than the path's, 4601 for one past its sunset, 4400 for no number.
    func version(prefix: Int?, header: String?, at now: Timestamp) throws(Problem) -> Int {
        var version = prefix ?? Self.current
        if let header {
            guard let number = Int(header), number >= 0, String(number) == header else {
                throw Problem(.invalid, "Cosmos-Version is a whole number.")
            }
            guard prefix == nil || prefix == number else { throw unsupported("Cosmos-Version is not the version of the path.") }
            version = number
        }
        if let end = deprecations.first(where: { $0.version == version }), now >= end.sunsetAt {
            var problem = Problem(.versionGone)
            problem.headers = Self.headers(of: end)
            throw problem
        }
        guard Self.served.contains(version) else { throw unsupported("Version \(version) is not served.") }
        return version
    }

    /// The header fields of an answer in a version.
    func headers(of version: Int) -> [(name: String, value: String)] {
        deprecations.first { $0.version == version }.map(Self.headers) ?? []
    }

    /// RFC 9745, RFC 8594, RFC 8288.
    private static func headers(of end: CosmosSettings.Deprecation) -> [(name: String, value: String)] {
        [
            ("Deprecation", "@\(end.deprecatedAt.seconds)"), ("Sunset", max(end.sunsetAt, end.deprecatedAt).httpDate),
            ("Link", "<\(end.link)>; rel=\"deprecation\"; type=\"text/html\""),
        ]
    }

    /// The answer to a path such as `/v2/galaxy`; nil for other paths.
    func refusal(of path: String, at now: Timestamp) -> Problem? {
        let word = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: true).first ?? ""
        guard word.hasPrefix("v"), let number = Int(word.dropFirst()), number >= 0, "v\(number)" == word, !Self.served.contains(number)
        else {
            return nil
        }
        do throws(Problem) {
            _ = try version(prefix: number, header: nil, at: now)
            return nil
        } catch {
            return error
        }
    }

    private func unsupported(_ detail: String) -> Problem {
        var problem = Problem(.unsupportedVersion, detail)
        problem.supported = Self.served
        return problem
    }
}
