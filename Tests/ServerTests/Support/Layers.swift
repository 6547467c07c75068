@testable import Server

/// The layers of a configuration, without files and variables of the system.
struct Layers {
    static let path = "roost.yaml"

    var file: String?
    var environment: [String: String] = [:]
    /// `--set`, in order.
    var settings: [(path: String, value: String)] = []
    var listen: String?
    var data: String?

    func values() throws(ConfigurationError) -> ConfigurationValues {
        var options = ServeOptions()
        options.configurationFile = file == nil ? nil : Self.path
        options.listen = listen
        options.dataFolder = data
        options.settings = settings.map { ServeOptions.Setting(path: $0.path, value: $0.value) }
        return try ConfigurationLoader.load(options, environment: environment) { _ throws(ConfigurationError) in Array((file ?? "").utf8) }
    }

    func configuration() throws(ConfigurationError) -> Configuration {
        try Configuration(try values())
    }

    /// What the operator is told when the configuration is refused, nil when it is not.
    func refusal() -> String? {
        do throws(ConfigurationError) {
            _ = try configuration()
            return nil
        } catch {
            return error.description
        }
    }
}

extension Configuration {
    /// The configuration with one key set.
    static func with(_ path: String, _ value: String) throws(ConfigurationError) -> Configuration {
        try Layers(settings: [(path, value)]).configuration()
    }
}
