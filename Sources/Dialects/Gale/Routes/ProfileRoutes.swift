internal import Community
internal import Dialect
internal import HTTP
internal import Primitives

/// Making, changing, showing and removing profiles (contracts/gale.md 7).
struct ProfileRoutes {
    let endpoints: Endpoints

    func mount(on router: inout RouteGroup) {
        for end in ["", "/"] {
            router.post(end, endpoints.signedIn(create))
            router.get("/:id\(end)", endpoints.open(download))
            router.put("/:id\(end)", endpoints.signedIn(update))
            router.delete("/:id\(end)", endpoints.signedIn(delete))
            router.get("/:id/meta\(end)", endpoints.open(metadata))
        }
    }

    /// 7.1
    @Sendable private func create(_ request: HTTPRequest, _ caller: Endpoints.Caller) async throws -> HTTPResponse {
        let archive = try await self.archive(request, caller)
        let manifest = try await read(archive)
        let profile = try await endpoints.community.createProfile(
            manifest, archive: try await endpoints.services.archives.keep(archive), by: caller.account,
            hasShortCode: endpoints.settings.hasShortCodes)
        return .json(Wire.saved(profile), status: .created)
    }

    /// 7.2. Who is not the owner hears that before the archive is read.
    @Sendable private func update(_ request: HTTPRequest, _ caller: Endpoints.Caller) async throws -> HTTPResponse {
        let code = try code(of: request)
        _ = try await endpoints.community.profile(code, ownedBy: caller.account)
        let archive = try await self.archive(request, caller)
        let manifest = try await read(archive)
        let profile = try await endpoints.community.updateProfile(
            code, manifest, archive: try await endpoints.services.archives.keep(archive), by: caller.account)
        return .json(Wire.saved(profile))
    }

    /// 7.3
    @Sendable private func delete(_ request: HTTPRequest, _ caller: Endpoints.Caller) async throws -> HTTPResponse {
        try await endpoints.community.deleteProfile(try code(of: request), by: caller.account)
        return HTTPResponse(status: .noContent)
    }

    /// 7.4
    @Sendable private func download(_ request: HTTPRequest) async throws -> HTTPResponse {
        let profile = try await endpoints.community.profileSummary(try code(of: request))
        do {
            try await endpoints.community.countDownload(of: profile.id)
        } catch {
            // Whoever wants the archive gets it, also from a server that cannot write.
            endpoints.services.shared.reportFailure(error)
        }
        let path = "\(endpoints.settings.origin.text)\(endpoints.flavour.prefix)\(ArchiveRoute.path)/\(profile.code.fileName).zip"
        return .redirect(to: "\(path)?v=\(profile.updatedAt.seconds)", status: .found)
    }

    /// 7.5
    @Sendable private func metadata(_ request: HTTPRequest) async throws -> HTTPResponse {
        let profile = try await endpoints.community.profile(try code(of: request))
        var response = HTTPResponse.json(
            Wire.object(capacity: 512 + profile.manifest.mods.count * 128) {
                Wire.metadata(profile, hasTextIDs: endpoints.flavour.hasTextIDs(for: request), to: &$0)
            })
        response.headers.add("Vary", "User-Agent")
        return response
    }

    // MARK: Parts

    private func code(of request: HTTPRequest) throws(Failure) -> ProfileCode {
        guard let code = request.parameters["id"].flatMap({ ProfileCode($0) }) else { throw .invalidProfileID }
        return code
    }

    /// The body, whatever its type: clients send none.
    private func archive(_ request: HTTPRequest, _ caller: Endpoints.Caller) async throws -> [UInt8] {
        let limit = endpoints.settings.archiveLimit
        do {
            if let size = request.body.declaredLength, size > limit { throw Failure.tooLarge(limit: limit, size: size) }
            try endpoints.countUpload(by: caller)
            return try await request.body.collect(upTo: limit)
        } catch HTTPError.bodyTooLarge {
            throw Failure.tooLarge(limit: limit, size: nil)
        }
    }

    private func read(_ archive: [UInt8]) async throws -> ProfileManifest {
        do {
            return try await endpoints.services.archives.read(archive)
        } catch let refusal as ProfileArchives.Refusal {
            throw Failure(.badRequest, refusal.message)
        }
    }
}
