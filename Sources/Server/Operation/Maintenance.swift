internal import Blobs
internal import Community
internal import Federation
internal import Observability
internal import Primitives
internal import Reactor
internal import Storage
internal import Webhooks

/// What a server does now and then: forgets what is over.
struct Maintenance: Sendable {
    /// How often.
    static let interval = Duration.seconds(600)
    /// Between two of many small removals, so that others write in between.
    static let pause = Duration.milliseconds(20)
    /// Events that are kept at most, whatever their age.
    static let eventLimit = 5_000_000
    /// Blobs that are removed in one go.
    static let blobLimit = 50

    let community: Community
    let federation: Federation
    let webhooks: WebhookEngine
    let blobs: BlobStore
    let database: Database
    let retentionDays: Int
    let logger: Logger

    /// Begins, on a loop; ends with it.
    func start(on loop: EventLoop) {
        loop.execute { again(on: loop) }
    }

    private func again(on loop: EventLoop) {
        loop.start {
            await run()
            await removeBlobs()
        }
        loop.schedule(after: Self.interval) { again(on: loop) }
    }

    private func run() async {
        do {
            let oldest = Timestamp.now().adding(seconds: -Int64(retentionDays) * 86_400)
            let count = try await database.pruneEvents(before: oldest, keepAtMost: Self.eventLimit)
            try await community.removeExpired()
            try await federation.removeExpired()
            try await webhooks.removeExpired()
            while try await community.removeDeletedGalaxies() { try await Task.sleep(for: Self.pause) }
            while try await community.removeDeletedMessages() { try await Task.sleep(for: Self.pause) }
            while try await community.removeForgottenVisitors(before: oldest) { try await Task.sleep(for: Self.pause) }
            while try await community.trimAuditLog() { try await Task.sleep(for: Self.pause) }
            if count > 0 { logger.log(.info, "Old events forgotten", [("count", .integer(Int64(count)))]) }
        } catch DatabaseError.closed {
            return
        } catch {
            logger.log(.warning, "Maintenance failed", [("reason", .text(String(describing: error)))])
        }
    }

    /// By itself: a store that cannot be reached keeps nothing else from being done.
    private func removeBlobs() async {
        do {
            while try await blobs.collect(limit: Self.blobLimit) { try await Task.sleep(for: Self.pause) }
        } catch DatabaseError.closed {
            return
        } catch {
            logger.log(.warning, "Files that nothing refers to could not be removed", [("reason", .text(String(describing: error)))])
        }
    }
}
