/// `roost blobs`.
extension CommandParser {
    mutating func blobs() throws(Command.Misuse) -> Command {
        guard rest.popFirst() == "verify" else { throw Command.Misuse(reason: "roost blobs knows verify") }
        let parsed = try options(of: "verify")
        return .blobs(.verify(deep: parsed.deep, repair: parsed.repair), parsed.options)
    }
}
