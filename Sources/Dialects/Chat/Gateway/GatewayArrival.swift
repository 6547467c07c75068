internal import Community
internal import Gateway

/// Whose socket it is.
struct GatewayLogin: Hashable, Sendable {
    var account: AccountID
    /// The session that CONNECTED told the client of, for resuming, with the login that the token belongs to.
    var session: GatewaySession
}

/// A socket that has shown who it is and may be served from now on.
struct GatewayArrival: Sendable {
    enum Greeting: Sendable {
        /// CONNECTED with this snapshot.
        case connected(Snapshot)
        /// RESUMED after so many events.
        case resumed(replayed: Int)
    }

    var login: GatewayLogin
    var account: Account
    /// The client knows everything up to this event.
    var position: Int64
    /// What the account can see at that position.
    var topics: [TopicID]
    var greeting: Greeting
    /// Others who are there, for CONNECTED; after RESUMED they are looked for anew.
    var present: [AccountID] = []
    /// Changes of presence up to this number were made before `present` was read.
    var presencePosition: UInt64
}

/// Why a socket is not served.
enum GatewayRefusal: Error {
    case close(ChatCloseCode)
    /// The session cannot be resumed; the client may identify anew (op 9).
    case invalidSession
}
