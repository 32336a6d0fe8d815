import Events
import Runner
import Testing

/// A request for a task and what must become of it.
struct Request: CustomTestStringConvertible {
    var type: String
    var app: String?
    var arguments: [String: String] = [:]
    var refusal: TaskRefusal

    var testDescription: String { "\(type) \(app ?? "") → \(refusal)" }
}

@Suite("A task type makes of a request")
struct TaskTypeTests {
    static let yaml = """
        tasks:
          configure:
            command: [/bin/configure, "{app}", --mode, "{mode}", "{note}", "{literally}", "{ }", end]
            arguments:
              mode: { pattern: "[a-z]+", required: true }
              note: {}
              token: { secret: true, allow-dash: true }
              literally: { default: "{mode}" }
            locks: ["/app/{app}", { path: "/modes/{mode}", mode: shared }]
          backup: { command: [/bin/backup], locks: [/type/backup] }
          deep: { command: [x], arguments: { place: { required: true } }, locks: ["/place/{place}"] }
          all: { command: [x], locks: [/] }
        """

    static func resolve(
        _ type: String, app: String? = nil, _ arguments: [String: String] = [:]
    ) throws -> ResolvedTask {
        let type = try #require(try configuration(yaml).tasks[type])
        return try type.resolve(app: app, arguments: arguments)
    }

    @Test("its words, each placeholder replaced as a whole and only once")
    func words() throws {
        let resolved = try Self.resolve("configure", app: "blog", ["mode": "fast", "note": "a b $(c) 'd' {app}"])
        #expect(
            resolved.command == [
                "/bin/configure", "blog", "--mode", "fast", "a b $(c) 'd' {app}", "{mode}", "{ }", "end",
            ])
    }

    @Test("its locks")
    func locks() throws {
        let resolved = try Self.resolve("configure", app: "blog", ["mode": "fast"])
        let app = try #require(LockPath("/app/blog"))
        let mode = try #require(LockPath("/modes/fast"))
        #expect(resolved.locks == [Lock(app, .exclusive), Lock(mode, .shared)])
        #expect(try Self.resolve("all").locks == [Lock(.root, .exclusive)])
        #expect(try Self.resolve("backup", app: "blog").locks.map(\.path.text) == ["/type/backup"])
    }

    @Test("arguments for the log: with defaults, without secrets")
    func redaction() throws {
        let resolved = try Self.resolve("configure", app: "blog", ["mode": "fast", "token": "-s3cret"])
        #expect(resolved.arguments == ["mode": "fast", "literally": "{mode}"])
        #expect(resolved.secrets == ["token": "-s3cret"])
        #expect(!resolved.command.contains("-s3cret"))
        #expect(try Self.resolve("configure", app: "blog", ["mode": "fast"]).secrets == [:])
    }

    @Test(
        "the variable of a secret argument",
        arguments: [("token", "TOKEN"), ("api-key.2", "API_KEY_2"), ("a:B@c_d", "A_B_C_D")])
    func variables(name: String, end: String) {
        #expect(TaskType.variable(ofSecret: name) == "INTERLOCK_ARGUMENT_" + end)
    }

    @Test(
        "a refusal that says why",
        arguments: [
            Request(type: "configure", arguments: ["mode": "a"], refusal: .appMissing(type: "configure")),
            Request(type: "configure", app: "a/b", arguments: ["mode": "a"], refusal: .appInvalid("a/b")),
            Request(type: "configure", app: "..", arguments: ["mode": "a"], refusal: .appInvalid("..")),
            Request(type: "configure", app: "-rf", arguments: ["mode": "a"], refusal: .appInvalid("-rf")),
            Request(type: "configure", app: "", arguments: ["mode": "a"], refusal: .appInvalid("")),
            Request(type: "configure", app: "a", refusal: .missingArgument("mode")),
            Request(
                type: "configure", app: "a", arguments: ["mode": "a", "other": "x"],
                refusal: .undeclaredArgument("other", declared: ["literally", "mode", "note", "token"])),
            Request(type: "backup", arguments: ["x": "y"], refusal: .undeclaredArgument("x", declared: [])),
            Request(
                type: "configure", app: "a", arguments: ["mode": "fast1"],
                refusal: .patternMismatch("mode", pattern: "[a-z]+")),
            Request(
                type: "configure", app: "a", arguments: ["mode": ""],
                refusal: .patternMismatch("mode", pattern: "[a-z]+")),
            Request(
                type: "configure", app: "a", arguments: ["mode": "fast\n"],
                refusal: .patternMismatch("mode", pattern: "[a-z]+")),
            Request(
                type: "configure", app: "a", arguments: ["mode": "a", "note": "-x"], refusal: .beginsWithDash("note")),
            Request(type: "configure", app: "a", arguments: ["mode": "a", "note": "x\0y"], refusal: .holdsNUL("note")),
            Request(
                type: "configure", app: "a", arguments: ["mode": "a", "token": "-\0"], refusal: .holdsNUL("token")),
            Request(
                type: "configure", app: "a",
                arguments: ["mode": "a", "note": String(repeating: "x", count: 4097)], refusal: .tooLong("note")),
            Request(type: "deep", arguments: ["place": "a/b"], refusal: .lockPathInvalid("/place/a/b")),
            Request(type: "deep", arguments: ["place": ""], refusal: .lockPathInvalid("/place/")),
            Request(type: "deep", arguments: ["place": ".."], refusal: .lockPathInvalid("/place/..")),
            Request(type: "deep", arguments: ["place": "a b"], refusal: .lockPathInvalid("/place/a b")),
        ])
    func refusals(request: Request) throws {
        #expect(throws: request.refusal) {
            try Self.resolve(request.type, app: request.app, request.arguments)
        }
    }

    @Test("no refusal that tells a value, which may be a secret")
    func refusalsKeepSecrets() throws {
        let yaml = "tasks: { a: { command: [x], arguments: { s: { secret: true, pattern: '[a-z]+' } } } }"
        let type = try #require(try configuration(yaml).tasks["a"])
        do throws(TaskRefusal) {
            _ = try type.resolve(app: nil, arguments: ["s": "HUNTER2"])
            Issue.record("the value does not match")
        } catch {
            #expect(!error.description.contains("HUNTER2"))
        }
    }
}
