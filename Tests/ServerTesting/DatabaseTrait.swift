public import MySQL
public import Testing

/// Gives every test of a suite (or one test) an empty database of its own on the shared ``ScratchServer``; the test finds
/// it as ``ScratchDatabase/current``. It is dropped after the test.
public struct DatabaseTrait: SuiteTrait, TestTrait, TestScoping {
    /// The suite's tests each get one, not the suite.
    public var isRecursive: Bool { true }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        let server = try await ScratchServer.shared()
        let database = try await server.createDatabase()
        do {
            try await ScratchDatabase.$endpoint.withValue(database) { try await function() }
        } catch {
            try? await server.dropDatabase(database)
            throw error
        }
        try await server.dropDatabase(database)
    }
}

extension Trait where Self == DatabaseTrait {
    /// An empty database for each test; see ``ScratchDatabase``.
    public static var database: Self { Self() }
}

/// The database of the running test.
public enum ScratchDatabase {
    @TaskLocal static var endpoint: Endpoint?

    /// Where it is. Only tests with the trait `.database` have one.
    public static var current: Endpoint {
        get throws {
            guard let endpoint else {
                throw ServerTestingError("this test has no database; give it the trait .database")
            }
            return endpoint
        }
    }
}
