/// What server and client have agreed on for permessage-deflate (RFC 7692 section 7.1).
struct DeflateAgreement: Sendable, Equatable {
    var serverContextTakeover: Bool
    var clientContextTakeover: Bool
    /// The largest window of the server; told to the client only when it asked.
    var serverWindowBits: Int
    var serverWindowBitsWereAsked = false
    /// The largest window of the client, nil when it offered no choice.
    var clientWindowBits: Int?

    /// Answers the first of the client's offers that can be met; nil when none can.
    static func choose(from offers: [ExtensionOffer], options: WebSocketCompression) -> DeflateAgreement? {
        for offer in offers where offer.name == "permessage-deflate" {
            if let agreement = DeflateAgreement(offer, options) { return agreement }
        }
        return nil
    }

    /// RFC 7692 section 7: an offer with an unknown, repeated or wrong parameter is declined.
    private init?(_ offer: ExtensionOffer, _ options: WebSocketCompression) {
        serverContextTakeover = options.serverContextTakeover
        clientContextTakeover = options.clientContextTakeover
        serverWindowBits = min(max(options.serverWindowBits, 9), 15)
        var seen: Set<String> = []
        for (name, value) in offer.parameters {
            guard seen.insert(name).inserted else { return nil }
            switch (name, value) {
            case ("server_no_context_takeover", nil): serverContextTakeover = false
            case ("client_no_context_takeover", nil): clientContextTakeover = false
            case ("server_max_window_bits", .some(let text)):
                // zlib cannot write with a window of 2^8.
                guard let bits = Self.windowBits(text), bits >= 9 else { return nil }
                serverWindowBits = min(serverWindowBits, bits)
                serverWindowBitsWereAsked = true
            case ("client_max_window_bits", let text):
                guard let bits = text.map(Self.windowBits) ?? 15 else { return nil }
                clientWindowBits = min(bits, min(max(options.clientWindowBits, 9), 15))
            default: return nil
            }
        }
    }

    /// 8...15 without leading zeros.
    private static func windowBits(_ text: String) -> Int? {
        guard text.first != "0", text.first != "+", let bits = Int(text), (8...15).contains(bits) else { return nil }
        return bits
    }

    /// The value of Sec-WebSocket-Extensions in the answer.
    var headerValue: String {
        var value = "permessage-deflate"
        if !serverContextTakeover { value += "; server_no_context_takeover" }
        if !clientContextTakeover { value += "; client_no_context_takeover" }
        if serverWindowBitsWereAsked { value += "; server_max_window_bits=\(serverWindowBits)" }
        if let clientWindowBits { value += "; client_max_window_bits=\(clientWindowBits)" }
        return value
    }

    /// The reading side.
    func makeInflater() -> Inflater {
        Inflater(windowBits: clientWindowBits ?? 15, keepsContext: clientContextTakeover)
    }

    /// The writing side.
    func makeDeflater(_ options: WebSocketCompression) -> Deflater {
        Deflater(windowBits: serverWindowBits, keepsContext: serverContextTakeover, options: options)
    }
}
