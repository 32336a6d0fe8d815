import Glibc
import Testing

/// A command line that is well formed and asks for what cannot be: its exit code, its code in JSON, and words of its line.
struct Mistaken: CustomTestStringConvertible {
    var arguments: [String]
    var status: Int32
    var code: String
    var words: String

    init(_ line: String, _ status: Int32, _ code: String, _ words: String) {
        arguments = line.split(separator: " ").map(String.init)
        (self.status, self.code, self.words) = (status, code, words)
    }

    var testDescription: String { arguments.joined(separator: " ") }
}

@Suite("Arguments that name what is not there", .used(Types.configuration))
struct ArgumentTests {
    static let locks = [
        Mistaken("lock release --token 99", 66, "no-such-token", "token 99 does not stand. See: interlock lock list"),
        Mistaken("lock release --token 3", 66, "no-such-token", "token 3 does not stand"),
        Mistaken("lock release --token 3 /a", 66, "no-such-token", "token 3 does not stand"),
        Mistaken("lock check /a --token 3", 75, "not-standing", "token 3 does not stand on /a"),
        Mistaken("lock check / --token 99", 75, "not-standing", "token 99 does not stand on /"),
        Mistaken("lock acquire /a --pid 99999999", 66, "no-such-process", "there is no process 99999999"),
        Mistaken("lock list --at 6", 66, "no-such-position", "the log has no position 6. Its last one is 5"),
        Mistaken("lock list --as ann", 66, "no-such-user", "there is no user 'ann'"),
        Mistaken("lock history --as ann", 66, "no-such-user", "there is no user 'ann'"),
    ]
    static let tasks = [
        Mistaken("task start nothing", 66, "no-such-type", "there is no task type 'nothing'. Known are: brief, "),
        Mistaken("task run nothing", 66, "no-such-type", "there is no task type 'nothing'"),
        Mistaken("task run nothing --dry-run", 66, "no-such-type", "there is no task type 'nothing'"),
        Mistaken("task start patterned", 64, "arguments", "'mode'"),
        Mistaken("task start patterned --arg mode=5", 64, "arguments", "'mode'"),
        Mistaken("task start patterned --arg mode=a --arg more=x", 64, "arguments", "'more'"),
        Mistaken("task start patterned --arg mode=a --arg free=-x", 64, "arguments", "'free'"),
        Mistaken("task start patterned --dry-run", 64, "arguments", "'mode'"),
        Mistaken("task run patterned --arg mode=A --delay 5s --unique k", 64, "arguments", "'mode'"),
        Mistaken("task start on-app", 64, "arguments", "--app"),
        Mistaken("task start on-app --wait", 64, "arguments", "--app"),
        Mistaken("task show x", 66, "no-such-task", "there is no task 'x'. See: interlock task list"),
        Mistaken("task logs x", 66, "no-such-task", "there is no task 'x'"),
        Mistaken("task logs ../../etc --follow", 66, "no-such-task", "there is no task '../../etc'"),
        Mistaken("task wait x", 66, "no-such-task", "there is no task 'x'"),
        Mistaken("task wait x --timeout 1ms", 66, "no-such-task", "there is no task 'x'"),
        Mistaken("task stop x", 66, "no-such-task", "there is no task 'x'"),
        Mistaken("task stop x --now", 66, "no-such-task", "there is no task 'x'"),
        Mistaken("task progress 5", 64, "not-in-a-task", "this does not run inside a task"),
        Mistaken("task list --as ann", 66, "no-such-user", "there is no user 'ann'"),
        Mistaken("task types --as ann", 66, "no-such-user", "there is no user 'ann'"),
        Mistaken("task show x --as ann", 66, "no-such-user", "there is no user 'ann'"),
        Mistaken("task logs x --as ann", 66, "no-such-user", "there is no user 'ann'"),
    ]
    static let others = [
        Mistaken("log show 6", 66, "no-such-position", "the log has no position 6"),
        Mistaken("log show 1 --as ann", 66, "no-such-user", "there is no user 'ann'"),
        Mistaken("log tail --as ann", 66, "no-such-user", "there is no user 'ann'"),
        Mistaken("log export --from 6 --to 7", 66, "no-such-position", "the log has no position 6"),
        Mistaken("log export -o /nowhere/log", 1, "system", "cannot write /nowhere/log: No such file"),
        Mistaken("log export -o /tmp", 1, "system", "/tmp is a directory"),
        Mistaken("projection check notes", 66, "no-such-projection", "there is no projection 'notes'"),
        Mistaken("projection rebuild notes", 66, "no-such-projection", "there is no projection 'notes'"),
        Mistaken("demo --database mysql://u@localhost/x?socket=/nowhere", 69, "unavailable", "/nowhere"),
    ]

