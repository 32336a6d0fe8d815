import System
import Testing

@testable import interlock

@Suite("Which database a command talks to")
struct DatabaseChoiceTests {
    static let own = StateDirectory(path: "/home/ann/.local/state/interlock", isGiven: false)

    static func resolve(
        _ option: String? = nil, _ variables: [(name: String, value: String)] = [], configured: String? = nil,
        stateDirectory: StateDirectory = own
    ) throws(CommandFailure) -> DatabaseChoice {
        try DatabaseChoice.resolve(
            option: option, environment: Environment(variables), configured: configured, stateDirectory: stateDirectory)
    }

    @Test("the option, then the environment, then the configuration")
    func order() throws {
        let environment = [(name: "INTERLOCK_DATABASE", value: "mysql://e:pw@h/d")]
        #expect(
            try Self.resolve("mysql://o@h/d", environment, configured: "mysql://c@h/d")
                == .url("mysql://o@h/d", .option))
        #expect(
            try Self.resolve(nil, environment, configured: "mysql://c@h/d") == .url("mysql://e:pw@h/d", .environment))
        #expect(try Self.resolve(configured: "mysql://c:pw@h/d") == .url("mysql://c:pw@h/d", .configuration))
    }

    @Test("else the private server of the given state directory, or of one's own and then the system's")
    func privateServer() throws {
        #expect(try Self.resolve() == .privateServer([Self.own.path, "/var/lib/interlock"]))
        let given = StateDirectory(path: "/tmp/x", isGiven: true)
        #expect(try Self.resolve(stateDirectory: given) == .privateServer(["/tmp/x"]))
        let root = StateDirectory(path: "/var/lib/interlock", isGiven: false)
        #expect(try Self.resolve(stateDirectory: root) == .privateServer(["/var/lib/interlock"]))
    }

    @Test("inside a task nothing but the option and the environment")
    func insideTask() throws {
        let task = (name: "INTERLOCK_TASK", value: "t1")
        do throws(CommandFailure) {
            _ = try Self.resolve(nil, [task], configured: "mysql://c@h/d")
            Issue.record("a task has no other database")
        } catch {
            #expect(error.exit == .notPermitted)
        }
        #expect(try Self.resolve("mysql://o@h/d", [task]) == .url("mysql://o@h/d", .option))
        let given = (name: "INTERLOCK_DATABASE", value: "mysql://e@h/d")
        #expect(try Self.resolve(nil, [task, given]) == .url("mysql://e@h/d", .environment))
    }

    @Test("an empty variable is as good as none")
    func emptyVariable() throws {
        let empty = [(name: "INTERLOCK_DATABASE", value: ""), (name: "INTERLOCK_TASK", value: "")]
        #expect(try Self.resolve(nil, empty, configured: "mysql://c@h/d") == .url("mysql://c@h/d", .configuration))
    }

    @Test(
        "a password in --database is refused",
        arguments: ["mysql://u:p@h/d", "mysql://u:@h/d", "mysql://u:p@q@h/d", "mysql://u@h/d?tls=required&password=x"])
    func passwordInOption(url: String) {
        do throws(CommandFailure) {
            _ = try Self.resolve(url)
            Issue.record("\(url) holds a password")
        } catch {
            #expect(error.exit == .usage)
            #expect(!error.message.contains(url))
        }
    }

    @Test(
        "what looks like a password and is none is accepted",
        arguments: [
            "mysql://u@h:3306/d", "mysql://h:3306/d", "mysql://u@localhost/d?socket=/a:b@c",
            "mysql://u@h/d?password-file=/p",
        ])
    func noPassword(url: String) throws {
        #expect(try Self.resolve(url) == .url(url, .option))
    }
}

@Suite("Which state directory a command uses")
struct StateDirectoryTests {
    static func resolve(
        _ option: String? = nil, _ variables: [(name: String, value: String)] = [], isRoot: Bool = false
    ) throws(CommandFailure) -> StateDirectory {
        try StateDirectory.resolve(option: option, environment: Environment(variables), isRoot: isRoot)
    }

    @Test("the option, then the environment, then the default")
    func order() throws {
        let home = (name: "HOME", value: "/home/ann")
        let given = (name: "INTERLOCK_STATE_DIR", value: "/e")
        let state = (name: "XDG_STATE_HOME", value: "/x")
        #expect(try Self.resolve("/o", [home, given]) == StateDirectory(path: "/o", isGiven: true))
        #expect(try Self.resolve(nil, [home, given], isRoot: true) == StateDirectory(path: "/e", isGiven: true))
        #expect(try Self.resolve(nil, [home, state]).path == "/x/interlock")
        #expect(try Self.resolve(nil, [home]).path == "/home/ann/.local/state/interlock")
        #expect(try Self.resolve(nil, [home, state], isRoot: true).path == "/var/lib/interlock")
        #expect(
            try Self.resolve(nil, [home, (name: "XDG_STATE_HOME", value: "x")]).path
                == "/home/ann/.local/state/interlock")
    }

    @Test("a relative one is refused, and so is none")
    func refused() {
        #expect(throws: CommandFailure.self) { try Self.resolve("relative") }
        #expect(throws: CommandFailure.self) { try Self.resolve(nil, [(name: "INTERLOCK_STATE_DIR", value: "x")]) }
        #expect(throws: CommandFailure.self) { try Self.resolve() }
    }
}
