internal import Primitives
public import Security

/// A server that has signed a request.
public struct MetadataServer: Sendable, Equatable {
    /// Where it lives: the name of its source.
    public var origin: String
    /// The thumbprint of the key.
    public var keyID: String
}

extension Federation {
    /// How long nonces are kept, in seconds: longer than any signature that uses one can be good for (300 + 60 + 60).
    static let nonceSeconds: Int64 = 600

    /// The metadata server that has signed a request: steps 1 to 9 of contracts/cosmos.md 3.3, in their order.
    ///
    /// - Returns: nil when no signature claims to be of this kind.
    /// - Throws: `TrustFailure`. A request that claims to be signed is never anybody else's.
    public func metadataServer(signing message: SignedMessage) async throws(TrustFailure) -> MetadataServer? {
        let candidates: [MessageSignature]
        do throws(SignatureFailure) {
            candidates = try MessageSignature.candidates(in: message, of: .serverRequest)
        } catch {
            throw TrustFailure(error)
        }
        var failure: TrustFailure?
        for candidate in candidates {
            do throws(TrustFailure) {
                return try await verify(candidate, of: message)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return nil
    }

    private func verify(_ signature: MessageSignature, of message: SignedMessage) async throws(TrustFailure) -> MetadataServer {
        let (source, key) = try await directory.key(signature.keyID, of: settings.sources(.metadata))
        do throws(SignatureFailure) {
            try signature.checkTime(now: clock().seconds, skew: settings.skew, maximumAge: settings.signatureMaximumAge)
            try signature.verify(message, with: key)
            if !message.body.isEmpty || !message.lines("content-digest").isEmpty { try ContentDigest.verify(message) }
        } catch {
            throw TrustFailure(error)
        }
        // Only what has been verified may leave a row: strangers cannot fill the table.
        try await spend(
            signature.nonce, in: "nonce \(source.name) \(signature.keyID)", until: clock().adding(seconds: Self.nonceSeconds))
        return MetadataServer(origin: source.origin, keyID: signature.keyID)
    }
}
