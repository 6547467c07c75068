internal import JSON

@testable import Chat

/// The Chat gateway's frames: what is read is within the contract, and reads the same when it is written again.
enum GatewayHarness {
    static func run(_ bytes: [UInt8]) throws(Finding) {
        let frame: ClientFrame
        do throws(ClientFrame.Failure) {
            frame = try ClientFrame.parse(bytes)
        } catch {
            if case .wrongShape(let operation) = error {
                try require([1, 3, 6, 40, 50].contains(operation), "the unknown operation \(operation) has a wrong shape")
            }
            return
        }
        try require(bytes.count <= ClientFrame.byteLimit, "a frame of \(bytes.count) bytes is above the limit")
        try check(frame)
        let written = write(frame)
        // Escapes may have become longer than the limit allows.
        guard written.count <= ClientFrame.byteLimit else { return }
        try require((try? ClientFrame.parse(written)) == frame, "\(frame) does not come back")
    }

    private static func check(_ frame: ClientFrame) throws(Finding) {
        switch frame {
        case .heartbeat, .startTyping: break
        case .identify(let identify):
            try require(identify.status.map(ClientFrame.statuses.contains) ?? true, "a status is \(String(describing: identify.status))")
        case .resume(let resume): try require(resume.sequence >= 0, "a sequence is \(resume.sequence)")
        case .setPresence(let status): try require(ClientFrame.statuses.contains(status), "a status is \(status)")
        }
    }

    private static func write(_ frame: ClientFrame) -> [UInt8] {
        var writer = JSONWriter()
        func write(_ operation: Int, _ data: (inout JSONWriter) -> Void) {
            writer.object {
                $0.member("op", operation)
                $0.member("d", object: data)
            }
        }
        switch frame {
        case .heartbeat: write(1) { _ in }
        case .identify(let identify):
            write(3) {
                $0.member("token", identify.token)
                if let status = identify.status { $0.member("presence", object: { $0.member("status", status) }) }
                if identify.wantsServerEvents {
                    $0.key("capabilities")
                    $0.array { $0.value("server_events") }
                }
            }
        case .resume(let resume):
            write(6) {
                $0.member("token", resume.token)
                $0.member("session_id", resume.sessionID)
                $0.member("seq", resume.sequence)
            }
        case .setPresence(let status): write(40) { $0.member("status", status) }
        case .startTyping(let channel): write(50) { $0.member("channel_id", channel) }
        }
        return writer.bytes
    }
}
