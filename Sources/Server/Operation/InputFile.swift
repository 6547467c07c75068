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

    /// The first line of the standard input, without its end.
    static func standardInputLine() -> String {
        let bytes = read(STDIN_FILENO, upTo: 4_096) ?? []
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        return String(decoding: line, as: UTF8.self)
    }

    private static func read(_ descriptor: Int32, upTo limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            let count = systemRead(descriptor, &buffer, buffer.count)
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes += buffer.prefix(count)
        }
        return bytes
    }
}

/// The system's `read`, out of the shadow of the method of that name.
private func systemRead(_ file: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(file, bytes, count)
}
