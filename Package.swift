// swift-tools-version: 6.2
import PackageDescription

/// Set by scripts/fuzz: Tests/Fuzz is then the program that libFuzzer drives (docs/fuzzing.md), otherwise a suite that replays the seeds.
let isFuzzing = Context.environment["ROOST_FUZZ"] != nil

/// Every Swift target is held to the same rules: Swift 6 mode, explicit existentials and imports, no warnings.
let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
    // docs/decisions/0005-exclusivity.md
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

func library(_ name: String, path: String? = nil, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: path ?? "Sources/\(name)", swiftSettings: swiftSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: swiftSettings)
}

func system(_ name: String, _ pkgConfig: String, apt: String, brew: String) -> Target {
    .systemLibrary(
        name: name, path: "Sources/C/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt]), .brew([brew])])
}

let package = Package(
    name: "roost",
    platforms: [.macOS(.v26)],
    products: [.executable(name: "roost", targets: ["roost"])],
    targets: [
        system("CLibuv", "libuv", apt: "libuv1-dev", brew: "libuv"),
        system("CSQLite", "sqlite3", apt: "libsqlite3-dev", brew: "sqlite"),
        system("CPostgres", "libpq", apt: "libpq-dev", brew: "libpq"),
        system("CSodium", "libsodium", apt: "libsodium-dev", brew: "libsodium"),
        system("CZlib", "zlib", apt: "zlib1g-dev", brew: "zlib"),
        system("CYAML", "yaml-0.1", apt: "libyaml-dev", brew: "libyaml"),
        system("CZip", "libzip", apt: "libzip-dev", brew: "libzip"),
        system("CSpng", "spng", apt: "libspng-dev", brew: "libspng"),
        system("CTurboJPEG", "libturbojpeg", apt: "libturbojpeg0-dev", brew: "jpeg-turbo"),
        system("CWebP", "libwebpdemux", apt: "libwebp-dev", brew: "webp"),
        system("CCurl", "libcurl", apt: "libcurl4-openssl-dev", brew: "curl"),
        .target(name: "CPlatform", path: "Sources/C/CPlatform"),
        .target(name: "CDocuments", path: "Sources/C/CDocuments"),
        .target(
            name: "CSimdJSON", path: "Sources/C/CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),

        library("Primitives"),
        library("Reactor", ["CLibuv", "CPlatform", "Primitives"]),
        library("JSON", ["CSimdJSON"]),
        library("YAML", ["CYAML"]),
        library("Observability", ["JSON", "Primitives"]),
        library("HTTP", ["Primitives", "Reactor"]),
        library("WebSocket", ["CZlib", "HTTP", "Primitives", "Reactor"]),
        library("Security", ["CSodium", "HTTP", "JSON", "Primitives", "Reactor"]),
        library("HTTPClient", ["CCurl", "HTTP", "Primitives", "Reactor", "Security"]),
        library("Storage", ["CPostgres", "CSQLite", "Primitives", "Reactor"]),
        library("Community", ["JSON", "Primitives", "Security", "Storage"]),
        library("ProfileArchive", ["CZip", "Community", "YAML"]),
        library("Images", ["CSpng", "CTurboJPEG", "CWebP"]),
        library("Federation", ["HTTP", "HTTPClient", "JSON", "Primitives", "Reactor", "Security", "Storage"]),
        library("Webhooks", ["Community", "HTTPClient", "JSON", "Primitives", "Reactor", "Security", "Storage"]),
        library("Blobs", ["HTTP", "HTTPClient", "Primitives", "Reactor", "Security", "Storage"]),
        library("Gateway", ["Community", "Primitives", "Reactor", "Storage", "WebSocket"]),
        library(
            "Dialect", path: "Sources/Dialects/Dialect",
            ["CDocuments", "Community", "Gateway", "HTTP", "Primitives", "Reactor", "Security"]),
        library(
            "Chat", path: "Sources/Dialects/Chat",
            ["Community", "Dialect", "Gateway", "HTTP", "JSON", "Primitives", "Reactor", "Security", "Storage", "WebSocket"]),
        library(
            "Dawchat", path: "Sources/Dialects/Dawchat",
            ["Community", "Dialect", "Gateway", "HTTP", "JSON", "Primitives", "Reactor", "Security", "Storage"]),
        library(
            "Cosmos", path: "Sources/Dialects/Cosmos",
            [
                "Community", "Dialect", "Federation", "Gateway", "HTTP", "JSON", "Primitives", "Reactor", "Security", "Storage", "Webhooks",
            ]),
        library(
            "Gale", path: "Sources/Dialects/Gale",
            ["Community", "Dialect", "Gateway", "HTTP", "HTTPClient", "JSON", "Primitives", "Reactor", "Security", "Storage", "WebSocket"]),
        library(
            "Reileta", path: "Sources/Dialects/Reileta",
            [
                "Community", "Dialect", "Federation", "Gateway", "HTTP", "JSON", "Primitives", "Reactor", "Security", "Storage",
                "WebSocket",
            ]),
        library(
            "ReiletaSocketIO", path: "Sources/Dialects/ReiletaSocketIO",
            ["HTTP", "JSON", "Primitives", "Reactor", "Reileta", "Security", "WebSocket"]),
        library(
            "Server",
            [
                "Blobs", "Chat", "Community", "Cosmos", "Dawchat", "Dialect", "Federation", "Gale", "Gateway", "HTTP", "HTTPClient",
                "Images", "JSON", "Observability", "Primitives", "ProfileArchive", "Reactor", "Reileta", "ReiletaSocketIO", "Security",
                "Storage",
                "WebSocket", "Webhooks", "YAML",
            ]),
        .executableTarget(
            name: "executor-benchmark", dependencies: ["Reactor"], path: "Benchmarks/Executor", swiftSettings: swiftSettings),
        .executableTarget(name: "roost", dependencies: ["Server"], path: "Sources/roost", swiftSettings: swiftSettings),
        .executableTarget(
            name: "autobahn-echo", dependencies: ["HTTP", "Reactor", "WebSocket"], path: "Tests/Autobahn/Echo",
            swiftSettings: swiftSettings),

        tests("PrimitivesTests", ["Primitives", "TestSupport"]),
        // What suites share: sockets, seeded randomness and barriers, and databases.
        library("TestSupport", path: "Tests/Support/TestSupport", ["Primitives", "Reactor"]),
        library("StorageTesting", path: "Tests/Support/StorageTesting", ["CPostgres", "CSQLite", "Primitives", "Security", "Storage"]),
        tests("ReactorTests", ["Primitives", "Reactor", "TestSupport"]),
        tests("JSONTests", ["JSON", "TestSupport"]),
        tests("YAMLTests", ["YAML"]),
        tests("ObservabilityTests", ["JSON", "Observability", "Primitives"]),
        tests("HTTPTests", ["HTTP", "Primitives", "Reactor", "TestSupport"]),
        tests("SecurityTests", ["HTTP", "JSON", "Primitives", "Reactor", "Security"]),
        tests("HTTPClientTests", ["HTTP", "HTTPClient", "Primitives", "Reactor", "Security", "TestSupport"]),
        tests(
            "FederationTests",
            ["Federation", "HTTP", "HTTPClient", "JSON", "Primitives", "Reactor", "Security", "Storage", "StorageTesting", "TestSupport"]),
        tests(
            "WebhooksTests",
            [
                "Community", "HTTP", "HTTPClient", "JSON", "Primitives", "Reactor", "Security", "Storage", "StorageTesting", "TestSupport",
                "Webhooks",
            ]),
        tests(
            "BlobsTests",
            ["Blobs", "HTTP", "HTTPClient", "Primitives", "Reactor", "Security", "Storage", "StorageTesting", "TestSupport"]),
        tests("WebSocketTests", ["WebSocket", "HTTP", "Primitives", "Reactor", "TestSupport"]),
        tests("StorageTests", ["Primitives", "Reactor", "Storage", "StorageTesting", "TestSupport"]),
        tests("CommunityTests", ["Community", "Primitives", "Reactor", "Security", "Storage", "StorageTesting", "TestSupport"]),
        tests("ProfileArchiveTests", ["CZlib", "Community", "ProfileArchive"]),
        tests("ImagesTests", ["CSpng", "CTurboJPEG", "CWebP", "CZlib", "Images", "TestSupport"]),
        tests("GatewayTests", ["Gateway", "Community", "Primitives", "Reactor", "Storage"]),
        tests("ChatTests", ["Chat", "Community", "Gateway", "JSON", "Primitives", "Reactor"]),
        tests("DawchatTests", ["Community", "Dawchat", "Dialect", "Gateway", "HTTP", "JSON", "Primitives", "Security", "Storage"]),
        tests(
            "CosmosTests",
            [
                "Community", "Cosmos", "Dialect", "Federation", "Gateway", "HTTP", "HTTPClient", "JSON", "Primitives", "Reactor",
                "Security",
                "Storage", "StorageTesting", "Webhooks",
            ]),
        tests("GaleTests", ["Community", "Gale", "HTTP", "Primitives", "Security"]),
        tests(
            "ReiletaTests",
            [
                "Community", "Federation", "Gateway", "HTTP", "JSON", "Primitives", "Reactor", "Reileta", "ReiletaSocketIO", "Storage",
                "TestSupport",
            ]),
        tests(
            "ServerTests",
            [
                "Blobs", "Server", "Chat", "Community", "Cosmos", "Dawchat", "Dialect", "HTTP", "Observability", "Primitives", "Reactor",
                "Security", "Storage", "YAML",
            ]),
    ],
    cxxLanguageStandard: .cxx17
)

let fuzzed: [Target.Dependency] = [
    "Chat", "Community", "Cosmos", "Dawchat", "HTTP", "Images", "JSON", "Primitives", "ProfileArchive", "Reileta", "ReiletaSocketIO",
    "Security", "Server", "WebSocket", "YAML",
]
package.targets.append(
    isFuzzing
        ? .executableTarget(
            name: "fuzz", dependencies: fuzzed, path: "Tests/Fuzz", exclude: ["SeedTests.swift", "Seeds"], swiftSettings: swiftSettings)
        : .testTarget(
            name: "FuzzTests", dependencies: fuzzed, path: "Tests/Fuzz", exclude: ["EntryPoint.swift", "Seeds"],
            swiftSettings: swiftSettings))
