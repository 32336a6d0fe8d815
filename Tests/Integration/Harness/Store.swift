import Testing

@testable import System

/// What the tests of the tools do: damage what is stored, and be refused.
extension Site {
    /// A site with a log of five events: a command that held `/a`, and ended.
    static func used(configuration: String = "") async throws -> Site {
        let site = try await make(configuration: configuration)
        try await site.use()
        return site
    }

    /// Five events more: session.opened, lock.requested, lock.granted, lock.released, session.ended.
    func use() async throws {
        let answer = try await run("lock", "run", "/a", "--reason", "the why", "--", "true")
        try #require(answer.status == 0, "\(answer.error)")
    }

    /// The last position of its log.
    func head() async throws -> Int { try #require(try await json("log", "verify").head.integer) }

    /// A command must fail alike with and without `--json`: with this exit code, nothing on standard output, and one line
    /// on standard error, which holds `words`, or is one JSON object with this code and the same message.
    func refuses(
        _ arguments: [String], _ status: Int32, _ code: String, _ words: String, _ changes: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let told = try await start(arguments, changes).answer()
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        let inJSON = try await start(arguments[..<end] + ["--json"] + arguments[end...], changes).answer()
        for answer in [told, inJSON] {
            let what = Comment(rawValue: "\(arguments) answered \(answer)")
            #expect(answer.status == status, what, sourceLocation: sourceLocation)
            #expect(answer.output == "", what, sourceLocation: sourceLocation)
            #expect(answer.error.split(separator: "\n").count == 1, what, sourceLocation: sourceLocation)
        }
        #expect(told.error.hasPrefix("interlock: "), sourceLocation: sourceLocation)
        #expect(told.error.contains(words), "\(arguments): \(told.error)", sourceLocation: sourceLocation)
        let error = try JSON(inJSON.error).error
        #expect(error.code.text == code, "\(arguments): \(error)", sourceLocation: sourceLocation)
        #expect(told.error.contains(try #require(error.message.text)), sourceLocation: sourceLocation)
    }
}

extension JSON {
    /// The names of an object's fields.
    var names: Set<String> {
        guard case .object(let fields) = self else { return [] }
        return Set(fields.keys)
    }

    /// The object without one of its fields.
    func without(_ name: String) -> JSON {
        guard case .object(var fields) = self else { return self }
        fields[name] = nil
        return .object(fields)
    }
}

extension Answer {
    /// The lines of standard output.
    var lines: [String] { output.split(separator: "\n").map(String.init) }
}
