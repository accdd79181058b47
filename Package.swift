// swift-tools-version: 6.2
//
// Inflow: an organisation's records from WorkflowMax into PostgreSQL reporting tables. One way in; never back.
//
// The arrows of the house (architecture: the left brings, the right keeps, Sync joins; only the command knows both ends):
//
//     command      InflowCLI ── wires everything; nobody imports it        Sandbox ── stands apart: knows only HTTP
//     joins        Sync ──────► Warehouse      Alerts ──────► Warehouse, Curl      ConnectionPage ──────► (protocols of its own)
//     ends         WorkflowMax ► Curl, Records, Compression      Warehouse ► Postgres, SQLFiles
//     tools        Curl  Records  Compression  Postgres  Spreadsheet  SQLFiles          (tools do not know Inflow; Records knows its words)
//     words        Inflow
//
// `scripts/check` builds with `--explicit-target-dependency-import-check error`, so an arrow not written here is an error.

import PackageDescription

let strict: [SwiftSetting] = [
    // A warning that only a clean build shows stops every build instead.
    .treatAllWarnings(as: .error),
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "inflow",
    products: [
        .executable(name: "inflow", targets: ["InflowCLI"])
    ],
    dependencies: [
        // Commands, help and usage errors (exit 64) as every Swift tool has them.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        // The log: one API, so that a program that embeds Inflow can redirect it.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        // Environment first, then a file: the configuration hierarchy, kept by Apple.
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        // AES-GCM for tokens at rest and SHA-256 for row hashes and migration checksums; BoringSSL underneath.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        // The HTTP server of the sandbox, of the daemon's health and metrics, and of the page the browser comes back to.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        // "inflow serve": starting, signals and an orderly end of everything that serves; Hummingbird stands on it anyway.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // The pages' templates: the one template library that is kept with Hummingbird; it escapes HTML by default.
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        // What Hummingbird speaks in; the sandbox names their types, so it says that it uses them.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        // The certificate and key with which the page speaks TLS; Hummingbird's TLS stands on it.
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        // File paths as swift-configuration takes them.
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
    ],
    targets: [
        // MARK: 0 · system libraries
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(
            name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CXML", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        // The compression of answers. libcurl brings the library anyway, and reads the first part of such a body only.
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // The archive's compression; four times as fast as zlib and smaller. libcurl brings the library anyway.
        .systemLibrary(
            name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        // Workbooks for Excel, written in constant memory: the kept library for it in Debian, and none is in Swift.
        .systemLibrary(
            name: "CXLSXWriter", pkgConfig: "xlsxwriter", providers: [.apt(["libxlsxwriter-dev"])]),
        // `iconv` of the C library, which knows every character set the platform may declare; Foundation's needs bodies whole.
        .systemLibrary(name: "CIconv"),
        // `mallopt`, which limits the heaps of the C library: Swift's Glibc module does not declare it.
        .systemLibrary(name: "CHeap"),

        // MARK: 0 · words
        .target(name: "Inflow", swiftSettings: strict),

        // MARK: 1 · tools
        .target(name: "Curl", dependencies: ["CCurl", "CZlib"], swiftSettings: strict),
        .target(name: "Records", dependencies: ["Inflow", "CXML", "CIconv"], swiftSettings: strict),
        .target(name: "Postgres", dependencies: ["CLibPQ"], swiftSettings: strict),
        .target(name: "Compression", dependencies: ["CZstd"], swiftSettings: strict),
        .target(name: "Spreadsheet", dependencies: ["CXLSXWriter"], swiftSettings: strict),
        .target(
            name: "SQLFiles", swiftSettings: strict, plugins: ["EmbedSQLPlugin"]),
        .executableTarget(name: "EmbedSQL", swiftSettings: strict),
        .plugin(
            name: "EmbedSQLPlugin", capability: .buildTool(), dependencies: ["EmbedSQL"], path: "Sources/EmbedSQLPlugin"
        ),

        // MARK: 2 · ends
        .target(
            name: "WorkflowMax",
            dependencies: [
                "Inflow", "Curl", "Records", "Compression", .product(name: "Logging", package: "swift-log"),
                // Random states and the proof key (SHA-256) of a consent.
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "Warehouse",
            dependencies: [
                "Inflow", "Postgres", "SQLFiles",
                .product(name: "Crypto", package: "swift-crypto"),
                // scrypt for the passwords of the page's users: BoringSSL's, kept by the same people.
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        // MARK: 3 · joins
        .target(
            name: "Sync",
            dependencies: ["Inflow", "Warehouse", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),

        // What the warehouse's outbox holds, sent by mail and webhook: the one place that needs both of its imports.
        .target(
            name: "Alerts",
            dependencies: [
                "Inflow", "Warehouse", "Curl", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        // The web application. It reads through small protocols, so it knows neither PostgreSQL nor HTTP calls.
        .target(
            name: "ConnectionPage",
            dependencies: [
                "Inflow",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Templates", "Assets"], swiftSettings: strict, plugins: ["EmbedPagesPlugin"]),
        .executableTarget(name: "EmbedPages", swiftSettings: strict),
        .plugin(
            name: "EmbedPagesPlugin", capability: .buildTool(), dependencies: ["EmbedPages"],
            path: "Sources/EmbedPagesPlugin"),

        // MARK: apart
        .target(
            name: "Sandbox",
            dependencies: [
                // SHA-256 of a consent's proof key, and of the keys in a truth answer.
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        // MARK: 4 · command
        .executableTarget(
            name: "InflowCLI",
            dependencies: [
                "Inflow", "WorkflowMax", "Warehouse", "Sync", "Alerts", "ConnectionPage", "Sandbox", "Curl", "Postgres",
                "Spreadsheet", "CHeap",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Logging", package: "swift-log"),
                // The loopback listener that the browser comes back to after a consent; health and metrics.
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict),

        // MARK: tests
        .target(
            name: "TestSupport", dependencies: ["Postgres", "Warehouse"], path: "Tests/Support", exclude: ["Clock"],
            swiftSettings: strict),
        .testTarget(
            name: "InflowTests", dependencies: ["Inflow", "TestSupport"], exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "RecordsTests", dependencies: ["Records", "Inflow", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "SpreadsheetTests", dependencies: ["Spreadsheet", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "CompressionTests", dependencies: ["Compression"], swiftSettings: strict),
        .testTarget(name: "CurlTests", dependencies: ["Curl", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "WorkflowMaxTests",
            dependencies: [
                "WorkflowMax", "Inflow", "Records", "Curl", "TestSupport",
                // The ledger of calls that ships.
                "Warehouse",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "WarehouseTests",
            dependencies: ["Inflow", "Postgres", "Records", "SQLFiles", "Warehouse", "WorkflowMax", "TestSupport"],
            exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "SyncTests",
            dependencies: [
                "Sync", "Inflow", "Warehouse", "Records", "WorkflowMax", "Postgres", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AlertsTests",
            dependencies: [
                "Alerts", "Inflow", "Warehouse", "WorkflowMax", "Curl", "Postgres", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Inflow", "WorkflowMax", "Warehouse", "Sync", "Alerts", "Sandbox", "Curl", "Compression", "Postgres",
                "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "Inflow", "WorkflowMax", "Warehouse", "Sync", "Curl", "CZlib", "Postgres", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "InflowCLITests",
            dependencies: [
                "Alerts", "InflowCLI", "Inflow", "Sync", "Warehouse", "WorkflowMax", "Curl", "Postgres", "Spreadsheet",
                "TestSupport",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ConnectionPageTests",
            dependencies: [
                "ConnectionPage", "Inflow", "TestSupport",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SandboxTests",
            dependencies: [
                "Sandbox",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict),
    ]
)
