internal import Community
internal import Federation
internal import Gateway
internal import JSON
internal import Primitives

extension Timestamp {
    /// Times on the wire: whole milliseconds since 1970.
    var wireMilliseconds: Int64 { microseconds / 1_000 }
}

extension JSONWriter {
    /// A member that is left out without a value: nothing is ever null but what the contract says.
    mutating func present(_ name: StaticString, _ text: String?) {
        if let text { member(name, text) }
    }

    /// A list of texts.
    mutating func texts(_ name: StaticString, _ texts: [String]) {
        member(name, array: { json in for text in texts { json.value(text) } })
    }
}

/// The JSON shapes of contracts/reileta.md section 4, written straight into bytes. Times are milliseconds since 1970.
struct Wire: Sendable {
    let identity: ServerIdentity
    let presence: PresenceBoard
    let settings: ReiletaSettings
    /// Where the request has come in; nil: at the server's own gateway.
    var gateway: Gateway?

    /// Where HTTP requests go.
    var httpGateway: String { gateway?.http ?? identity.httpGateway }
    /// Where sockets go.
    var socketGateway: String { gateway.map { "ws" + $0.http.dropFirst(4) + "/api/ws" } ?? identity.socketGateway }

    /// Server (4.1).
    ///
    /// - Parameter expectsSocketIO: whether the client is one of those that look for a Socket.IO server at `gateways.ws`.
    func server(expectsSocketIO: Bool = false, to json: inout JSONWriter) {
        let kept = identity.server
        let http = httpGateway
        json.object { json in
            json.member("id", identity.id)
            json.member("title", identity.title)
            json.member("description", kept.description ?? "")
            json.member("address", identity.address)
            json.member(
                "gateways",
                object: { json in
                    json.member("http", http)
                    json.member("ws", expectsSocketIO && settings.hasSocketIO ? http : socketGateway)
                    json.member("proxy", http)
                })
            json.member("secure", identity.isSecure)
            json.member("version", settings.version)
            json.member("ready_at", settings.startedAt.wireMilliseconds)
            json.member("icon", kept.iconURL ?? "\(http)/icon.png")
            json.member("created_at", kept.createdAt.wireMilliseconds)
            json.member("updated_at", kept.updatedAt.wireMilliseconds)
        }
    }

    /// Another server, as it describes itself.
    func server(_ server: PeerServer, to json: inout JSONWriter) {
        json.object { json in
            json.member("id", server.id)
            json.member("title", server.title)
            json.member("description", server.description ?? "")
            json.member("address", server.address)
            json.member(
                "gateways",
                object: { json in
                    json.member("http", server.http)
                    json.member("ws", server.ws)
                    json.present("proxy", server.proxy)
                })
            json.member("secure", server.isSecure)
            json.member("version", server.version)
            json.member("ready_at", server.readyAt)
            json.member("icon", server.icon)
            json.member("external", true)
            if let createdAt = server.createdAt { json.member("created_at", createdAt) }
            if let updatedAt = server.updatedAt { json.member("updated_at", updatedAt) }
        }
    }

    // MARK: Worlds

    /// World (4.3).
    ///
    /// - Parameters:
    ///   - assets: those to show; nil leaves the member out, as events do.
    ///   - isFallback: whether it stands in for a home that is not there.
    func world(_ world: World, assets: [WorldAsset]?, isFallback: Bool = false, to json: inout JSONWriter) {
        let id = identity.world(world)
        let owner = identity.userAt(world.ownerID)
        json.object { json in
            json.member("id", id)
            json.member("title", world.title)
            json.present("description", world.description)
            json.present("thumbnail", thumbnail(of: world))
            json.member("capacity", world.capacity)
            json.texts("tags", world.tags)
            json.member("owner_id", identity.user(world.ownerID))
            json.member("owner", owner)
            json.member("owner_ids", owner)
            json.member("server", identity.address)
            json.member("external", false)
            json.member("fallback", isFallback)
            if let assets {
                json.member("assets", array: { json in for asset in assets { self.asset(asset, of: id, to: &json) } })
            }
            json.member("created_at", world.createdAt.wireMilliseconds)
            json.member("updated_at", world.updatedAt.wireMilliseconds)
        }
    }

