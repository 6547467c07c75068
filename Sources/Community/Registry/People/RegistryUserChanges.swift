internal import Primitives
public import Security

/// A password, or what a client has made of it before it sent it: one account serves both.
public enum PasswordSecret: Sendable {
    /// As typed.
    case typed(String)
    /// The digest that the client sent.
    case digest(PasswordDigest)

    /// What a client of the registry sends: 64 lower-case hexadecimal digits are a digest (contracts/reileta.md 2.2).
    public init(_ text: String) {
        let isDigest = text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        if isDigest, let digest = PasswordDigest(hex: text) { self = .digest(digest) } else { self = .typed(text) }
    }

    /// What is hashed and checked.
    var passwordDigest: PasswordDigest {
        switch self {
        case .typed(let text): PasswordDigest(of: text)
        case .digest(let digest): digest
        }
    }
}

/// What shall be different about somebody in the registry.
public struct RegistryUserChanges: Sendable {
    /// What all APIs can change; a password has its own place here.
    public var profile = ProfileChanges()
    /// A new password; whoever is logged in needs no other proof (contracts/reileta.md 2.3).
    public var password: PasswordSecret?
    /// The world to begin in, as it is named on the wire.
    public var home: Change<String> = .keep
    /// All tags; administrators only.
    public var tags: [String]?

    /// No change yet.
    public init() {}

    /// - Throws: `CommunityError.invalid`.
    func check(passwordLength: ClosedRange<Int>) throws(CommunityError) {
        var checks = FieldChecks()
        if let username = profile.username { checks.username(username, .registry) }
        checks.registryDisplayName(profile.displayName.emptyAsNone.newValue)
        checks.text(profile.bio.newValue, in: Limits.registryDescription, "description")
        checks.email(profile.email.emptyAsNone.newValue)
        if case .typed(let text)? = password { checks.password(text, length: passwordLength) }
        checks.tags(tags)
        try checks.finish()
    }
}

extension FieldChecks {
    /// A name that is shown, of 3 to 16 characters.
    mutating func registryDisplayName(_ name: String?) {
        guard let name else { return }
        line(name, in: Limits.registryDisplayName, "display")
        if name.isBlank { refuse("display", code: "BASE_TYPE_REQUIRED", "Must not consist of whitespace only.") }
    }
}
