import Community
import ProfileArchive

/// A manifest that is taken.
let smallManifest = "profileName: Nest\nmods: []\n"

/// What the reader makes of an archive: the manifest, or the message of the contract.
func read(_ archive: [UInt8], limits: ProfileArchiveLimits = .standard) -> Outcome {
    do throws(ProfileArchiveFailure) {
        return .taken(try ProfileArchiveReader(limits: limits).manifest(of: archive))
    } catch {
        return .refused("\(error)")
    }
}

/// What the reader makes of an archive with a manifest and these entries.
func read(_ entries: [ZIPEntry], limits: ProfileArchiveLimits = .standard) -> Outcome {
    read(ZIPWriter(entries: [ZIPEntry("export.r2x", smallManifest)] + entries).bytes, limits: limits)
}

/// What the reader makes of a manifest.
func read(manifest: String, limits: ProfileArchiveLimits = .standard) -> Outcome {
    read(ZIPWriter(entries: [ZIPEntry("export.r2x", manifest)]).bytes, limits: limits)
}

enum Outcome: Equatable {
    case taken(ProfileManifest)
    case refused(String)

    var manifest: ProfileManifest? {
        if case .taken(let manifest) = self { return manifest }
        return nil
    }

    var message: String? {
        if case .refused(let message) = self { return message }
        return nil
    }
}
