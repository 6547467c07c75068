internal import Community
internal import Dialect
internal import JSON
internal import Primitives
internal import Security

/// Signs access tokens and writes the tokens of a login (contracts/chat.md 3.1).
struct TokenWire {
    let services: ChatServices
    let settings: ChatSettings

    /// TokenResult, and the beginning of AuthResult.
    func write(_ login: LoginSession, to json: inout JSONWriter) {
        let lifetime = Int64(settings.accessTokenLifetime.components.seconds)
        let now = services.shared.clock()
        let token = services.accessTokens.sign(
            AccessToken(
                accountID: login.account.id.rawValue, username: login.account.username, sessionID: login.sessionID.rawValue,
                issuedAt: now, expiresAt: now.adding(seconds: lifetime)))
        json.member("access_token", token)
        json.member("refresh_token", login.token)
        json.member("token_type", "Bearer")
        json.member("expires_in", lifetime)
        json.member("token", token)
    }
}
