import Blobs
import HTTPClient
import Testing

@testable import Server

/// contracts/configuration.md: "blobs.store | disk", "blobs.s3 | none | {endpoint, region, bucket, access_key, secret_key, path_style}".
struct BlobConfigurationTests {
    private static let good = [
        ("blobs.store", "s3"), ("blobs.s3.endpoint", "https://s3.example.org"), ("blobs.s3.region", "eu-central-1"),
        ("blobs.s3.bucket", "rookery"), ("blobs.s3.access_key", "AKIDEXAMPLE"), ("blobs.s3.secret_key", "hush/hush"),
    ]

    /// The good settings with some of them changed; nil takes one away.
    private func layers(_ changes: [(String, String?)] = []) -> Layers {
        var settings = Self.good
        for (path, value) in changes {
            settings.removeAll { $0.0 == path }
            if let value { settings.append((path, value)) }
        }
        return Layers(settings: settings.map { (path: $0.0, value: $0.1) })
    }

    private func isS3(_ layers: Layers) throws -> Bool {
        let place = try layers.configuration().blobs.place { OutboundSender { _ in .failure(.stopped) } }
        if case .s3 = place { return true }
        return false
    }

    @Test func filesAreInTheDataFolderUnlessS3IsMeant() throws {
        #expect(try !isS3(Layers()))
        #expect(try !isS3(layers([("blobs.store", "disk")])))
        #expect(try isS3(layers()))
        #expect(try isS3(layers([("blobs.s3.path_style", "false"), ("blobs.s3.endpoint", "http://minio:9000/")])))
    }

    @Test func theMappingOfTheContractIsTaken() throws {
        let file = """
            blobs:
              store: s3
              s3: {endpoint: "https://s3.example.org", region: auto, bucket: rook.ery, access_key: a, secret_key: b, path_style: false}
            """
        #expect(try isS3(Layers(file: file)))
    }

    @Test(arguments: ["endpoint", "region", "bucket", "access_key", "secret_key"]) func nothingMayBeMissing(_ name: String) {
        #expect(layers([("blobs.s3.\(name)", nil)]).refusal() == "--set: blobs.store is s3, and blobs.s3.\(name) is missing")
    }

    @Test(
        arguments: [
            ("blobs.store", "s4", "blobs.store must be one of: disk, s3"),
            ("blobs.s3.endpoint", "s3.example.org", "blobs.s3.endpoint must be an origin such as https://chat.example.org"),
            ("blobs.s3.endpoint", "https://s3.example.org/a", "blobs.s3.endpoint must be an origin such as https://chat.example.org"),
            ("blobs.s3.endpoint", "http://10.0.0.1:9000", "blobs.s3.endpoint is not taken: The host is a name, not an address."),
            ("blobs.s3.bucket", "Rook", "blobs.s3.bucket must be 3 to 63 lower-case letters, digits, hyphens and dots"),
            ("blobs.s3.region", "eu 1", "blobs.s3.region must be lower-case letters, digits and hyphens, such as us-east-1"),
            ("blobs.s3.path_style", "yes", "blobs.s3.path_style must be true or false"),
            ("blobs.s3.acces_key", "a", "unknown key blobs.s3.acces_key; did you mean blobs.s3.access_key?"),
            ("blobs.stor", "s3", "unknown key blobs.stor; did you mean blobs.store?"),
        ]) func aBadValueIsToldWithItsKey(_ path: String, _ value: String, _ sentence: String)
    {
        #expect(layers([(path, value)]).refusal() == "--set: " + sentence)
    }

    /// "guard.allow_cidrs: address ranges that outbound requests may reach although the guard forbids them, also when the host is given as an address".
    @Test func anAddressThatIsOpenedMayBeNamed() throws {
        #expect(try isS3(layers([("blobs.s3.endpoint", "http://10.0.0.1:9000"), ("guard.allow_cidrs", "[10.0.0.0/8]")])))
        let layers = layers(
            [("blobs.s3.endpoint", "http://10.0.0.1:9000"), ("guard.allow_cidrs", "[10.0.0.0/8]"), ("blobs.s3.path_style", "false")])
        let reason = "Without path_style the host is a name, so that the bucket can stand before it."
        #expect(layers.refusal() == "--set: blobs.s3.endpoint is not taken: \(reason)")
    }

    /// "secrets as `***`", and in no other text either.
    @Test func theSecretsAreNotShown() throws {
        let text = EffectiveConfiguration.text(of: try layers().values())
        #expect(text.contains("blobs.s3.access_key: \"***\"") && text.contains("blobs.s3.secret_key: \"***\""))
        #expect(!text.contains("hush") && !text.contains("AKIDEXAMPLE"))
        let configuration = try layers().configuration()
        #expect(!"\(configuration.blobs)".contains("hush") && !String(reflecting: configuration).contains("hush"))
        #expect(try !#require(layers([("blobs.s3.bucket", "no")]).refusal()).contains("hush"))
    }
}
