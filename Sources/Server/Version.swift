/// Which Roost this is.
public enum RoostVersion {
    /// Semantic version (semver.org).
    public static let current = "0.1.0"
}
