/// Why a configuration is not good: a sentence that says where, what, and what would be right.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The place: file and line, environment variable, or flag.
    public var place: String
    /// What is wrong.
    public var reason: String

    /// For the operator.
    public var description: String { "\(place): \(reason)" }
}

/// Where a value comes from.
enum ConfigurationOrigin: Sendable, Equatable, CustomStringConvertible {
    case byDefault
    case file(String, line: Int)
    case environment(String)
    case set
    case flag(String)

    var description: String {
        switch self {
        case .byDefault: "default"
        case .file(let path, let line): "\(path):\(line)"
        case .environment(let name): name
        case .set: "--set"
        case .flag(let name): name
        }
    }
}
