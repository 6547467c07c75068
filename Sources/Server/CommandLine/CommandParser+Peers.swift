/// `roost peers`.
extension CommandParser {
    mutating func peers() throws(Command.Misuse) -> Command {
        let action = rest.popFirst()
        guard let action, ["list", "allow", "deny", "forget", "challenge"].contains(action) else {
            throw Command.Misuse(reason: "roost peers knows list, allow, deny, forget and challenge")
        }
        if action == "list" { return .peers(.list, try options(of: action).options) }
        let address = try word("the address of a server, or u_…@ADDRESS")
        let options = try options(of: action).options
        switch action {
        case "allow": return .peers(.allow(address), options)
        case "deny": return .peers(.deny(address), options)
        case "forget": return .peers(.forget(address), options)
        default: return .peers(.challenge(address), options)
        }
    }
}
