public import Community
internal import YAML

/// Reads what a mod profile says of itself out of the archive that is shared (contracts/gale.md 8). Works in memory: nothing is unpacked to disk.
public struct ProfileArchiveReader: Sendable {
    /// The entry that is read: at the root, in exactly this spelling.
    static let manifestName = "export.r2x"
    /// How the text begins that other programs pass around instead of an archive (contracts/gale.md 8.3, variant 7).
    private static let codePrefix = "#r2modman"

    private let limits: ProfileArchiveLimits

    /// A reader that takes so much.
    public init(limits: ProfileArchiveLimits = .standard) {
        self.limits = limits
    }

    /// The manifest of an archive. Of all other entries only what the directory says of them is looked at.
    ///
    /// It is read on the thread of the caller, in milliseconds when it is an ordinary one; one that is made to be slow takes about half a second
    /// and 60 MiB, so a loop that serves others is no place for it.
    /// - Throws: `ProfileArchiveFailure`, whose text is the answer.
    public func manifest(of archive: [UInt8]) throws(ProfileArchiveFailure) -> ProfileManifest {
        guard !archive.isEmpty else { throw .invalidArchive(reason: "it is empty") }
        guard !archive.starts(with: Self.codePrefix.utf8) else {
            throw .invalidArchive(reason: "this is the text of a profile code; send the archive that is in it, decoded from base64")
        }
        let content: Result<[UInt8], ProfileArchiveFailure> = archive.withUnsafeBytes { bytes in
            do throws(ProfileArchiveFailure) {
                return .success(try manifestContent(of: bytes))
            } catch {
                return .failure(error)
            }
        }
        return try ManifestReader(limits: limits).manifest(in: try content.get())
    }

    private func manifestContent(of bytes: UnsafeRawBufferPointer) throws(ProfileArchiveFailure) -> [UInt8] {
        let directory = try CentralDirectory(bytes, entryLimit: limits.entries)
        for (index, name) in directory.names.enumerated() { try check(name, of: index) }
        let archive = try OpenedArchive(bytes)
        try checkSizes(of: archive, archiveSize: bytes.count)

        let positions = directory.names.indices.filter { directory.names[$0].elementsEqual(Self.manifestName.utf8) }
        guard let position = positions.first else { throw .manifestMissing }
        guard positions.count == 1 else { throw .invalidArchive(reason: "\(Self.manifestName) is in it \(positions.count) times") }
        // Both have read the same directory, and nobody is told another name.
        guard archive.count == directory.names.count, try archive.entry(at: position).name == directory.names[position] else {
            throw .invalidArchive(reason: "its central directory can be read in two ways")
        }
        return try archive.content(at: position, name: Self.manifestName, limit: limits.manifestBytes)
    }

    private func check(_ name: [UInt8], of index: Int) throws(ProfileArchiveFailure) {
        guard let reason = EntryName.refusal(of: name) else { return }
        throw .invalidArchive(reason: "entry \(index + 1): its name \(reason)")
    }

    /// Checks what the entries say of their sizes, and the names that libzip would give them.
    private func checkSizes(of archive: borrowing OpenedArchive, archiveSize: Int) throws(ProfileArchiveFailure) {
        var unpacked: UInt64 = 0
        var packed: UInt64 = 0
        for index in 0..<archive.count {
            let entry = try archive.entry(at: index)
            // A field of Info-ZIP may name the entry otherwise than the directory does, and others may believe either.
            try check(entry.name, of: index)
            guard entry.size <= UInt64(limits.unpackedBytes) - unpacked else {
                throw .invalidArchive(reason: "its entries have more than \(limits.unpackedBytes) bytes when they are unpacked")
            }
            guard entry.packedSize <= UInt64(archiveSize) - packed else {
                throw .invalidArchive(reason: "its entries overlap: packed they have more bytes than the archive")
            }
            unpacked += entry.size
            packed += entry.packedSize
        }
        guard unpacked <= UInt64(limits.ratioFloor) || unpacked <= packed * UInt64(limits.ratio) else {
            throw .invalidArchive(reason: "its entries become more than \(limits.ratio) times as large when they are unpacked")
        }
    }
}