    @Test("are told with the contract's code, and nothing is done", arguments: locks + tasks + others)
    func mistaken(_ mistaken: Mistaken) async throws {
        let site = try currentSite()
        try await site.refuses(mistaken.arguments, mistaken.status, mistaken.code, mistaken.words)
        #expect(try await site.head() == 5)
    }

    /// One command of each kind: they look, ask, change, serve.
    static let kinds = [
        ["lock", "list"], ["lock", "run", "/b", "--", "true"], ["lock", "acquire", "/b", "--pid", "\(getpid())"],
        ["lock", "release", "--token", "3"], ["task", "start", "brief", "--arg", "script=true"], ["task", "list"],
        ["log", "tail"], ["log", "verify"], ["projection", "rebuild"], ["schema", "apply"], ["serve"],
    ]

    @Test("in the options that every command has are told by each", arguments: kinds)
    func common(command: [String]) async throws {
        let site = try currentSite()
        let mistakes = [
            Mistaken("--database x", 64, "usage", "does not start with mysql://"),
            Mistaken("--database mysql://h/x", 64, "usage", "names no user"),
            Mistaken("--database mysql://u@localhost/x?socket=/nowhere", 69, "unavailable", "/nowhere"),
            Mistaken("--database mysql://u@h/x?password-file=/nowhere", 78, "wrong-endpoint", "/nowhere"),
            Mistaken("--config /nowhere", 78, "no-configuration", "there is no configuration file '/nowhere'"),
            Mistaken("--config /tmp", 78, "configuration", "'/tmp' cannot be read: Is a directory"),
            Mistaken("--state-dir here", 64, "usage", "'here' is not an absolute path"),
        ]
        let end = command.firstIndex(of: "--") ?? command.endIndex
        for mistake in mistakes {
            let line = Array(command[..<end]) + mistake.arguments + command[end...]
            try await site.refuses(line, mistake.status, mistake.code, mistake.words)
        }
        #expect(try await site.head() == 5)
    }

    @Test("a service that cannot know its database makes no state directory")
    func serve() async throws {
        let site = try Site(database: "mysql://x", configuration: "")
        try await site.refuses(["serve"], 78, "configuration", "Mend INTERLOCK_DATABASE")
        #expect(access(site.stateDirectory, F_OK) != 0)
    }

    @Test("a database in the environment or the configuration that is no URL is 78, and the place is named")
    func surroundings() async throws {
        let site = try currentSite()
        try await site.refuses(
            ["lock", "list"], 78, "configuration", "Mend INTERLOCK_DATABASE", ["INTERLOCK_DATABASE": "mysql://x"])
        try site.scratch.write("database: mysql://x", to: "bad.yaml")
        try await site.refuses(
            ["lock", "list", "--config", site.scratch.file("bad.yaml")], 78, "configuration",
            "Mend 'database' in the configuration", ["INTERLOCK_DATABASE": Site.unset])
    }

    @Test("a session of another database is 78, and nothing is locked")
    func foreignSession() async throws {
        let site = try currentSite()
        for command in [["lock", "run", "/b", "--", "true"], ["lock", "acquire", "/b", "--pid", "\(getpid())"]] {
            try await site.refuses(
                command, 78, "foreign-session", "is of another database", ["INTERLOCK_SESSION": "zzzzzz-1"])
        }
        #expect(try await site.head() == 5)
    }

    @Test("the demo plays on no log that has events")
    func demo() async throws {
        let site = try currentSite()
        let database = try #require(site.database)
        try await site.refuses(["demo", "--database", database], 1, "log-not-empty", "a database of its own, or none")
        #expect(try await site.head() == 5)
    }
}
