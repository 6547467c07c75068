/// What a metadata server says of a galaxy (contracts/cosmos.md 7, "Flags"). Bits without a meaning here are kept as they are.
public struct SpaceFlags: Sendable, Equatable {
    /// Shown to everybody: 0 verified, 1 discoverable, 2 read-only.
    public var publicBits: Int64
    /// Shown to metadata servers only: 0 suspended, 1 under review.
    public var privateBits: Int64

    /// No flags, or these.
    public init(publicBits: Int64 = 0, privateBits: Int64 = 0) {
        self.publicBits = publicBits
        self.privateBits = privateBits
    }

    /// Whether nobody writes messages there.
    public var isReadOnly: Bool { publicBits & 4 != 0 }
    /// Whether nothing may be changed there.
    public var isSuspended: Bool { privateBits & 1 != 0 }

    /// - Throws: `CommunityError.spaceSuspended`.
    func requireWritable() throws(CommunityError) {
        if isSuspended { throw .spaceSuspended }
    }
}
