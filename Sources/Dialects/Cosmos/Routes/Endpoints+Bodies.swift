internal import Community
internal import Federation
internal import HTTP

extension Endpoints {
    /// The members of a JSON body. The media type is looked at before the body.
    ///
    /// - Throws: `Problem` 4406, `HTTPError.bodyTooLarge`, `JSONError`.
    func form(_ call: Call, limit: Int = bodyLimit) async throws -> RequestForm {
        try Self.requireJSON(call.request)
        let body = if let body = call.body { body } else { try await call.request.body.collect(upTo: limit) }
        return try RequestForm(body)
    }

    /// The members of a JSON body, which need not be there.
    func optionalForm(_ call: Call) async throws -> RequestForm {
        let body = if let body = call.body { body } else { try await call.request.body.collect(upTo: Self.bodyLimit) }
        guard !body.isEmpty else { return try RequestForm(Array("{}".utf8)) }
        try Self.requireJSON(call.request)
        return try RequestForm(body)
    }

    /// - Throws: `Problem` 4406 for anything but `application/json` in UTF-8.
    static func requireJSON(_ request: HTTPRequest) throws(Problem) {
        let values = request.headers.all("content-type")
        guard values.count == 1, let value = values.first else {
            throw Problem(.unsupportedMediaType, "The body is application/json.")
        }
        let parts = value.lowercased().split(separator: ";", omittingEmptySubsequences: false).map { part in
            part.filter { $0 != " " && $0 != "\t" && $0 != "\"" }
        }
        guard parts.first == "application/json", parts.dropFirst().allSatisfy({ $0 == "charset=utf-8" }) else {
            throw Problem(.unsupportedMediaType, "The body is application/json in UTF-8.")
        }
    }

    /// Who acts in a galaxy.
    ///
    /// - Throws: `CommunityError.unknownSpace`, `.missingPermission` for those who are nothing there.
    func actor(_ call: Call, in galaxy: String) async throws -> Actor {
        switch call.caller {
        case .metadata(let server): return .metadataServer(origin: server.origin)
        case .user(let user) where user.reaches(galaxy): return .account(user.account.id)
        case .user, .newcomer, .anonymous, .refused:
            _ = try await community.galaxy(galaxy)
            throw CommunityError.missingPermission([])
        }
    }
}
