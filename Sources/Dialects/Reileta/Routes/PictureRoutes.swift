internal import Community
internal import Dialect
internal import HTTP
internal import JSON
internal import Primitives
internal import Security
internal import Storage

/// Pictures of people and worlds (contracts/reileta.md 2.3, "Thumbnail / Banner").
struct PictureRoutes {
    /// Bytes of a picture as it is sent.
    static let limit: Int64 = 8 << 20
    /// Pictures that one person may send, in a minute: reading one costs more than anything else here.
    private static let uploads = RateLimit(name: "reileta-pictures", capacity: 30, per: .seconds(60))

    let endpoints: Endpoints
    let users: UserAnswers

    func mount(on router: inout RouteGroup) {
        for (path, role) in [("/users/:id/thumbnail", Picture.Role.thumbnail), ("/users/:id/banner", .banner)] {
            router.get(path, endpoints.route(.user, elsewhere: .redirect) { try await show($0, role) })
            router.post(path, endpoints.route(.user) { try await upload($0, role) })
            router.delete(path, endpoints.route(.user) { try await remove($0, role) })
        }
        router.get("/worlds/:world/thumbnail", endpoints.route(.world, elsewhere: .redirect, showWorld))
        router.post("/worlds/:world/thumbnail", endpoints.route(.world, uploadWorld))
        router.delete("/worlds/:world/thumbnail", endpoints.route(.world, removeWorld))
    }

    // MARK: People

    private func show(_ context: Endpoints.Context, _ role: Picture.Role) async throws -> HTTPResponse {
        guard case .person(let user) = try await users.target(context) else { throw Failure(.fileNotFound) }
        let picture = role == .banner ? user.banner : endpoints.wire.ownThumbnail(of: user)
        if let picture { return try await file(picture, context) }
        guard role == .thumbnail, let url = user.account.avatarURL, url.hasPrefix("https://") || url.hasPrefix("http://") else {
            throw Failure(.fileNotFound)
        }
        return .redirect(to: url, status: .found)
    }

    private func upload(_ context: Endpoints.Context, _ role: Picture.Role) async throws -> HTTPResponse {
        let caller = try context.required()
        let user = try await users.person(context)
        try await endpoints.community.authorizePicture(of: user.id, by: caller.account.id)
        let box =
            role == .banner ? RegistryFiles.Box(width: 1_920, height: 1_080) : RegistryFiles.Box(width: 512, height: 512)
        let blob = try await endpoints.services.files.keep(try await picture(context, caller, box))
        let wire = endpoints.wire
        let changed = try await endpoints.community.setPicture(
            role, of: user.id, blob, address: { wire.address(of: role, $0, of: user.id) }, by: caller.account.id)
        if Self.wantsPicture(context.request), let picture = role == .banner ? changed.banner : changed.thumbnail {
            return try await file(picture, context)
        }
        if context.parameter("id") == "@me" { return context.answer(try await users.own(changed.id, through: context.wire)) }
        return context.answer(try await users.shown(changed, to: context))
    }

    private func remove(_ context: Endpoints.Context, _ role: Picture.Role) async throws -> HTTPResponse {
        let caller = try context.required()
        let user = try await users.person(context)
        _ = try await endpoints.community.removePicture(role, of: user.id, by: caller.account.id)
        return context.answer { $0.value("DELETED") }
    }

    // MARK: Worlds

    @Sendable private func showWorld(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let world = try await endpoints.community.world(try await endpoints.reference(.world, "world", context))
        guard let picture = world.thumbnail else { throw Failure(.fileNotFound) }
        return try await file(picture, context)
    }

    @Sendable private func uploadWorld(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        let reference = try await endpoints.reference(.world, "world", context)
        _ = try await endpoints.community.world(reference, ownedBy: caller.account.id)
        let picture = try await picture(context, caller, RegistryFiles.Box(width: 1_024, height: 1_024))
        let blob = try await endpoints.services.files.keep(picture)
        let world = try await endpoints.community.setThumbnail(of: reference, blob, by: caller.account.id)
        if Self.wantsPicture(context.request), let picture = world.thumbnail { return try await file(picture, context) }
        let assets = try await endpoints.community.assets(of: world.id)
        return context.answer { context.wire.world(world, assets: assets, to: &$0) }
    }

    @Sendable private func removeWorld(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        let reference = try await endpoints.reference(.world, "world", context)
        try await endpoints.community.removeThumbnail(of: reference, by: caller.account.id)
        return context.answer { $0.value("DELETED") }
    }

    // MARK: Parts

    /// Whether the client asks for the picture rather than for the object.
    private static func wantsPicture(_ request: HTTPRequest) -> Bool {
        request.headers[first: "accept"]?.hasPrefix("image/") ?? false
    }

    /// A picture as PNG. Its address names the moment of the upload, and then it stays the same.
    private func file(_ picture: Picture, _ context: Endpoints.Context) async throws -> HTTPResponse {
        var response = try await endpoints.services.files.answer(context.request, picture.blob, "image/png", picture.updatedAt)
        let isSettled = context.request.query[first: "t"] == String(picture.updatedAt.wireMilliseconds)
        response.headers.set("Cache-Control", isSettled ? "public, max-age=31536000, immutable" : "public, no-cache")
        response.headers.set("X-File-Hash", Hex.encode(picture.blob.digest))
        response.headers.set("Content-Disposition", "inline; filename=\"\(Hex.encode(picture.blob.digest.prefix(8))).png\"")
        return response
    }

    /// The picture of a form, read and written again.
    private func picture(_ context: Endpoints.Context, _ caller: ActiveSession, _ box: RegistryFiles.Box) async throws -> [UInt8] {
        _ = try endpoints.services.shared.limits.count(String(caller.account.id.rawValue), Self.uploads)
        var bytes: [UInt8] = []
        try await FileUpload.receive(context.request, limit: Self.limit, missing: context.topic.invalid) { bytes += $0 }
        try FileUpload.check(SHA256.hash(bytes), against: context.request)
        return try await endpoints.services.files.clean(bytes, box)
    }
}
