internal import YAML

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Files and streams that are read whole, up to a limit.
enum InputFile {
    /// The content of a configuration file.
    static func contents(_ path: String) throws(ConfigurationError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ConfigurationError(place: path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        guard let bytes = read(descriptor, upTo: YAMLReader.byteLimit + 1) else {
            throw ConfigurationError(place: path, reason: String(cString: strerror(errno)))
        }
        return bytes
    }

    /// Whether a file has certificates in PEM.
    static func hasCertificates(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return read(descriptor, upTo: certificateBytes).map { String(decoding: $0, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") }
            ?? false
    }

    /// Bytes of a file with certificates that are looked at: those of all authorities of a system are a quarter of it.
    private static let certificateBytes = 1 << 20

    /// The first line, without its end. Reads until the line has ended and not until the stream has: a terminal, or a script that goes on talking,
    /// does not end it.
    static func firstLine(of descriptor: Int32) -> String {
        let isLineBreak: (UInt8) -> Bool = { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        let bytes = read(descriptor, upTo: 4_096, until: isLineBreak) ?? []
        return String(decoding: bytes.prefix { !isLineBreak($0) }, as: UTF8.self)
    }

    /// Reads up to about a limit, to the end, or to the first byte that `isLast`.
    private static func read(_ descriptor: Int32, upTo limit: Int, until isLast: (UInt8) -> Bool = { _ in false }) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            let count = systemRead(descriptor, &buffer, buffer.count)
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes += buffer.prefix(count)
            if buffer.prefix(count).contains(where: isLast) { break }
        }
        return bytes
    }
}

/// The system's `read`, out of the shadow of the method of that name.
private func systemRead(_ file: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(file, bytes, count)
}
