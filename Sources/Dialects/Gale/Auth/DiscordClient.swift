internal import Community
internal import HTTPClient
internal import JSON
internal import Primitives
internal import Security

/// Asks Discord who somebody is who comes back with a code (contracts/gale.md 4.2).
struct DiscordClient: Sendable {
    /// Bytes of an answer that are looked at.
    private static let answerLimit = 65_536

    private let settings: GaleSettings.Discord
    private let sender: OutboundSender
    private let rules: OutboundURLRules
    private let addressGuard: AddressGuard

    init(_ settings: GaleSettings.Discord, sender: OutboundSender, addressGuard: AddressGuard) {
        self.settings = settings
        self.sender = sender
        self.addressGuard = addressGuard
        // The operator has written the address: one that is not Discord's is meant so.
        rules = OutboundURLRules(allowsInsecure: settings.endpoint.hasPrefix("http://"), allowsPorts: true)
    }

    /// Where people are sent.
    ///
    /// - Parameters:
    ///   - callback: where they shall come back, in the same words as later in `identity`.
    ///   - state: what has to come back with them.
    func authorizationURL(callback: String, state: String) -> String {
        let query = [
            ("response_type", "code"), ("client_id", settings.clientID), ("scope", "identify"), ("redirect_uri", callback),
            ("state", state),
        ]
        return "\(settings.endpoint)/oauth2/authorize?\(FormEncoding.text(query))"
    }

    /// Exchanges a code for who somebody is. Discord's tokens are used for this once and forgotten.
    ///
    /// - Throws: `Failure.invalidRefreshToken` for a code that Discord refuses, as this API has always called it; `DiscordFailure` for anything else, which the log gets and the client does not.
    func identity(code: String, callback: String) async throws -> DiscordIdentity {
        let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", callback)]
        let credentials = Base64.encode(Array("\(settings.clientID):\(settings.clientSecret)".utf8))
        let answer = try await send(
            "POST", "/oauth2/token",
            [("Authorization", "Basic \(credentials)"), ("Content-Type", "application/x-www-form-urlencoded")],
            body: Array(FormEncoding.text(form).utf8))
        if answer.status == 400 { throw Failure.invalidRefreshToken }
        guard answer.status == 200, let token = Self.object(answer).flatMap({ try? $0.required("access_token").string() }),
            Self.isToken(token)
        else { throw DiscordFailure("/oauth2/token", status: answer.status) }
        let person = try await send("GET", "/oauth2/@me", [("Authorization", "Bearer \(token)")])
        guard person.status == 200, let identity = Self.object(person).flatMap(Self.identity) else {
            throw DiscordFailure("/oauth2/@me", status: person.status)
        }
        return identity
    }

    private func send(
        _ method: String, _ path: String, _ headers: [(name: String, value: String)], body: [UInt8] = []
    ) async throws(DiscordFailure) -> OutboundResponse {
        let url: OutboundURL
        do throws(OutboundURLError) {
            url = try OutboundURL(settings.endpoint + path, rules: rules, guard: addressGuard)
        } catch {
            throw DiscordFailure(path, error.reason)
        }
        let request = OutboundRequest(
            method: method, url: url, headers: headers + [("Accept", "application/json")], body: body, bodyLimit: Self.answerLimit,
            overflow: .refuse)
        do throws(OutboundFailure) {
            return try await sender.send(request).get()
        } catch {
            throw DiscordFailure(path, error.word)
        }
    }

    private static func object(_ answer: OutboundResponse) -> JSONObject? {
        try? JSONValue.parse(answer.body).object()
    }

    /// The person of an answer. A default picture and no name of one's own are null, and no failure.
    private static func identity(_ answer: JSONObject) -> DiscordIdentity? {
        guard let user = try? answer.required("user").object(), let id = try? user.required("id").string(),
            (1...20).contains(id.utf8.count), id.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let name = try? user.required("username").string(), (1...128).contains(name.unicodeScalars.count), !name.utf8.contains(0)
        else { return nil }
        func text(_ member: String) -> String? {
            user.optional(member).flatMap { try? $0.string() }.flatMap {
                $0.isEmpty || $0.utf8.count > 512 || $0.utf8.contains(0) ? nil : $0
            }
        }
        return DiscordIdentity(id: id, name: name, displayName: text("global_name"), avatar: text("avatar"))
    }

    /// Visible ASCII: nothing else belongs into a header.
    private static func isToken(_ text: String) -> Bool {
        (1...2_048).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
