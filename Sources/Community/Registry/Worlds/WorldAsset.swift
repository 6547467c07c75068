public import Primitives
public import Storage

/// Stands for assets in ids.
public typealias WorldAssetID = Identifier<WorldAsset>

/// One build of a world, for one engine and platform (contracts/reileta.md 4.4).
public struct WorldAsset: Sendable, Equatable {
    /// Where its file is.
    public enum File: Sendable, Equatable {
        /// Here.
        case stored(StoredBlob)
        /// Elsewhere, as its owner says: what it hashes to (SHA-256, 32 bytes) and how many bytes it has.
        case external(url: String, digest: [UInt8]?, size: Int64)
    }

    /// What tells the assets of a world apart.
    public struct Build: Sendable, Equatable, Hashable {
        /// At most 32 characters.
        public var version: String
        /// The engine that it is for.
        public var engine: String
        /// The platform that it is for.
        public var platform: String

        /// A build.
        public init(version: String, engine: String, platform: String) {
            self.version = version
            self.engine = engine
            self.platform = platform
        }
    }

    /// The number.
    public var id: WorldAssetID
    /// The id that its maker has chosen, a UUID; nil: it is known by its number.
    public var chosenID: String?
    /// The world that it belongs to.
    public var worldID: WorldID
    /// Version, engine and platform; no other asset of the world has all three.
    public var build: Build
    /// Nil: nothing has been uploaded yet.
    public var file: File?
    /// When it was made.
    public var createdAt: Timestamp
    /// When it was changed last.
    public var updatedAt: Timestamp

    /// Bytes of the file, 0 without one.
    public var size: Int64 {
        switch file {
        case .stored(let blob): blob.size
        case .external(_, _, let size): size
        case nil: 0
        }
    }

    /// SHA-256 of the file, as far as it is known.
    public var digest: [UInt8]? {
        switch file {
        case .stored(let blob): blob.digest
        case .external(_, let digest, _): digest
        case nil: nil
        }
    }
}

/// What an asset shall be.
public struct WorldAssetChanges: Sendable {
    /// At most 32 characters.
    public var version: String?
    /// The engine that it is for.
    public var engine: String?
    /// The platform that it is for.
    public var platform: String?
    /// A file elsewhere; nil: the file stays as it is.
    public var external: WorldAsset.File?

    /// Nothing said yet.
    public init() {}

    /// - Throws: `CommunityError.invalid`.
    func check() throws(CommunityError) {
        var checks = FieldChecks()
        checks.line(version, in: Limits.assetVersion, "version")
        checks.line(engine, in: Limits.assetVersion, "engine")
        checks.line(platform, in: Limits.assetVersion, "platform")
        if case .external(let url, _, _) = external { checks.webAddress(url, "url") }
        try checks.finish()
    }
}

/// Which assets of a world a list shows.
public struct WorldAssetFilter: Sendable {
    /// Any of these versions; empty: all.
    public var versions: Set<String> = []
    /// The engine.
    public var engine: String?
    /// The platform.
    public var platform: String?
    /// Whether those without a file are shown.
    public var includesEmpty = false

    /// Those that can be downloaded.
    public init() {}

    func fits(_ asset: WorldAsset) -> Bool {
        (includesEmpty || asset.file != nil) && (versions.isEmpty || versions.contains(asset.build.version))
            && (engine == nil || engine == asset.build.engine) && (platform == nil || platform == asset.build.platform)
    }
}
