internal import Blobs
internal import HTTP
internal import Images
internal import Reactor
internal import Reileta
internal import Storage

extension RegistryFiles {
    /// Pictures and the files of assets as blobs.
    ///
    /// - Parameters:
    ///   - workers: read pictures: that takes longer than a loop may stand still, and much memory: one at a time.
    ///   - checker: looks at the files of assets before they are taken.
    init(_ blobs: BlobStore, workers: WorkerPool, checker: AssetChecker?) {
        let cleaner = ImageCleaner()
        self.init(
            clean: { picture, box in
                try await workers.run {
                    do throws(ImageFailure) {
                        return try cleaner.png(of: picture, fitting: ImageBox(width: box.width, height: box.height)).png
                    } catch {
                        if case .tooLarge = error { throw Refusal.tooLarge("\(error)") }
                        throw Refusal.invalid("\(error)")
                    }
                }
            },
            upload: { limit in
                let upload = try await blobs.upload(limit: limit)
                return Upload(
                    append: { bytes in
                        do {
                            try await upload.append(bytes)
                        } catch BlobError.tooLarge(let limit) {
                            throw Refusal.tooLarge("At most \(limit) bytes.")
                        }
                    },
                    digest: { upload.digest() },
                    check: { engine, platform in try await checker?.check(upload.path, engine: engine, platform: platform) },
                    finish: { try await upload.finish() }, cancel: { await upload.cancel() })
            },
            answer: { request, file, type, modified in
                try await blobs.response(to: request, blob: file, contentType: type, lastModified: modified)
            })
    }
}
