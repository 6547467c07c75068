/// Which database to use.
public enum DatabaseConfiguration: Sendable, Equatable {
    /// A file, made when it is not there.
    case sqlite(path: String)
    /// A server, by a libpq connection URL.
    case postgresql(url: String)
}
