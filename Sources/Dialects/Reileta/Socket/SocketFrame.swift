internal import JSON

/// What the server says on a socket (contracts/reileta.md 5.2): one JSON object, without the framing of any transport.
enum SocketFrame {
    /// Bytes that clients read without putting pieces together.
    static let smallLimit = 4_096

    /// The answer to a request that was fulfilled.
    ///
    /// - Parameter members: writes the members of `data` besides `success`.
    static func success(_ request: SocketRequest, _ members: (inout JSONWriter) -> Void) -> [UInt8] {
        frame(request) { json in
            json.member(
                "data",
                object: { json in
                    json.member("success", true)
                    members(&json)
                })
        }
    }

    /// The answer to a request that was refused.
    static func failure(_ request: SocketRequest, _ failure: Failure) -> [UInt8] {
        frame(request) { json in
            json.member("data", object: { $0.member("success", false) })
            failure.write(to: &json)
        }
    }

    /// The answer to what is no request.
    static func failure(_ failure: Failure) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("command", "error")
            json.member("subgroup", "avr")
            json.member("data", object: { $0.member("success", false) })
            failure.write(to: &json)
        }
        return json.bytes
    }

    /// Something that happened.
    static func event(_ name: String, error: Failure? = nil, _ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("command", name)
            json.member("subgroup", "avr")
            json.member("data", object: members)
            error?.write(to: &json)
        }
        return json.bytes
    }

    private static func frame(_ request: SocketRequest, _ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            switch request.state {
            case .absent: break
            case .null:
                json.key("state")
                json.null()
            case .text(let text): json.member("state", text)
            case .number(let number): json.member("state", number)
            }
            json.member("command", request.name)
            json.member("subgroup", "avr")
            members(&json)
        }
        return json.bytes
    }
}
