internal import CZip

/// A ZIP archive that libzip has opened over bytes in memory, which must outlive it.
struct OpenedArchive: ~Copyable {
    /// What the directory says of an entry.
    struct Entry {
        var name: [UInt8]
        var size: UInt64
        var packedSize: UInt64
        var method: Int32
        var isEncrypted: Bool
    }

    private let archive: OpaquePointer

    /// - Throws: `.invalidArchive` with libzip's reason.
    init(_ bytes: UnsafeRawBufferPointer) throws(ProfileArchiveFailure) {
        var error = zip_error_t()
        zip_error_init(&error)
        defer { zip_error_fini(&error) }
        guard let source = zip_source_buffer_create(bytes.baseAddress, UInt64(bytes.count), 0, &error) else {
            throw .invalidArchive(reason: Self.text(&error))
        }
        guard let archive = zip_open_from_source(source, ZIP_RDONLY, &error) else {
            zip_source_free(source)
            throw .invalidArchive(reason: Self.text(&error))
        }
        self.archive = archive
    }

    deinit { zip_discard(archive) }

    /// How many entries there are.
    var count: Int { Int(zip_get_num_entries(archive, 0)) }

    /// - Throws: `.invalidArchive` with libzip's reason.
    func entry(at index: Int) throws(ProfileArchiveFailure) -> Entry {
        var status = zip_stat_t()
        zip_stat_init(&status)
        let known = UInt64(ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD)
        guard zip_stat_index(archive, UInt64(index), 0, &status) == 0, status.valid & known == known,
            let name = zip_get_name(archive, UInt64(index), zip_flags_t(ZIP_FL_ENC_RAW))
        else { throw .invalidArchive(reason: Self.text(zip_get_error(archive))) }
        var length = 0
        while name[length] != 0 { length += 1 }
        return Entry(
            name: UnsafeBufferPointer(start: name, count: length).map { UInt8(bitPattern: $0) }, size: status.size,
            packedSize: status.comp_size, method: Int32(status.comp_method), isEncrypted: status.encryption_method != ZIP_EM_NONE)
    }

    /// The content of an entry, up to a limit that holds whatever its header says.
    ///
    /// - Throws: `.invalidArchive` when it is encrypted, packed otherwise than stored or deflated, or damaged; `.invalidManifest` when it is longer.
    func content(at index: Int, name: String, limit: Int) throws(ProfileArchiveFailure) -> [UInt8] {
        let entry = try entry(at: index)
        guard !entry.isEncrypted else { throw .invalidArchive(reason: "\(name) is encrypted") }
        // Others could be read too, but their readers take as much memory as the sender says.
        guard entry.method == ZIP_CM_STORE || entry.method == ZIP_CM_DEFLATE else {
            throw .invalidArchive(reason: "\(name) is packed by method \(entry.method), and only 0 (stored) and 8 (deflated) are read")
        }
        guard let file = zip_fopen_index(archive, UInt64(index), 0) else {
            throw .invalidArchive(reason: "\(name): \(Self.text(zip_get_error(archive)))")
        }
        defer { zip_fclose(file) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Int(zip_fread(file, &buffer, UInt64(buffer.count)))
            guard count >= 0 else { throw .invalidArchive(reason: "\(name): \(Self.text(zip_file_get_error(file)))") }
            guard count > 0 else { break }
            guard count <= limit - content.count else { throw .invalidManifest(reason: "it has more than \(limit) bytes") }
            content += buffer.prefix(count)
        }
        // Newer versions of libzip refuse this themselves.
        guard UInt64(content.count) == entry.size else { throw .invalidArchive(reason: "\(name) is not as long as the directory says") }
        return content
    }

    private static func text(_ error: UnsafeMutablePointer<zip_error_t>) -> String {
        String(cString: zip_error_strerror(error))
    }
}
