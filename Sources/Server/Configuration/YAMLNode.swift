/// A value of a YAML document, with the line where it begins (from 1).
struct YAMLNode: Sendable, Equatable {
    indirect enum Content: Sendable, Equatable {
        case null
        case scalar(String)
        case sequence([YAMLNode])
        case mapping([Entry])
    }

    struct Entry: Sendable, Equatable {
        var key: String
        var line: Int
        var value: YAMLNode
    }

    var content: Content
    var line: Int

    /// The text of a scalar, nil for anything else, null too.
    var text: String? {
        if case .scalar(let text) = content { return text }
        return nil
    }
}
