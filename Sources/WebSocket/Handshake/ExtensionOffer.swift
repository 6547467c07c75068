/// One element of Sec-WebSocket-Extensions (RFC 6455 section 9.1).
struct ExtensionOffer: Equatable {
    var name: String
    var parameters: [(name: String, value: String?)] = []

    static func == (left: ExtensionOffer, right: ExtensionOffer) -> Bool {
        left.name == right.name && left.parameters.elementsEqual(right.parameters, by: ==)
    }

    /// Reads all values of the header field, in order.
    /// - Returns: nil when one does not follow the grammar.
    static func parse(_ values: [String]) -> [ExtensionOffer]? {
        var offers: [ExtensionOffer] = []
        for value in values {
            var scanner = HeaderScanner(value)
            while !scanner.isAtEnd {
                // RFC 9110 section 5.6.1: empty elements of a list are skipped.
                if scanner.skip(",") { continue }
                guard let offer = element(&scanner), scanner.isAtEnd || scanner.skip(",") else { return nil }
                offers.append(offer)
            }
        }
        return offers
    }

    private static func element(_ scanner: inout HeaderScanner) -> ExtensionOffer? {
        guard let name = scanner.token() else { return nil }
        var offer = ExtensionOffer(name: name.lowercased())
        while scanner.skip(";") {
            guard let parameter = scanner.token() else { return nil }
            var value: String?
            if scanner.skip("=") {
                value = scanner.token() ?? scanner.quotedToken()
                guard value != nil else { return nil }
            }
            offer.parameters.append((parameter.lowercased(), value))
        }
        return offer
    }
}
