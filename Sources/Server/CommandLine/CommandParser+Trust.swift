internal import Security

/// The commands about operators and keys: `roost operator`, `claim`, `trust`, `key` (contracts/cosmos.md 12).
extension CommandParser {
    mutating func operators() throws(Command.Misuse) -> Command {
        switch rest.popFirst() {
        case "add":
            let user = try word("the user's id")
            return .operators(.add(user), try options(of: "add").options)
        case "remove":
            let user = try word("the user's id")
            return .operators(.remove(user), try options(of: "remove").options)
        case "list": return .operators(.list, try options(of: "list").options)
        default: throw Command.Misuse(reason: "roost operator knows add, remove and list")
        }
    }

    mutating func claim() throws(Command.Misuse) -> Command {
        switch rest.popFirst() {
        case "new": return .claim(.new, try options(of: "new").options)
        case "cancel": return .claim(.cancel, try options(of: "cancel").options)
        default: throw Command.Misuse(reason: "roost claim knows new and cancel")
        }
    }

    mutating func trust() throws(Command.Misuse) -> Command {
        switch rest.popFirst() {
        case "list": return .trust(.list, try options(of: "list").options)
        case "pin":
            let thumbprint = try thumbprint()
            let parsed = try options(of: "pin")
            guard let source = parsed.source else { throw Command.Misuse(reason: "--source is missing: the origin whose key it is") }
            return .trust(.pin(thumbprint, source: source), parsed.options)
        case "revoke":
            let thumbprint = try thumbprint()
            return .trust(.revoke(thumbprint), try options(of: "revoke").options)
        default: throw Command.Misuse(reason: "roost trust knows list, pin and revoke")
        }
    }

    /// The thumbprint of a key (RFC 7638). Its alphabet has a hyphen, so that one in 64 begins like an option: what has the form of a thumbprint is one.
    private mutating func thumbprint() throws(Command.Misuse) -> String {
        if let first = rest.first, Ed25519PublicKey.isThumbprint(first) {
            rest.removeFirst()
            return first
        }
        return try word("the key's thumbprint")
    }

    mutating func key() throws(Command.Misuse) -> Command {
        switch rest.popFirst() {
        case "list": return .key(.list, try options(of: "list").options)
        case "rotate": return .key(.rotate, try options(of: "rotate").options)
        default: throw Command.Misuse(reason: "roost key knows list and rotate")
        }
    }
}
