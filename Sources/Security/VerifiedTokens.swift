internal import Primitives

/// Tokens whose signature has been checked lately, so that a client that asks often is not checked each time.
///
/// A bounded memory in parts, each with a lock of its own: loops that look up at the same moment seldom meet. A part that is full begins anew;
/// what is forgotten costs a check and nothing else. Only the very bytes of a token find its entry, by a hash that nobody outside can predict.
final class VerifiedTokens: Sendable {
    /// Tokens remembered in each part.
    static let partLimit = 1_024

    private final class Part: Sendable {
        let entries = Mutex<[String: AccessToken]>([:])
    }

    private let parts = (0..<8).map { _ in Part() }

    /// What a remembered token says; nil for all others.
    subscript(text: String) -> AccessToken? {
        // Texts are equal when they look the same (a Kelvin sign and a K), unless both are ASCII; tokens are.
        guard isASCII(text) else { return nil }
        return part(of: text).entries.withLock { $0[text] }
    }

    private func isASCII(_ text: String) -> Bool {
        text.utf8.withContiguousStorageIfAvailable { $0.allSatisfy { $0 < 0x80 } } ?? text.utf8.allSatisfy { $0 < 0x80 }
    }

    func insert(_ token: AccessToken, for text: String) {
        part(of: text).entries.withLock { entries in
            if entries.count >= Self.partLimit { entries.removeAll(keepingCapacity: true) }
            entries[text] = token
        }
    }

    /// Tokens remembered at the moment.
    var count: Int { parts.reduce(0) { sum, part in sum + part.entries.withLock { $0.count } } }

    /// By the last character of the signature but one, which is any of 64; the last one carries four bits only.
    private func part(of text: String) -> Part {
        parts[Int(text.utf8.dropLast().last ?? 0) % parts.count]
    }
}
