internal import YAML

/// Brings the layers together: flags over `--set` over environment over file over defaults.
enum ConfigurationLoader {
    /// - Parameters:
    ///   - options: what the command line says.
    ///   - environment: all variables of the process.
    ///   - readFile: gives the content of a file, or throws the reason why not.
    static func load(
        _ options: ServeOptions, environment: [String: String], readFile: (String) throws(ConfigurationError) -> [UInt8]
    ) throws(ConfigurationError) -> ConfigurationValues {
        var values = ConfigurationValues()
        if let path = options.configurationFile {
            try values.merge(try parse(try readFile(path), path)) { .file(path, line: $0) }
        }
        for (name, text) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix(prefix) && !reserved.contains(name) {
            let path = name.dropFirst(prefix.count).lowercased().replacing("__", with: ".")
            try values.set(path, text: text, .environment(name))
        }
        for setting in options.settings { try values.set(setting.path, text: setting.value, .set) }
        if let listen = options.listen { try values.set("server.listen", text: listen, .flag("--listen")) }
        if let data = options.dataFolder { try values.set("server.data", text: data, .flag("--data")) }
        return values
    }

    private static func parse(_ bytes: [UInt8], _ path: String) throws(ConfigurationError) -> YAMLNode {
        do throws(YAMLReader.Failure) {
            return try YAMLReader.parse(bytes, as: "a configuration")
        } catch {
            throw ConfigurationError(place: "\(path):\(error.line)", reason: error.reason)
        }
    }

    private static let prefix = "ROOST_"
    /// Variables of the tests and scripts, which configure no server.
    private static let reserved: Set<String> = ["ROOST_BINARY", "ROOST_TEST_POSTGRES", "ROOST_TEST_SANITIZER"]
}
