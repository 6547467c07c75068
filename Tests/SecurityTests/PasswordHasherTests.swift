import Primitives
import Security
import Testing

/// DESIGN 7: "argon2id over the lower-case hex SHA-256 of the typed password".
struct PasswordHasherTests {
    private static func withHasher(
        _ cost: PasswordCost = .minimum, threads: Int = 1, queueLimit: Int = 256, _ body: (PasswordHasher) async throws -> Void
    ) async throws {
        let hasher = PasswordHasher(cost: cost, threads: threads, queueLimit: queueLimit)
        defer { hasher.stop() }
        try await body(hasher)
    }

    @Test func thePasswordItIsAndNoOther() async throws {
        try await Self.withHasher { hasher in
            let stored = try await hasher.hash("correct horse")
            #expect(stored.hasPrefix("$argon2id$v=19$m=8,t=1,p=1$"))
            #expect(try await hasher.verify("correct horse", against: stored))
            for wrong in ["", "correct horse ", "Correct horse", "correct hors", "correct horse\u{0}"] {
                #expect(try await !hasher.verify(wrong, against: stored), "\(wrong.debugDescription)")
            }
            #expect(try await hasher.hash("correct horse") != stored, "Each has its own salt.")
        }
    }

    /// Stored by another program that was given the 64 hex digits of SHA-256("correct horse").
    @Test func aHashOfTheDigestIsTheHashOfThePassword() async throws {
        let stored = "$argon2id$v=19$m=8,t=1,p=1$Y7y0g1hy0QgYyRBWOEg7dQ$y5V2yeJ32xb8ugIagGCrH8+mxkWwJC3Nq5YrMjwYt/Y"
        let hex = "4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631"
        try await Self.withHasher { hasher in
            #expect(try await hasher.verify("correct horse", against: stored))
            #expect(try await hasher.verify(try #require(PasswordDigest(hex: hex)), against: stored))
            #expect(try await hasher.verify(try #require(PasswordDigest(hex: hex.uppercased())), against: stored))
            #expect(try await !hasher.verify(hex, against: stored), "The digest typed as a password is another password.")
            let made = try await hasher.hash(try #require(PasswordDigest(hex: hex)))
            #expect(try await hasher.verify("correct horse", against: made))
        }
    }

    @Test func aDigestIs64HexDigits() {
        let good = String(repeating: "a", count: 64)
        #expect(PasswordDigest(hex: good) != nil)
        for bad in ["", String(good.dropLast()), good + "a", String(good.dropLast()) + "g", String(good.dropLast(2)) + "é", good + "\u{0}"]
        {
            #expect(PasswordDigest(hex: bad) == nil, "\(bad)")
        }
    }

    /// C would end such a text at its NUL byte.
    @Test func passwordsWithNULAndOddCharactersAreWhole() async throws {
        try await Self.withHasher { hasher in
            let passwords = [
                "\u{0}", "\u{0}a", "\u{0}b", "a\u{0}b", "a\u{0}c", "é", "e\u{301}", "🐓", String(repeating: "x", count: 100_000),
            ]
            for password in passwords {
                let stored = try await hasher.hash(password)
                for other in passwords {
                    #expect(try await hasher.verify(other, against: stored) == other.utf8.elementsEqual(password.utf8))
                }
            }
        }
    }

    @Test func whatIsNoHashMatchesNothing() async throws {
        try await Self.withHasher { hasher in
            let stored = try await hasher.hash("password")
            let others = [
                "", "x", "\u{0}", stored + "\u{0}", stored + "\u{0}x", String(stored.dropLast()), String(repeating: "$", count: 500),
            ]
            for other in others { #expect(try await !hasher.verify("password", against: other), "\(other.debugDescription)") }
        }
    }

    /// contracts/chat.md 3.1: "same answer for unknown user and wrong password", so the same work too.
    @Test func nobodyCostsAsMuchAsAWrongPassword() async throws {
        try await Self.withHasher(.interactive) { hasher in
            let clock = ContinuousClock()
            let nobody = try await clock.measure { _ = try await hasher.verify("wrong", against: nil) }
            let also = try await clock.measure { try await hasher.verifyNobody("wrong") }
            // Two passes over 64 MiB take longer anywhere; without the work it would be microseconds.
            #expect(nobody > .milliseconds(5))
            #expect(also > .milliseconds(5))
            let answer = try await hasher.verify("wrong", against: nil)
            #expect(!answer)
        }
    }

    @Test func aHashOfAnotherCostIsMadeAnew() async throws {
        try await Self.withHasher { minimum in
            try await Self.withHasher(.interactive) { interactive in
                let cheap = try await minimum.hash("password")
                #expect(!minimum.needsRehash(cheap))
                #expect(interactive.needsRehash(cheap))
                let isStillGood = try await interactive.verify("password", against: cheap)
                #expect(isStillGood)
                let dear = try await interactive.hash("password")
                #expect(dear.hasPrefix("$argon2id$v=19$m=65536,t=2,p=1$"))
                #expect(!interactive.needsRehash(dear))
                #expect(minimum.needsRehash(dear))
                #expect(minimum.needsRehash("no hash"))
                #expect(minimum.needsRehash(cheap + "\u{0}"))
            }
        }
    }

    @Test func whenTooManyWaitTheRestIsRefused() async throws {
        try await Self.withHasher(.interactive, queueLimit: 1) { hasher in
            let (made, refused) = await withTaskGroup(of: Result<String, any Error>.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        do { return .success(try await hasher.hash("password")) } catch { return .failure(error) }
                    }
                }
                var (made, refused) = (0, 0)
                for await result in group {
                    switch result {
                    case .success: made += 1
                    case .failure(let error): refused += (error as? PasswordHasherError) == .busy(limit: 1) ? 1 : 0
                    }
                }
                return (made, refused)
            }
            #expect(made + refused == 8)
            #expect(made >= 1)
            #expect(refused >= 1)
            // It serves again when there is room.
            let stored = try await hasher.hash("password")
            #expect(try await hasher.verify("password", against: stored))
        }
    }

    @Test func aStoppedHasherIsBusy() async {
        let hasher = PasswordHasher(cost: .minimum, threads: 1, queueLimit: 3)
        hasher.stop()
        await #expect(throws: PasswordHasherError.busy(limit: 3)) { try await hasher.hash("password") }
    }
}
