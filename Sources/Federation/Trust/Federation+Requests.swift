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
    /// How long nonces are kept at least, in seconds.
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
        var signer: MetadataServer?
        var nonces: Set<Number> = []
        var end = clock().adding(seconds: Self.nonceSeconds)
        for candidate in candidates {
            do throws(TrustFailure) {
                let source = try await verify(candidate, of: message)
                signer = signer ?? MetadataServer(origin: source.origin, keyID: candidate.keyID)
                nonces.insert(Number(scope: "nonce \(candidate.keyID)", text: candidate.nonce))
                // Not before the second after the last one in which the signature is taken.
                end = max(end, Timestamp(seconds: candidate.expires).adding(seconds: settings.skew + 1))
            } catch {
                failure = failure ?? error
            }
        }
        if let signer {
            // Only what has been verified may leave a row: strangers cannot fill the table. All of it does, because otherwise the same request
            // would count once for each of its signatures.
            try await spend(nonces, until: end)
            return signer
        }
        if let failure { throw failure }
        return nil
    }

    private func verify(_ signature: MessageSignature, of message: SignedMessage) async throws(TrustFailure) -> KeySource {
        let (source, key) = try await directory.key(signature.keyID, of: settings.sources(.metadata))
        do throws(SignatureFailure) {
            try signature.checkTime(now: clock().seconds, skew: settings.skew, maximumAge: settings.signatureMaximumAge)
            if let start = settings.notBefore, signature.created < start { throw .untimely }
            try signature.verify(message, with: key)
            if !message.body.isEmpty || !message.lines("content-digest").isEmpty { try ContentDigest.verify(message) }
        } catch {
            throw TrustFailure(error)
        }
        return source
    }
}
