internal import HTTP
internal import JSON

@testable import Reileta
@testable import ReiletaSocketIO

/// Frames of Reileta clients: what is read is within the contract, reads the same when it is written again, and is answered with what the client called it.
enum ReiletaHarness {
    static func run(_ bytes: [UInt8]) throws(Finding) {
        let isOurs = SocketRequest.isRequest(bytes)
        let request: SocketRequest?
        do throws(Failure) {
            request = try SocketRequest(bytes)
        } catch {
            try require(error.code == .socketInvalidFrame && error.status.code == 400, "a frame is refused with \(error.code)")
            try require(error.detail?.isEmpty == false, "a refusal says nothing")
            _ = try object(SocketFrame.failure(error))
            return
        }
        let members = try object(bytes)
        try require(isOurs == !members.contains("op"), "a request is told to be one of the other API, or the other way round")
        guard let request else {
            // Only a namespace that is named makes a frame no business of ours.
            let subgroup = try? members["subgroup"]?.string()
            try require(subgroup.map { !$0.isEmpty && $0 != "avr" } ?? false, "a frame of our namespace is passed over")
            return
        }
        try check(request)
        try compare(request, with: write(request))
        for answer in [SocketFrame.success(request) { _ in }, SocketFrame.failure(request, Failure(.socketUnknownCommand))] {
            try checkAnswer(answer, to: request)
        }
    }

    private static func check(_ request: SocketRequest) throws(Finding) {
        try require((1...64).contains(request.name.utf8.count), "a command has \(request.name.utf8.count) bytes")
        try require(SocketRequest.Command(request.name) == request.command, "the command \(request.name) is \(request.command)")
        guard case .text(let text) = request.state else { return }
        try require(text.utf8.count <= 256, "a state has \(text.utf8.count) bytes")
        try require(request.state.isEmpty == text.isEmpty, "the state \(text) is empty or not")
    }

    private static func compare(_ request: SocketRequest, with written: [UInt8]) throws(Finding) {
        guard let again = try? SocketRequest(written) else { throw Finding(description: "\(request) cannot be read again") }
        try require(again.name.utf8.elementsEqual(request.name.utf8) && again.command == request.command, "a command comes back as another")
        try require(again.state == request.state, "the state \(request.state) comes back as \(again.state)")
        try require(SocketRequest.isRequest(written), "a request that was written again is none of ours")
        try require(write(again) == written, "data come back as others")
    }

    /// contracts/reileta.md 5.2: state and command are echoed unchanged.
    private static func checkAnswer(_ bytes: [UInt8], to request: SocketRequest) throws(Finding) {
        let answer = try object(bytes)
        let name = try? answer["command"]?.string()
        try require(
            name.map { $0.utf8.elementsEqual(request.name.utf8) } ?? false, "the answer to \(request.name) is one to another command")
        let isEchoed =
            switch request.state {
            case .absent: !answer.contains("state")
            case .null: answer["state"]?.isNull == true
            case .text(let text): (try? answer["state"]?.string()).map { $0.utf8.elementsEqual(text.utf8) } ?? false
            case .number(let number): (try? answer["state"]?.integer()) == number
            }
        try require(isEchoed, "the state \(request.state) is not that of the answer")
    }

    private static func object(_ bytes: [UInt8]) throws(Finding) -> JSONObject {
        guard let object = try? JSONValue.parse(bytes).object() else { throw Finding(description: "a frame is no JSON object") }
        return object
    }

    private static func write(_ request: SocketRequest) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("command", request.name)
            switch request.state {
            case .absent: break
            case .null:
                writer.key("state")
                writer.null()
            case .text(let text): writer.member("state", text)
            case .number(let number): writer.member("state", number)
            }
            guard let data = request.data else { return }
            writer.member(
                "data",
                object: { writer in
                    for (name, value) in data.members {
                        writer.key(name)
                        writer.raw(JSONWriter.bytes(of: value))
                    }
                })
        }
        return writer.bytes
    }
}
