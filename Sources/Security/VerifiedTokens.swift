internal import Primitives

/// Tokens whose signature has been checked lately, so that a client that asks often is not checked each time.
///
/// A bounded memory in parts, each with a lock of its own: loops that look up at the same moment seldom meet. A part that is full begins anew;
/// what is forgotten costs a check and nothing else. Only the very bytes of a token find its entry, by a hash that nobody outside can predict.
final class VerifiedTokens: Sendable {
    /// Tokens remembered in each part.
    static let partLimit = 1_024

    private final class Part: Sendable {
        /// By bytes: Swift takes texts for equal that only look the same (a Kelvin sign and a K).
        let entries = Mutex<[[UInt8]: AccessToken]>([:])
    }

    private let parts = (0..<8).map { _ in Part() }

    /// What a remembered token says; nil for all others.
    subscript(text: [UInt8]) -> AccessToken? {
        part(of: text).entries.withLock { $0[text] }
    }

    func insert(_ token: AccessToken, for text: [UInt8]) {
        part(of: text).entries.withLock { entries in
            if entries.count >= Self.partLimit { entries.removeAll(keepingCapacity: true) }
            entries[text] = token
        }
    }

    /// Tokens remembered at the moment.
    var count: Int { parts.reduce(0) { sum, part in sum + part.entries.withLock { $0.count } } }

    /// By the last character of the signature but one, which is any of 64; the last one carries four bits only.
    private func part(of text: [UInt8]) -> Part {
        parts[Int(text.dropLast().last ?? 0) % parts.count]
    }
}
