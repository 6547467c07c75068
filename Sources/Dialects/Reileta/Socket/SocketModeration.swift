internal import Community
internal import JSON
internal import Reactor

/// Moderating an instance on a socket (contracts/reileta.md 5.3, "moderate").
enum SocketModeration {
    /// What is done to somebody.
    enum Act: Int64 {
        case kick = 0
        case ban = 1
        case mute = 2
        case unmute = 3
        case warn = 4
        case unban = 5
    }

    /// Whom something is done to.
    private struct Target {
        var account: AccountID
        /// The id of the player that was named.
        var player: String?
    }

    /// - Throws: `Failure` 3, 4, 17, 33, 36, 39, 40, 50.
    static func moderate(_ request: SocketRequest, on bound: LoopBound<ReiletaSocket>) async throws -> [UInt8] {
        let gateway = bound.value.gateway
        guard let actor = bound.value.login?.session.account.id else { throw Failure(.userNotLogged) }
        var form = RequestForm(try SocketInstances.data(of: request))
        let name = form.required("instance")
        let (player, user) = (form.text("to_player"), form.text("user"))
        try form.check(.instanceInvalidInput)
        let inside = try await SocketInstances.place(named: name, on: bound)
        guard let act = (try? form.value("type")?.integer()).flatMap({ Act(rawValue: $0) }) else {
            throw Failure(.invalidModerationType, "type: Must be 0 to 5.")
        }
        let target = try await target(player, user, act, inside, gateway)
        try await note(act, target, inside.instance, actor, gateway)
        gateway.rooms.tell(inside.instance, .moderation, frame(act, target, inside, gateway), except: inside.player.id)
        if act == .kick || act == .ban { sendOut(target, act, inside, gateway) }
        return SocketFrame.success(request) { json in
            json.member("instance", inside.name)
            json.present("to_player", target.player)
            json.member("user", gateway.identity.userAt(target.account))
            json.member("type", Int(act.rawValue))
        }
    }

    /// Who is meant: by the player, who may be gone when a sanction is taken back, or by the person.
    private static func target(
        _ player: String?, _ user: String?, _ act: Act, _ inside: ReiletaSocket.Place, _ gateway: ReiletaGateway
    ) async throws -> Target {
        let players = gateway.rooms.players(of: inside.instance)
        if let player {
            if let found = players.first(where: { $0.id == player }) { return Target(account: found.account.id, player: player) }
            if act == .unban || act == .unmute,
                let account = try await gateway.community.sanctioned(player: player, in: inside.instance)
            {
                return Target(account: account, player: player)
            }
            throw Failure(.playerNotFound)
        }
        guard let user else { throw Failure(.instanceInvalidInput, "to_player: Is missing.") }
        guard let account = try await gateway.answers.account(named: user) else { throw Failure(.userNotFound) }
        let found = players.first { $0.account.id == account }
        guard found != nil || act != .kick && act != .warn else { throw Failure(.playerNotFound) }
        return Target(account: account, player: found?.id)
    }

    /// Checks who may, and keeps what is to last.
    private static func note(
        _ act: Act, _ target: Target, _ instance: InstanceID, _ actor: AccountID, _ gateway: ReiletaGateway
    ) async throws {
        let community = gateway.community
        switch act {
        case .kick, .warn: try await community.requireModerator(actor, of: target.account, in: instance)
        case .ban:
            try await community.impose(.ban, on: target.account, player: target.player, in: instance, by: actor)
            await gateway.places.giveUp(target.account, in: instance)
        case .mute:
            try await community.impose(.mute, on: target.account, player: target.player, in: instance, by: actor)
            gateway.rooms.mute(target.account, true, in: instance)
        case .unmute:
            try await community.lift(.mute, from: target.account, in: instance, by: actor)
            gateway.rooms.mute(target.account, false, in: instance)
        case .unban: try await community.lift(.ban, from: target.account, in: instance, by: actor)
        }
    }

    /// A player is kicked alone; whoever is banned goes with all sockets.
    private static func sendOut(_ target: Target, _ act: Act, _ inside: ReiletaSocket.Place, _ gateway: ReiletaGateway) {
        let departure: SocketInstances.Departure = act == .ban ? .banned : .kicked
        let gone = gateway.rooms.remove(inside.instance, at: gateway.now) { player in
            act == .ban ? player.account.id == target.account : player.id == target.player
        } frame: { player in
            SocketInstances.left(inside.name, player, departure)
        }
        for player in gone { gateway.places.vacated(inside.instance, by: player) }
    }

    private static func frame(_ act: Act, _ target: Target, _ inside: ReiletaSocket.Place, _ gateway: ReiletaGateway) -> [UInt8] {
        SocketFrame.event("instance-moderation") { json in
            json.member("instance", inside.name)
            json.present("to_player", target.player)
            json.member("user", gateway.identity.userAt(target.account))
            json.member("by_player", inside.player.id)
            json.member("type", Int(act.rawValue))
        }
    }
}
