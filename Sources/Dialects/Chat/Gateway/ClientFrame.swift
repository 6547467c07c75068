internal import JSON

/// What a client sends on the gateway (contracts/chat.md 4.1, 4.2).
enum ClientFrame: Equatable {
    case heartbeat
    case identify(Identify)
    case resume(Resume)
    case setPresence(status: String)
    case startTyping(channel: String)

    struct Identify: Equatable {
        var token: String
        /// The presence to begin with, nil for the remembered one.
        var status: String?
        /// Whether SERVER_UPDATE and SERVER_DELETE are wanted (5.4).
        var wantsServerEvents = false
    }

    struct Resume: Equatable {
        var token: String
        var sessionID: String
        var sequence: Int64
        /// Whether SERVER_UPDATE and SERVER_DELETE are wanted (5.4).
        var wantsServerEvents = false
    }

    /// Client frames are at most this long (4.1).
    static let byteLimit = 4_096
    /// The statuses a client may choose (5.5).
    static let statuses: Set<String> = ["online", "idle", "dnd", "invisible"]

    /// Why a frame is not one of the above.
    enum Failure: Error, Equatable {
        /// Not JSON, not an object, no integer `op`, or too long.
        case unreadable
        case unknownOperation
        /// `d` does not fit the opcode.
        case wrongShape(operation: Int64)
    }

    /// Reads a text frame.
    static func parse(_ bytes: [UInt8]) throws(Failure) -> ClientFrame {
        guard bytes.count <= byteLimit else { throw .unreadable }
        let root: JSONObject
        let operation: Int64
        do {
            root = try JSONValue.parse(bytes, limits: JSONLimits(bytes: byteLimit, depth: 16)).object()
            operation = try root.required("op").integer()
        } catch {
            throw .unreadable
        }
        do {
            guard let frame = try read(operation, root.optional("d")) else { throw Failure.unknownOperation }
            return frame
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .wrongShape(operation: operation)
        }
    }

    private struct WrongShape: Error {}

    private static func read(_ operation: Int64, _ data: JSONValue?) throws -> ClientFrame? {
        switch operation {
        case 1:
            // The last received s, null, {} or nothing: all of them are a heartbeat.
            guard let data else { return .heartbeat }
            switch data.kind {
            case .integer, .unsigned: return .heartbeat
            case .object: return .heartbeat
            default: throw WrongShape()
            }
        case 3:
            let object = try required(data)
            var identify = Identify(token: try object.required("token").string())
            identify.status = try object.optional("presence")?.object().optional("status").map(status)
            identify.wantsServerEvents = try wantsServerEvents(object)
            return .identify(identify)
        case 6:
            let object = try required(data)
            var resume = Resume(
                token: try object.required("token").string(), sessionID: try object.required("session_id").string(),
                sequence: try object.required("seq").integer())
            guard resume.sequence >= 0 else { throw WrongShape() }
            resume.wantsServerEvents = try wantsServerEvents(object)
            return .resume(resume)
        case 40:
            return .setPresence(status: try status(required(data).required("status")))
        case 50:
            return .startTyping(channel: try required(data).required("channel_id").string())
        default:
            return nil
        }
    }

    private static func required(_ data: JSONValue?) throws -> JSONObject {
        guard let data else { throw WrongShape() }
        return try data.object()
    }

    private static func wantsServerEvents(_ object: JSONObject) throws -> Bool {
        try object.optional("capabilities")?.array().map { try $0.string() }.contains("server_events") ?? false
    }

    private static func status(_ value: JSONValue) throws -> String {
        let status = try value.string()
        guard statuses.contains(status) else { throw WrongShape() }
        return status
    }
}
