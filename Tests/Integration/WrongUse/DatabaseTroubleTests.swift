import Glibc
import MySQL
import ServerTesting
import Testing

@testable import System

@Suite("When the database is not as it must be")
struct DatabaseTroubleTests {
    /// One command of each kind: they read, write, and do both.
    static let commands = [
        ["lock", "list"], ["lock", "history"], ["lock", "run", "/a", "--", "touch", "done"],
        ["lock", "acquire", "/a", "--pid", "1"], ["lock", "release", "--token", "1"],
        ["lock", "check", "/a", "--token", "1"], ["task", "list"], ["task", "show", "x"], ["task", "logs", "x"],
        ["task", "wait", "x"], ["task", "stop", "x"], ["task", "start", "missing"], ["task", "run", "missing"],
        ["log", "verify"], ["log", "export"], ["log", "stats"], ["log", "tail"], ["log", "show", "1"],
        ["log", "redact", "1", "--reason", "x"],
        ["projection", "check"], ["projection", "list"], ["projection", "rebuild"], ["schema", "status"],
    ]

    /// Every command says `words` in one line, exits with `status`, answers nothing and runs nothing.
    private func expect(_ site: Site, _ status: Int32, _ words: String, _ url: String? = nil) async throws {
        let changes = url.map { ["INTERLOCK_DATABASE": $0] } ?? [:]
        for command in Self.commands {
            // As root process 1 may be named, as another user it may not, whatever the database is.
            guard getuid() == 0 || command[1] != "acquire" else { continue }
            let answer = try await site.start(command, changes).answer()
            #expect(answer.status == status, "\(command): \(answer.error)")
            #expect(answer.error.contains(words), "\(command): \(answer.error)")
            #expect(answer.error.split(separator: "\n").count == 1, "\(command): \(answer.error)")
            #expect(answer.output.isEmpty, "\(command): \(answer.output)")
        }
        #expect(access("/done", F_OK) != 0, "the command was not run")
    }

    @Test("none is there: 69, and how to start one")
    func none() async throws {
        let site = try Site(database: nil, configuration: Types.configuration)
        try await expect(site, 69, "interlock serve")
        #expect(access(site.stateDirectory, F_OK) != 0, "nothing was made")
    }

    @Test("nobody listens: 69")
    func unreachable() async throws {
        let site = try Site(database: nil, configuration: Types.configuration)
        try await expect(site, 69, "/nowhere/socket", "mysql://root@localhost/x?socket=/nowhere/socket")
        let answer = try await site.run(
            "lock", "list", environment: ["INTERLOCK_DATABASE": "mysql://root@127.0.0.1:1/x"])
        #expect(answer.status == 69)
        #expect(answer.error.contains("127.0.0.1"))
    }

    @Test("the password is wrong, or the login may not use the database: 77, and no password is told")
    func password() async throws {
        let server = try await ScratchServer.shared()
        let database = try await server.createDatabase()
        let user = "u\(database.database)"
        try Connection(server.endpoint()).run("CREATE USER '\(user)'@'localhost' IDENTIFIED BY 'the-right-one'")
        let socket = "\(server.directory)/socket"
        let site = try Site(database: nil, configuration: Types.configuration)
        for word in ["the-wrong-one", "the-right-one"] {
            let url = "mysql://\(user):\(word)@localhost/\(database.database)?socket=\(socket)"
            try await expect(site, 77, user, url)
            #expect(try await !site.run("lock", "list", environment: ["INTERLOCK_DATABASE": url]).error.contains(word))
        }
    }

    @Test("it is unsafe: 78, and the setting is named")
    func unsafe() async throws {
        let server = try await ScratchServer.start(options: ["--innodb-flush-log-at-trx-commit=2"])
        let site = try Site(database: try await server.createDatabase().url, configuration: Types.configuration)
        let answer = try await site.run("lock", "run", "/a", "--", "true")
        #expect(answer.status == 78)
        #expect(answer.error.contains("innodb_flush_log_at_trx_commit=1"), "\(answer.error)")
        #expect(try await site.run("serve").status == 78)
    }

    @Test("it takes no writes: what writes is 77, and what reads goes on")
    func readOnly() async throws {
        let server = try await ScratchServer.start()
        let database = try await server.createDatabase()
        let owner = try Site(database: database.url, configuration: Types.configuration)
        let holder = try await owner.hold("/held")
        try Connection(server.endpoint()).run("CREATE USER 'plain'@'localhost' IDENTIFIED BY 'x'")
        try Connection(server.endpoint()).run("GRANT ALL ON \(database.database).* TO 'plain'@'localhost'")
        try Connection(server.endpoint()).run("SET GLOBAL read_only = 1")
        let site = try Site(
            database: "mysql://plain:x@localhost/\(database.database)?socket=\(server.directory)/socket",
            configuration: Types.configuration)
        let answer = try await site.run("lock", "run", "/a", "--", "echo", "ran")
        #expect(answer.status == 77)
        #expect(answer.error.contains("read"), "\(answer.error)")
        #expect(answer.output.isEmpty)
        #expect(try await site.json("lock", "list").held.elements.map(\.path) == ["/held"])
        #expect(try await site.run("log", "verify").status == 0)
        try Connection(server.endpoint()).run("SET GLOBAL read_only = 0")
        #expect(try await holder.answer().status == 0)
        try await owner.expectSound()
    }

    @Test("its schema is newer: 78, and nothing is touched")
    func newer() async throws {
        let server = try await ScratchServer.shared()
        let database = try await server.createDatabase()
        let site = try Site(database: database.url, configuration: Types.configuration)
        #expect(try await site.run("lock", "run", "/a", "--", "true").status == 0)
        try Connection(database).run("UPDATE schema_version SET version = version + 1")
        for command in [["lock", "run", "/a", "--", "true"], ["lock", "list"], ["schema", "apply"], ["serve"]] {
            let answer = try await site.start(command).answer()
            #expect(answer.status == 78, "\(command): \(answer.error)")
            #expect(answer.error.contains("newer"), "\(command): \(answer.error)")
        }
        try Connection(database).run("UPDATE schema_version SET version = version - 1")
        try await site.expectSound()
    }

    @Test("it is killed and comes back: what waits goes on waiting, what runs runs on, and every end is recorded")
    func restarted() async throws {
        let server = try await ScratchServer.start()
        let site = try Site(
            database: try await server.createDatabase().url, configuration: "host: { id: h1 }\n" + Types.configuration)
        let service = try await Service(site)
        let barrier = try site.barrier()
        let task = try await site.task("read x < \(barrier)", lock: "/task")
        try await site.task(task, is: "running")
        let holder = try await site.hold("/held")
        let waiter = try await site.queue("waiter", "/held")
        try await server.kill()
        #expect(try await site.run("lock", "list").status == 69)
        try await server.restart()
        try await site.pass(barrier)
        #expect(try await site.finished(task).outcome == "succeeded")
        _ = try await holder.answer()
        try await waiter.says("ready")
        #expect(try await waiter.answer().status == 0)
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }
}
