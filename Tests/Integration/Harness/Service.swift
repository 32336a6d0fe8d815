import Glibc
import ServerTesting
import Synchronization
import Testing

@testable import System

/// A runner that serves a site: `interlock serve`.
final class Service: Sendable {
    let site: Site
    private let runner: Mutex<Interlock>

    /// Starts it and returns when it serves.
    init(_ site: Site, environment changes: [String: String] = [:]) async throws {
        self.site = site
        let started = try site.start(["serve"], changes)
        runner = Mutex(started)
        try await started.complains("serving")
    }

    var process: Interlock { runner.withLock { $0 } }

    /// Ends it in good order.
    func stop() async throws -> Answer {
        try process.signal(SIGTERM)
        return try await process.end()
    }

    /// Kills it.
    func kill() async throws {
        try process.signal(SIGKILL)
        _ = try await process.end()
    }

    /// Starts another one on the same site.
    func restart() async throws {
        let started = try site.start(["serve"])
        runner.withLock { $0 = started }
        try await started.complains("serving")
    }
}

/// Gives the tests of a suite one site together, with a runner or without, and looks at the log when all have ended: it
/// must verify, and its projections must be what it says.
struct SiteTrait: SuiteTrait, TestTrait, TestScoping {
    var configuration: String
    var isServed: Bool
    var isUsed = false

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        let site = try await Site.make(configuration: configuration)
        if isUsed { try await site.use() }
        let service = isServed ? try await Service(site) : nil
        try await Current.$service.withValue(service) {
            try await Current.$site.withValue(site) { try await function() }
        }
        if let service { #expect(try await service.stop().status == 0) }
        try await site.expectSound()
    }
}

extension Trait where Self == SiteTrait {
    /// A site that a runner serves.
    static var service: Self { .service("") }
    static func service(_ configuration: String) -> Self { Self(configuration: configuration, isServed: true) }
    /// A site without a runner.
    static var site: Self { Self(configuration: "", isServed: false) }
    /// A site without a runner, with a log of five events.
    static func used(_ configuration: String) -> Self {
        Self(configuration: configuration, isServed: false, isUsed: true)
    }
}

/// The site of the running test.
enum Current {
    @TaskLocal static var site: Site?
    @TaskLocal static var service: Service?
}

/// The site of the running test, which must have the trait `.site` or `.service`.
func currentSite() throws -> Site { try #require(Current.site) }
func currentService() throws -> Service { try #require(Current.service) }
