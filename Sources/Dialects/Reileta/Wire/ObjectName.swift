/// How an object is named (contracts/reileta.md 1.4): what it is called, which version, and on which server.
struct ObjectName: Equatable {
    /// The id, the username or the name.
    var text: String
    /// What stands behind a colon; of worlds.
    var version: String?
    /// The server, host and port; nil for the one that answers.
    var address: String?

    /// - Parameters:
    ///   - text: such as `w_…:2@example.org`.
    ///   - hasVersion: whether a colon separates a version.
    init(_ text: String, hasVersion: Bool = false) {
        var name = Substring(text)
        // An `@` in front is part of the name: `@me`.
        if let at = name.dropFirst().firstIndex(of: "@") {
            let address = name[name.index(after: at)...]
            name = name[..<at]
            // Some servers write `@::` for themselves.
            if !address.isEmpty, address != "::" { self.address = Self.authority(String(address)) }
        }
        if hasVersion, let colon = name.firstIndex(of: ":") {
            let version = name[name.index(after: colon)...]
            if !version.isEmpty { self.version = String(version) }
            name = name[..<colon]
        }
        self.text = String(name)
    }

    /// Host and port of an address; one with a scheme is reduced to them.
    static func authority(_ address: String) -> String {
        var rest = Substring(address.lowercased())
        if let scheme = rest.range(of: "://") { rest = rest[scheme.upperBound...] }
        return String(rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" })
    }
}

extension Substring {
    /// Where a text stands first.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
