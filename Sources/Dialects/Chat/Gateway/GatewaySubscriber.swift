internal import Community
internal import Gateway

/// A logged-in gateway socket as the hub sees it.
final class GatewaySubscriber: Subscriber {
    let account: AccountID
    let session: SessionID
    let encoder: any EventEncoder
    private let connection: GatewayConnection

    init(connection: GatewayConnection, login: GatewayLogin, encoder: any EventEncoder) {
        self.connection = connection
        account = login.account
        session = login.session
        self.encoder = encoder
    }

    func receive(_ bytes: [UInt8], of envelope: Envelope) {
        // Whoever has just joined is shown the whole server.
        guard case .memberAdded(let member, _, _) = envelope.content else { return connection.send(bytes) }
        connection.send(bytes, isLarge: member.account.id == account)
    }

    func sessionEnded() {
        connection.sessionEnded()
    }
}
