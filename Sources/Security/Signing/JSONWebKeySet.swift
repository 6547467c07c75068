internal import JSON
internal import Primitives

/// Why a key document cannot be used.
public enum JSONWebKeyError: Error, Sendable, Equatable {
    /// It is no JSON object with a list `keys`.
    case malformed
    /// It has more entries than `JSONWebKeySet.keyLimit`.
    case tooMany(limit: Int)
}

/// The keys of a server, as it publishes them (RFC 7517, contracts/cosmos.md 3.5).
public struct JSONWebKeySet: Sendable, Equatable {
    /// Entries of a document.
    public static let keyLimit = 32

    /// A key, and when it counts.
    public struct Entry: Sendable, Equatable {
        /// The key.
        public var key: Ed25519PublicKey
        /// Seconds since the epoch before which it does not count.
        public var notBefore: Int64?
        /// Seconds since the epoch from which on it does not count.
        public var expires: Int64?

        /// A key with its limits.
        public init(key: Ed25519PublicKey, notBefore: Int64? = nil, expires: Int64? = nil) {
            self.key = key
            self.notBefore = notBefore
            self.expires = expires
        }

        /// Whether the key counts at a moment, in seconds since the epoch.
        public func isGood(at now: Int64) -> Bool {
            (notBefore.map { now >= $0 } ?? true) && (expires.map { now < $0 } ?? true)
        }
    }

    /// The entries that can be used; others are left out.
    public var entries: [Entry]

    /// Keys.
    public init(_ entries: [Entry]) {
        self.entries = entries
    }

    /// Reads a document. An entry counts only as an Ed25519 key for signatures whose `kid`, if there is one, is its thumbprint.
    ///
    /// - Throws: `JSONWebKeyError`.
    public init(parsing document: [UInt8]) throws(JSONWebKeyError) {
        guard let keys = try? JSONValue.parse(document).object().required("keys").array() else { throw .malformed }
        guard keys.count <= Self.keyLimit else { throw .tooMany(limit: Self.keyLimit) }
        entries = keys.compactMap(Self.entry)
    }

    /// The entry of a thumbprint, whether it is good now or not.
    public subscript(thumbprint: String) -> Entry? {
        entries.first { $0.key.thumbprint == thumbprint }
    }

    /// The document of some keys, each named by its thumbprint.
    public static func document(_ keys: [Ed25519PublicKey]) -> [UInt8] {
        var json = JSONWriter(capacity: 256)
        json.object { json in
            json.key("keys")
            json.array { json in
                for key in keys {
                    json.object { json in
                        json.member("kty", "OKP")
                        json.member("crv", "Ed25519")
                        json.member("use", "sig")
                        json.member("alg", "Ed25519")
                        json.member("kid", key.thumbprint)
                        json.member("x", key.base64URL)
                    }
                }
            }
        }
        return json.bytes
    }

    /// Nil for what is no key of this kind, or says that it is for something else.
    private static func entry(_ value: JSONValue) -> Entry? {
        guard let object = try? value.object(), text("kty", of: object) == "OKP", text("crv", of: object) == "Ed25519",
            let x = text("x", of: object), x.utf8.last != UInt8(ascii: "="), let bytes = Base64URL.decode(x),
            let key = Ed25519PublicKey(bytes)
        else { return nil }
        guard allows(object, "use", ["sig"]), allows(object, "alg", ["Ed25519", "EdDSA", "ed25519"]),
            allows(object, "kid", [key.thumbprint])
        else { return nil }
        var entry = Entry(key: key)
        do {
            entry.notBefore = try object.optional("nbf")?.integer()
            entry.expires = try object.optional("exp")?.integer()
        } catch {
            return nil
        }
        return entry
    }

    private static func text(_ name: String, of object: JSONObject) -> String? {
        object[name].flatMap { try? $0.string() }
    }

    /// Whether a member is absent or one of these.
    private static func allows(_ object: JSONObject, _ name: String, _ values: [String]) -> Bool {
        guard object.contains(name) else { return true }
        return text(name, of: object).map(values.contains) ?? false
    }
}
