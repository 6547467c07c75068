internal import Community
internal import JSON
internal import WebSocket

/// What a client says on the socket (contracts/gale.md 10): `{"event": …, "payload": {"profileId": …}}`.
enum ProfileRequest: Equatable, Sendable {
    case subscribe(ProfileCode)
    case unsubscribe(ProfileCode)

    /// Why a frame is none; a sentence.
    struct Refusal: Error, Equatable {
        var message: String
    }

    /// Reads a frame.
    init(_ bytes: [UInt8]) throws(Refusal) {
        guard let frame = try? JSONValue.parse(bytes).object(), let event = try? frame.required("event").string() else {
            throw Refusal(message: "A frame is an object with event and payload.")
        }
        guard event == "subscribe" || event == "unsubscribe" else { throw Refusal(message: "Unknown event.") }
        guard let text = try? frame.required("payload").object().required("profileId").string(), let code = ProfileCode(text) else {
            throw Refusal(message: "Invalid profile id.")
        }
        self = event == "subscribe" ? .subscribe(code) : .unsubscribe(code)
    }
}

/// What the server says there, as whole text frames.
enum ProfileFrame {
    /// A profile has another archive.
    static func updated(_ profile: Profile) -> [UInt8] {
        frame("profileUpdated", capacity: 512 + profile.manifest.mods.count * 128) { json in
            json.member("metadata", object: { Wire.metadata(profile, hasTextIDs: true, to: &$0) })
        }
    }

    /// A profile is gone.
    static func deleted(_ code: ProfileCode) -> [UInt8] {
        frame("profileDeleted") { $0.member("id", code.text) }
    }

    /// There is no such profile.
    static func notFound(_ code: ProfileCode) -> [UInt8] {
        frame("profileNotFound") { $0.member("id", code.text) }
    }

    /// A frame was no good; the connection stays.
    static func error(_ message: String) -> [UInt8] {
        frame("error") { $0.member("message", message) }
    }

    private static func frame(_ event: String, capacity: Int = 128, _ payload: (inout JSONWriter) -> Void) -> [UInt8] {
        WebSocketFrameEncoder.text(
            Wire.object(capacity: capacity) { json in
                json.member("event", event)
                json.member("payload", object: payload)
            })
    }
}
