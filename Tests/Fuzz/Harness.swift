/// The parts that read what strangers write, each with what must hold for every input.
enum Harness: String, CaseIterable, Sendable {
    case http
    case websocket
    case json
    case headers
    case gateway
    case dawchat
    case yaml
    case inbound
    case fields
    case signatures
    case archive
    case images
    case reileta
    case socketio

    /// Reads one input; whatever it is, it must neither trap nor break a promise.
    func run(_ bytes: [UInt8]) throws(Finding) {
        switch self {
        case .http: try HTTPHarness.run(bytes)
        case .websocket: try WebSocketHarness.run(bytes)
        case .json: try JSONHarness.run(bytes)
        case .headers: try HeadersHarness.run(bytes)
        case .gateway: try GatewayHarness.run(bytes)
        case .dawchat: try DawchatHarness.run(bytes)
        case .yaml: try YAMLHarness.run(bytes)
        case .inbound: try InboundHarness.run(bytes)
        case .fields: try StructuredFieldsHarness.run(bytes)
        case .signatures: try SignaturesHarness.run(bytes)
        case .archive: try ArchiveHarness.run(bytes)
        case .images: try ImageHarness.run(bytes)
        case .reileta: try ReiletaHarness.run(bytes)
        case .socketio: try SocketIOHarness.run(bytes)
        }
    }
}
