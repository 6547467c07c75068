internal import Community
internal import Federation
internal import JSON

/// What another server answers with, as far as it is looked at before it is passed on (contracts/reileta.md 3.3, step 5; 4).
indirect enum ForeignShape: Sendable {
    case user
    case world
    case asset
    case service
    case instance
    case candidate
    /// A list of them (1.4), or the bare list of the first servers.
    case list(ForeignShape)
    /// A list of them, or another object: the place of somebody in a queue.
    case either(ForeignShape)

    /// Whether an object says where it is from.
    private var hasServer: Bool {
        switch self {
        case .user, .world, .service, .instance: true
        case .asset, .candidate: false
        case .list(let inner), .either(let inner): inner.hasServer
        }
    }

    /// The data as it is passed on: with `server` and `external` as they are seen from here.
    ///
    /// - Parameter id: the id that was asked for; nil when it was no id.
    /// - Throws: `PeerFailure.badStructure`.
    func passed(_ value: JSONValue, from server: String, id: String? = nil) throws(PeerFailure) -> [UInt8] {
        var json = JSONWriter(capacity: 1_024)
        switch self {
        case .list(let inner): try inner.writeList(value, server, to: &json)
        case .either(let inner):
            guard let object = try? value.object() else { throw .badStructure(reason: "no object") }
            if object.contains("items") { try inner.writeList(value, server, to: &json) } else { json.copy(value) }
        default: try write(value, server, id: id, to: &json)
        }
        return json.bytes
    }

    private func write(_ value: JSONValue, _ server: String, id: String? = nil, to json: inout JSONWriter) throws(PeerFailure) {
        guard let object = try? value.object(), ForeignMembers.fit(object, self) else { throw .badStructure(reason: "no \(self)") }
        if let id {
            guard let own = try? object.required("id").string(), own == id else { throw .badStructure(reason: "another \(self)") }
        }
        let hasServer = hasServer
        json.object { json in
            for member in object.members where !hasServer || member.name != "server" && member.name != "external" {
                json.key(member.name)
                json.copy(member.value)
            }
            if hasServer {
                json.member("server", server)
                json.member("external", true)
            }
        }
    }

    private func writeItems(_ values: [JSONValue], _ server: String) throws(PeerFailure) -> [UInt8] {
        var list = JSONWriter(capacity: 64 + values.count * 512)
        var failure: PeerFailure?
        list.array { json in
            for value in values where failure == nil {
                do throws(PeerFailure) { try write(value, server, to: &json) } catch { failure = error }
            }
        }
        if let failure { throw failure }
        return list.bytes
    }

    private func writeList(_ value: JSONValue, _ server: String, to json: inout JSONWriter) throws(PeerFailure) {
        let object = try? value.object()
        let plural = "\(self)s"
        let found = (try? value.array()) ?? (try? (object?.optional("items") ?? object?.optional(plural))?.array()) ?? nil
        guard let values = found else { throw .badStructure(reason: "no list") }
        let items = try writeItems(values, server)
        func number(_ name: String) throws(PeerFailure) -> Int64? {
            guard let value = object?.optional(name) else { return nil }
            guard let number = try? value.integer() else { throw .badStructure(reason: name) }
            return number
        }
        let (total, limit, offset) = (try number("total"), try number("limit"), try number("offset"))
        let query = (try? object?.optional("query")?.string()) ?? nil
        json.object { json in
            json.member("total", total ?? Int64(values.count))
            json.member("limit", limit ?? Int64(values.count))
            json.member("offset", offset ?? 0)
            json.present("query", query)
            json.member("items", raw: items)
            json.key(plural)
            json.raw(items)
        }
    }
}
