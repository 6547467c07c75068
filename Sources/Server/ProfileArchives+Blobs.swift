internal import Blobs
internal import Gale
internal import HTTP
internal import ProfileArchive
internal import Reactor
internal import Storage

extension ProfileArchives {
    /// Archives as blobs.
    ///
    /// - Parameter workers: read them: unpacking and YAML take longer than a loop may stand still.
    init(_ blobs: BlobStore, workers: WorkerPool, limit: Int) {
        let reader = ProfileArchiveReader()
        self.init(
            read: { archive in
                try await workers.run {
                    do throws(ProfileArchiveFailure) {
                        return try reader.manifest(of: archive)
                    } catch {
                        throw Refusal(message: "\(error)")
                    }
                }
            },
            keep: { archive in
                let upload = try await blobs.upload(limit: Int64(limit))
                do {
                    try await upload.append(archive)
                    return try await upload.finish()
                } catch {
                    await upload.cancel()
                    throw error
                }
            },
            answer: { request, archive in try await blobs.response(to: request, blob: archive, contentType: "application/zip") })
    }
}
