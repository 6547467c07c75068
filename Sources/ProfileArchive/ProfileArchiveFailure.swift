/// Why an archive is not taken. The text is what whoever sent it is told (contracts/gale.md 2).
public enum ProfileArchiveFailure: Error, Equatable {
    /// It is no ZIP archive, or none that others should unpack; the reason names the limit when it is one.
    case invalidArchive(reason: String)
    /// There is no manifest at its root.
    case manifestMissing
    /// The manifest is no YAML, or says something else than a manifest does; the reason names the line, and the limit when it is one.
    case invalidManifest(reason: String)
}

extension ProfileArchiveFailure: CustomStringConvertible {
    /// The message of the contract.
    public var description: String {
        switch self {
        case .invalidArchive(let reason): "Invalid ZIP archive: \(reason)"
        case .manifestMissing: "Invalid ZIP archive: export.r2x is missing"
        case .invalidManifest(let reason): "Error parsing export.r2x: \(reason)"
        }
    }
}
