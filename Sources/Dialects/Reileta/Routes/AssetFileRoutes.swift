internal import Community
internal import Dialect
internal import HTTP
internal import JSON
internal import Primitives
internal import Security
internal import Storage

/// The files of assets (contracts/reileta.md 2.5, "Asset file"). Anybody downloads them.
struct AssetFileRoutes {
    /// Files that one person may send, in an hour: one that is replaced takes room for a while.
    private static let uploads = RateLimit(name: "reileta-uploads", capacity: 240, per: .seconds(3_600))

    let endpoints: Endpoints
    private let inFlight = UploadsInFlight()

    init(endpoints: Endpoints) {
        self.endpoints = endpoints
    }

    func mount(on router: inout RouteGroup) {
        router.get("/worlds/:world/assets/:asset/file", endpoints.route(.asset, elsewhere: .redirect, download))
        router.post("/worlds/:world/assets/:asset/file", endpoints.route(.asset, upload))
    }

    @Sendable private func download(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let world = try await endpoints.world(context)
        let asset = try await endpoints.community.asset(try await endpoints.reference(.asset, "asset", context), of: world)
        switch asset.file {
        case nil: throw Failure(.fileNotFound)
        case .external(let url, _, _): return .redirect(to: url, status: .found)
        case .stored(let blob):
            var response = try await endpoints.services.files.answer(
                context.request, blob, "application/octet-stream", asset.updatedAt)
            // The file of an asset may be replaced; whoever has it asks whether it is still the same.
            response.headers.set("Cache-Control", "public, no-cache")
            response.headers.set("X-File-Hash", Hex.encode(blob.digest))
            response.headers.set(
                "Content-Disposition",
                "attachment; filename=\"\(endpoints.identity.asset(asset))-\(asset.build.engine)-\(asset.build.platform).bin\"")
            return response
        }
    }

    /// Who may not upload hears that before the body is read, and so does whose files are too many already.
    @Sendable private func upload(_ context: Endpoints.Context) async throws -> HTTPResponse {
        let caller = try context.required()
        let world = try await endpoints.world(context)
        let reference = try await endpoints.reference(.asset, "asset", context)
        let room = try await endpoints.community.uploadRoom(for: reference, of: world, by: caller.account.id)
        let build = room.asset.build
        guard endpoints.settings.engines.contains(build.engine), endpoints.settings.platforms.contains(build.platform) else {
            throw Failure(.worldAssetPreventUploadError, "This server has no \(build.engine) for \(build.platform) any more.")
        }
        _ = try endpoints.services.shared.limits.count(String(caller.account.id.rawValue), Self.uploads)
        let limit = min(endpoints.settings.assetLimit, room.bytes)
        let quota = endpoints.community.assetQuota
        // Of what has no length as much is held as it may become.
        let held = context.request.body.declaredLength.map { min(Int64($0), limit) } ?? limit
        try inFlight.begin(for: room.owner, bytes: held, room: room.bytes, quota: quota)
        defer { inFlight.end(for: room.owner, bytes: held) }
        do {
            let blob = try await receive(context, for: build, limit: limit)
            _ = try await endpoints.community.attachFile(blob, to: reference, of: world, by: caller.account.id)
        } catch let failure as Failure where failure.code == .fileTooLarge && room.bytes < endpoints.settings.assetLimit {
            throw Failure(.fileTooLarge, "At most \(quota) bytes of files per account, of which \(room.bytes) are left.")
        }
        return context.answer { $0.value("UPLOADED") }
    }

    private func receive(_ context: Endpoints.Context, for build: WorldAsset.Build, limit: Int64) async throws -> StoredBlob {
        let upload = try await endpoints.services.files.upload(endpoints.settings.assetLimit)
        do {
            try await FileUpload.receive(context.request, limit: limit, missing: .worldAssetInvalidInput) { try await upload.append($0) }
            // Before it is kept: what is not what was announced leaves nothing.
            try FileUpload.check(upload.digest(), against: context.request)
            try await upload.check(build.engine, build.platform)
            return try await upload.finish()
        } catch {
            await upload.cancel()
            throw error
        }
    }
}
