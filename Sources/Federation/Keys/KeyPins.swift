/// What is said about the keys of a source beside its document (contracts/cosmos.md 3.5, "Pinning").
struct KeyPins: Sendable {
    /// Pinned by the operator, in the configuration or at the command line.
    var pinned: Set<String>
    /// Introduced by another key, which is named.
    var introduced: [String: String]

    var all: Set<String> { pinned.union(introduced.keys) }

    /// Whether a key of the document counts. Without pins all do.
    func trusts(_ thumbprint: String) -> Bool {
        pinned.isEmpty || pinned.contains(thumbprint) || introduced[thumbprint] != nil
    }

    /// As far as they count in a mode.
    func counting(in mode: PinMode) -> KeyPins {
        switch mode {
        case .introduce: self
        case .strict: KeyPins(pinned: pinned, introduced: [:])
        case .off: KeyPins(pinned: [], introduced: [:])
        }
    }
}
