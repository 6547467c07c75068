internal import Community
internal import YAML

/// Reads `export.r2x` (contracts/gale.md 8.2) in all the spellings that programs write it in (8.3). Members that it does not know are passed over.
struct ManifestReader {
    /// Unicode scalars of what is told of a mistake, at most.
    private static let reasonLength = 200

    let limits: ProfileArchiveLimits

    /// - Throws: `.invalidManifest`.
    func manifest(in bytes: [UInt8]) throws(ProfileArchiveFailure) -> ProfileManifest {
        // libyaml would read other encodings too.
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .invalidManifest(reason: "it is not UTF-8") }
        let root = ManifestValue(try document(in: bytes))
        let name = try root.member("profileName").name(atMost: limits.nameLength)
        var community: String?
        if let value = root["community"], !value.isNull { community = try value.name(atMost: limits.nameLength) }
        var mods: [ProfileManifest.Mod] = []
        for value in try root.member("mods").items(atMost: limits.mods) { mods.append(try mod(value)) }
        return ProfileManifest(name: name, community: community, mods: mods)
    }

    private func document(in bytes: [UInt8]) throws(ProfileArchiveFailure) -> YAMLNode {
        do throws(YAMLReader.Failure) {
            return try YAMLReader.parse(bytes, as: ProfileArchiveReader.manifestName, limits: YAMLLimits(bytes: limits.manifestBytes))
        } catch {
            // A reason may name a key, which may be as long as the document.
            throw .invalidManifest(reason: "line \(error.line): \(String(error.reason.unicodeScalars.prefix(Self.reasonLength)))")
        }
    }

    private func mod(_ mod: ManifestValue) throws(ProfileArchiveFailure) -> ProfileManifest.Mod {
        let name = try mod.member("name").name(atMost: limits.nameLength)
        // r2modman's reader takes a mod without it as enabled.
        let isEnabled = if let enabled = mod["enabled"] { try enabled.boolean() } else { true }
        // r2modman's own list of mods says versionNumber, and some programs copy that.
        let alias = mod["versionNumber"]
        if alias != nil, mod["version"] != nil { throw mod.failure("has both version and versionNumber") }
        let version = if let alias { alias } else { try mod.member("version") }
        return ProfileManifest.Mod(
            name: name, isEnabled: isEnabled,
            version: ProfileManifest.Version(
                major: try version.member("major").number(), minor: try version.member("minor").number(),
                patch: try version.member("patch").number()))
    }
}
