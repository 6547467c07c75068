internal import JSON

/// Which members the objects of other servers have, and of what type: clients are passed nothing else under these names (contracts/reileta.md 4).
enum ForeignMembers {
    private enum Kind {
        case text
        case integer
        case texts
        case assets
    }

    private struct Member {
        var name: String
        var kind: Kind
        var isRequired: Bool

        init(_ name: String, _ kind: Kind, required: Bool = false) {
            self.name = name
            self.kind = kind
            isRequired = required
        }
    }

    /// Whether an object has what objects of its kind have.
    static func fit(_ object: JSONObject, _ shape: ForeignShape) -> Bool {
        let prefix = prefix(of: shape)
        guard let id = try? object.required("id").string(), id.hasPrefix(prefix), id.utf8.count <= 64 else { return false }
        return members(of: shape).allSatisfy { member in
            guard let value = object[member.name] else { return !member.isRequired }
            return fits(value, member.kind)
        }
    }

    private static func prefix(of shape: ForeignShape) -> String {
        switch shape {
        case .user: "u_"
        case .world: "w_"
        case .asset: "f_"
        case .service: "p_"
        case .instance: "i_"
        case .candidate: ""
        case .list(let inner), .either(let inner): prefix(of: inner)
        }
    }

    private static func members(of shape: ForeignShape) -> [Member] {
        switch shape {
        case .user:
            [
                Member("username", .text, required: true), Member("display", .text, required: true), Member("server", .text),
                Member("tags", .texts), Member("thumbnail", .text), Member("banner", .text), Member("description", .text),
            ]
        case .world:
            [
                Member("title", .text, required: true), Member("capacity", .integer), Member("tags", .texts), Member("server", .text),
                Member("thumbnail", .text), Member("description", .text), Member("assets", .assets), Member("owner_id", .text),
            ]
        case .asset:
            [
                Member("version", .text, required: true), Member("engine", .text, required: true),
                Member("platform", .text, required: true),
                Member("url", .text), Member("hash", .text), Member("size", .integer),
            ]
        case .service: [Member("title", .text, required: true), Member("version", .text), Member("tags", .texts), Member("server", .text)]
        case .instance:
            [
                Member("name", .text, required: true), Member("world", .text, required: true), Member("capacity", .integer),
                Member("tags", .texts), Member("users", .texts), Member("connected", .integer), Member("server", .text),
                Member("owner", .text), Member("title", .text),
            ]
        case .candidate: [Member("user", .text, required: true), Member("state", .text, required: true), Member("position", .integer)]
        case .list(let inner), .either(let inner): members(of: inner)
        }
    }

    private static func fits(_ value: JSONValue, _ kind: Kind) -> Bool {
        switch kind {
        case .text: value.kind == .string
        case .integer: value.kind == .integer
        case .texts: (try? value.array())?.allSatisfy { $0.kind == .string } ?? false
        case .assets: (try? value.array())?.allSatisfy { (try? $0.object()).map { fit($0, .asset) } ?? false } ?? false
        }
    }
}
