internal import Primitives

/// Tokens whose signature has been checked lately, so that a client that asks often is not checked each time.
///
/// A bounded memory in parts, each with a lock of its own: loops that look up at the same moment seldom meet. A part that is full begins anew;
/// what is forgotten costs a check and nothing else. Only the whole text of a token finds its entry, by a hash that nobody outside can predict.
final class VerifiedTokens: Sendable {
    /// Tokens remembered in each part.
    static let partLimit = 1_024

    private final class Part: Sendable {
        let entries = Mutex<[String: AccessToken]>([:])
    }

    private let parts = (0..<8).map { _ in Part() }

    subscript(text: String) -> AccessToken? {
        part(of: text).entries.withLock { $0[text] }
    }

    func insert(_ token: AccessToken, for text: String) {
        part(of: text).entries.withLock { entries in
            if entries.count >= Self.partLimit { entries.removeAll(keepingCapacity: true) }
            entries[text] = token
        }
    }

    /// The last character belongs to the signature: tokens spread evenly.
    private func part(of text: String) -> Part {
        parts[Int(text.utf8.last ?? 0) % parts.count]
    }
}