    private func thumbnail(of world: World) -> String? {
        world.thumbnail.map { picture in
            "\(httpGateway)/api/worlds/\(identity.world(world))/thumbnail?t=\(picture.updatedAt.wireMilliseconds)"
        }
    }

    /// WorldAsset (4.4).
    ///
    /// - Parameter world: the id of the world on the wire.
    func asset(_ asset: WorldAsset, of world: String, to json: inout JSONWriter) {
        let id = identity.asset(asset)
        json.object { json in
            json.member("id", id)
            json.member("version", asset.build.version)
            json.member("engine", asset.build.engine)
            json.member("platform", asset.build.platform)
            switch asset.file {
            case .stored: json.member("url", "\(httpGateway)/api/worlds/\(world)/assets/\(id)/file")
            case .external(let url, _, _): json.member("url", url)
            case nil: json.member("url", "unknown")
            }
            json.member("hash", asset.digest.map { Hex.encode($0) } ?? "unknown")
            json.member("size", asset.size)
            if asset.file == nil { json.member("empty", true) }
        }
    }

    // MARK: Services and instances

    /// Service (4.5).
    func service(_ service: RegistryService, to json: inout JSONWriter) {
        json.object { json in
            json.member("id", identity.service(service))
            json.member("title", service.title)
            json.present("description", service.description)
            json.member("version", service.version)
            json.member("author", identity.userAt(service.ownerID))
            json.present("url", service.url)
            json.texts("tags", service.tags)
            json.member(
                "require",
                array: { json in
                    for requirement in service.requirements {
                        json.object { json in
                            json.member("id", requirement.id)
                            json.present("version", requirement.version)
                            json.member("required", requirement.isRequired)
                        }
                    }
                })
            json.member("server", identity.address)
            json.member("created_at", service.createdAt.wireMilliseconds)
            json.member("updated_at", service.updatedAt.wireMilliseconds)
        }
    }

    /// Instance (4.6).
    ///
    /// - Parameters:
    ///   - players: those who are in it, as far as they are shown; nil leaves them out, as events do.
    ///   - connected: how many are in it.
    func instance(_ instance: Instance, players: [Player]?, connected: Int = 0, to json: inout JSONWriter) {
        let owner = identity.userAt(instance.ownerID)
        let worldAt = identity.world(of: instance) + (instance.worldVersion.map { ":\($0)" } ?? "") + "@\(identity.address)"
        json.object { json in
            json.member("id", identity.instance(instance))
            json.member("name", instance.name)
            json.member("title", instance.title)
            json.present("description", instance.description)
            json.member("capacity", instance.capacity)
            json.member("world", worldAt)
            json.member("world_ids", worldAt)
            json.member("owner", owner)
            json.member("owner_ids", owner)
            json.key("master")
            json.null()
            json.member("server", identity.address)
            json.texts("tags", instance.tags)
            json.member("password", instance.hasPassword)
            if let players {
                var people: [String] = []
                for player in players where !people.contains(player.user) { people.append(player.user) }
                json.texts("moderators", instance.moderators.map(identity.userAt))
                json.texts("users", people)
                json.member("connected", connected)
                json.member("players", array: { json in for player in players { self.player(player, to: &json) } })
            }
            json.member("created_at", instance.createdAt.wireMilliseconds)
            json.member("updated_at", instance.updatedAt.wireMilliseconds)
        }
    }

    /// Somebody in an instance (4.6).
    func player(_ player: Player, to json: inout JSONWriter) {
        json.object { json in
            json.member("player", player.id)
            json.member("id", player.id)
            json.member("user", player.user)
            json.member("display", player.account.displayName ?? player.account.username)
            json.member("role", player.role.rawValue)
            json.member("is_bot", player.isBot)
            json.member("joined_at", player.joinedAt.wireMilliseconds)
        }
    }
}
