// swift-tools-version: 6.2
import PackageDescription

/// In CI every warning in this package, though not in those it depends on, is an error.
let strict: [SwiftSetting] =
    Context.environment["INTERLOCK_STRICT"] == "1" ? [.treatAllWarnings(as: .error)] : []

/// The settings of every room: Swift 6, explicit existentials, imports that name what they use and stay internal.
let house: [SwiftSetting] =
    strict + [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]

/// A room without unsafe pointers: the compiler names any use of them.
let safe = house + [.strictMemorySafety()]

let package = Package(
    name: "interlock",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "interlock", targets: ["interlock"]),
        .executable(name: "interlock-shim", targets: ["interlock-shim"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift.git", from: "0.2.0"),
    ],
    targets: [
        // C libraries: module maps and shims, nothing else.
        .systemLibrary(
            name: "CMySQL", pkgConfig: "mysqlclient", providers: [.apt(["default-libmysqlclient-dev"])]),
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .target(name: "CSystem"),
        .target(name: "CNetwork"),

        // The rooms that touch C and the kernel.
        .target(name: "MySQL", dependencies: ["CMySQL"], swiftSettings: house),
        .target(name: "LZ4", dependencies: ["CLZ4"], swiftSettings: house),
        .target(name: "Digest", dependencies: ["CCrypto"], swiftSettings: house),
        .target(name: "Cipher", dependencies: ["CCrypto"], swiftSettings: house),
        .target(name: "YAML", dependencies: ["CYAML"], swiftSettings: house),
        .target(name: "System", dependencies: ["CSystem"], swiftSettings: house),

        // The pure wing.
        .target(name: "Events", dependencies: ["Digest"], swiftSettings: safe),
        .target(name: "Projections", dependencies: ["Events"], swiftSettings: safe),

        // Certificates, and servers of others.
        .target(name: "Certificates", dependencies: ["CCrypto", "Digest", "Events"], swiftSettings: house),
        .target(
            name: "Network", dependencies: ["CNetwork", "Certificates", "Digest", "System", "Events"],
            swiftSettings: house),

        // What the host does: measured, not decided.
        .target(name: "Collector", dependencies: ["LZ4", "System"], swiftSettings: safe),

        // The wing that touches the world.
        .target(
            name: "EventStore", dependencies: ["MySQL", "LZ4", "Digest", "System", "Events"],
            resources: [.embedInCode("Schema")], swiftSettings: safe),
        .target(
            name: "Runner",
            dependencies: [
                "EventStore", "Projections", "Collector", "MySQL", "LZ4", "Cipher", "Certificates", "Digest", "Network",
                "YAML", "System", "Events", .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: safe),
        .executableTarget(
            name: "interlock",
            dependencies: [
                "Runner", "EventStore", "Projections", "Network", "MySQL", "System", "Events",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ], exclude: ["SamplePlatform/pairs.tsv"],
            resources: [.embedInCode("SamplePlatform/interlock.yaml"), .embedInCode("SamplePlatform/tasks")],
            swiftSettings: safe),
        // One for each task: linked whole it takes a third of the memory and half the processor time of its start.
        .executableTarget(
            name: "interlock-shim", dependencies: ["System", "LZ4"], swiftSettings: safe,
            linkerSettings: [.unsafeFlags(["-static-executable"], .when(configuration: .release))]),

        // What it costs, beside its peers (bin/bench).
        .executableTarget(
            name: "interlock-bench",
            dependencies: [
                "Runner", "EventStore", "Projections", "Collector", "MySQL", "System", "Events",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ], path: "Benchmarks", exclude: ["Peers"], swiftSettings: house),

        // Tests mirror the rooms; ServerTesting starts scratch database servers for them.
        .target(
            name: "ServerTesting", dependencies: ["MySQL", "System"], path: "Tests/ServerTesting",
            swiftSettings: house),
        .target(name: "Seeds", path: "Tests/Seeds", swiftSettings: house),
        .target(
            name: "StoreConformance", dependencies: ["Events"], path: "Tests/StoreConformance",
            swiftSettings: house),
        .target(
            name: "LogChecking", dependencies: ["Events"], path: "Tests/LogChecking", swiftSettings: house),
        // Random histories of the platform, beside a brute-force model.
        .target(
            name: "Histories", dependencies: ["Projections", "Events", "Seeds"], path: "Tests/Histories",
            swiftSettings: house),
        // A process that writes to a log until it is killed, for the tests' storm.
        .executableTarget(
            name: "storm-writer", dependencies: ["EventStore", "Events", "MySQL", "StoreConformance"],
            path: "Tests/StormWriter", swiftSettings: house),
        .testTarget(name: "MySQLTests", dependencies: ["MySQL", "ServerTesting"], swiftSettings: house),
        .testTarget(name: "LZ4Tests", dependencies: ["LZ4"], swiftSettings: house),
        .testTarget(name: "CipherTests", dependencies: ["Cipher"], swiftSettings: house),
        .testTarget(name: "DigestTests", dependencies: ["Digest"], swiftSettings: house),
        .target(
            name: "PeerTesting", dependencies: ["ServerTesting"], path: "Tests/PeerTesting", swiftSettings: house),
        .testTarget(
            name: "CertificatesTests", dependencies: ["Certificates", "Digest", "Events", "PeerTesting"],
            swiftSettings: house),
        .testTarget(
            name: "NetworkTests",
            dependencies: ["Network", "Runner", "Certificates", "System", "Events", "PeerTesting", "Seeds"],
            swiftSettings: house),
        .testTarget(
            name: "SystemTests", dependencies: ["System", "LZ4", "Seeds", "interlock-shim"], swiftSettings: house),
        .testTarget(
            name: "CollectorTests", dependencies: ["Collector", "System", "Seeds", "PeerTesting"], swiftSettings: house),
        .testTarget(name: "EventsTests", dependencies: ["Events", "StoreConformance", "Seeds"], swiftSettings: house),
        .testTarget(
            name: "ProjectionsTests", dependencies: ["Projections", "Events", "Digest"],
            exclude: ["Pictures", "Refused", "Views/matrix.tsv"],
            swiftSettings: house),
        .testTarget(
            name: "EventStoreTests",
            dependencies: [
                "EventStore", "Events", "MySQL", "System", "StoreConformance", "ServerTesting", "Seeds", "Digest",
                "storm-writer", "LogChecking",
            ],
            swiftSettings: house),
        .testTarget(
            name: "RunnerTests",
            dependencies: [
                "Runner", "Collector", "EventStore", "Projections", "LZ4", "MySQL", "System", "Events", "Seeds",
                "ServerTesting", "PeerTesting", .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: house),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "interlock", "Projections", "System", "Events",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], exclude: ["Help"], swiftSettings: house),
        .testTarget(
            name: "Simulation", dependencies: ["Histories", "Projections", "Events", "Digest", "Seeds", "LogChecking"],
            swiftSettings: house),
        .testTarget(
            name: "HistoryTests",
            dependencies: [
                "Histories", "EventStore", "Projections", "Events", "Digest", "MySQL", "System", "Seeds",
                "ServerTesting",
            ], swiftSettings: house),
        .testTarget(
            name: "Integration",
            dependencies: [
                "interlock", "interlock-shim", "ServerTesting", "PeerTesting", "Seeds", "LogChecking", "System",
            ],
            swiftSettings: house),
        .testTarget(name: "Tidy", swiftSettings: house),
    ],
    swiftLanguageModes: [.v6]
)
