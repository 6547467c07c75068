internal import Community

@testable import ProfileArchive

/// Shared mod profiles: what is taken is within its limits and is the same when it is written again; of any archive no more is read than the limit.
enum ArchiveHarness {
    /// Low enough to be reached by small inputs.
    private static let tight: ProfileArchiveLimits = {
        var limits = ProfileArchiveLimits()
        limits.manifestBytes = 4_096
        limits.entries = 16
        limits.unpackedBytes = 1 << 16
        limits.ratio = 20
        limits.ratioFloor = 1_024
        limits.mods = 8
        limits.nameLength = 32
        return limits
    }()

    static func run(_ bytes: [UInt8]) throws(Finding) {
        try archive(bytes)
        // A checksum is hard to guess: each input is a manifest, too.
        try manifest(bytes)
    }

    private static func archive(_ bytes: [UInt8]) throws(Finding) {
        let usual = outcome { () throws(ProfileArchiveFailure) in try ProfileArchiveReader().manifest(of: bytes) }
        let narrow = outcome { () throws(ProfileArchiveFailure) in try ProfileArchiveReader(limits: tight).manifest(of: bytes) }
        try compare(usual, narrow)
        try withExactCopy(of: bytes) { (bytes) throws(Finding) in try entries(bytes, isTaken: (try? narrow.get()) != nil) }
    }

    /// Reads every entry, whether or not the archive is taken.
    private static func entries(_ bytes: UnsafeRawBufferPointer, isTaken: Bool) throws(Finding) {
        guard let directory = try? CentralDirectory(bytes, entryLimit: tight.entries), let archive = try? OpenedArchive(bytes) else {
            return try require(!isTaken, "an archive is taken without a directory")
        }
        try require(directory.names.count <= tight.entries, "more entries than the limit")
        if isTaken {
            try require(archive.count == directory.names.count, "a directory is read in two ways")
            try require(directory.names.allSatisfy { EntryName.refusal(of: $0) == nil }, "the name of an entry leads elsewhere")
            try require(directory.names.count { $0.elementsEqual("export.r2x".utf8) } == 1, "there is not one manifest")
        }
        var unpacked: UInt64 = 0
        for index in 0..<archive.count {
            if isTaken, let entry = try? archive.entry(at: index) { unpacked += entry.size }
            let content = try? archive.content(at: index, name: "entry", limit: tight.manifestBytes)
            try require(content.map { $0.count <= tight.manifestBytes } ?? true, "more of an entry is read than the limit")
        }
        try require(unpacked <= UInt64(tight.unpackedBytes), "the entries say to be larger than the limit")
    }

    private static func manifest(_ bytes: [UInt8]) throws(Finding) {
        let usual = outcome { () throws(ProfileArchiveFailure) in try ManifestReader(limits: .standard).manifest(in: bytes) }
        try compare(usual, outcome { () throws(ProfileArchiveFailure) in try ManifestReader(limits: tight).manifest(in: bytes) })
        guard let manifest = try? usual.get() else { return }
        let text = Array(written(manifest).utf8)
        let again = outcome { () throws(ProfileArchiveFailure) in try ManifestReader(limits: .standard).manifest(in: text) }
        // Escapes may take more room than there is.
        guard text.count <= ProfileArchiveLimits.standard.manifestBytes else { return }
        try require(again == usual, "written again a manifest is another one: \(again)")
    }

    private static func outcome(
        _ read: () throws(ProfileArchiveFailure) -> ProfileManifest
    ) -> Result<ProfileManifest, ProfileArchiveFailure> {
        do throws(ProfileArchiveFailure) { return .success(try read()) } catch { return .failure(error) }
    }

    /// Narrower limits refuse more and change nothing else.
    private static func compare(
        _ usual: Result<ProfileManifest, ProfileArchiveFailure>, _ narrow: Result<ProfileManifest, ProfileArchiveFailure>
    ) throws(Finding) {
        try check(usual, .standard)
        try check(narrow, tight)
        if case .success = narrow { try require(usual == narrow, "with narrow limits something else is read: \(usual), \(narrow)") }
    }

    private static func check(
        _ outcome: Result<ProfileManifest, ProfileArchiveFailure>, _ limits: ProfileArchiveLimits
    ) throws(Finding) {
        switch outcome {
        case .success(let manifest):
            try require(manifest.mods.count <= limits.mods, "\(manifest.mods.count) mods are above the limit")
            for name in [manifest.name, manifest.community ?? ""] + manifest.mods.map(\.name) {
                try require(name.unicodeScalars.count <= limits.nameLength, "a name is too long")
                try require(!name.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "a name has a control character")
            }
        case .failure(let failure):
            let text = "\(failure)"
            let isOfTheContract = text.hasPrefix("Invalid ZIP archive: ") || text.hasPrefix("Error parsing export.r2x: ")
            try require(isOfTheContract && text.utf8.count <= 1_024, "a refusal says \(text)")
        }
    }

    private static func written(_ manifest: ProfileManifest) -> String {
        let mods = manifest.mods.map { mod in
            let version = "{major: \(mod.version.major), minor: \(mod.version.minor), patch: \(mod.version.patch)}"
            return "- name: \(YAMLHarness.quoted(mod.name))\n  enabled: \(mod.isEnabled)\n  version: \(version)\n"
        }
        let community = manifest.community.map(YAMLHarness.quoted) ?? "null"
        return
            "profileName: \(YAMLHarness.quoted(manifest.name))\ncommunity: \(community)\nmods:\(mods.isEmpty ? " []" : "")\n\(mods.joined())"
    }
}
