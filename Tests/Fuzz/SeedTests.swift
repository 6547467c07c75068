import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The seeds of the fuzzers, among them what they once found, keep all promises (docs/fuzzing.md).
struct SeedTests {
    @Test(arguments: Harness.allCases) func seedsKeepThePromises(_ harness: Harness) throws {
        let folder =
            #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/Seeds/"
            + harness.rawValue
        let seeds = try names(in: folder)
        #expect(!seeds.isEmpty)
        for seed in seeds {
            #expect(throws: Never.self, "\(seed)") { try harness.run(content(of: "\(folder)/\(seed)")) }
        }
    }

    private func names(in folder: String) throws -> [String] {
        let stream = try #require(opendir(folder))
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    private func content(of path: String) throws -> [UInt8] {
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = getc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        return bytes
    }
}
