/// How much of an archive is taken (contracts/gale.md 8.1). How large the archive itself may be is for whoever receives it to say.
public struct ProfileArchiveLimits: Sendable, Equatable {
    /// Bytes of the manifest when it is unpacked: 1 MiB.
    public var manifestBytes = 1 << 20
    /// Entries, folders among them.
    public var entries = 10_000
    /// Bytes that all entries together say to have when they are unpacked: 100 MiB.
    public var unpackedBytes = 100 << 20
    /// How many times as large all entries together say to be when they are unpacked. Deflate cannot make more than 1 032 of it.
    public var ratio = 1_000
    /// Bytes up to which nobody asks for the ratio: 1 MiB. Small texts may repeat themselves.
    public var ratioFloor = 1 << 20
    /// Mods of a profile.
    public var mods = 10_000
    /// Unicode scalars of the name of a profile, a community or a mod.
    public var nameLength = 1_024

    /// The limits of the contract.
    public init() {}

    /// The limits of the contract.
    public static let standard = ProfileArchiveLimits()
}
