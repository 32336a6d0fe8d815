import Foundation
import Glibc
import MySQL
import ServerTesting
import Testing

@testable import System

@Suite("The database that a task is given")
struct TaskDatabaseTests {
    private static let types = """
        host: { id: h1 }
        tasks:
          with-database:
            command: [sh, -c, "{script}"]
            arguments: { script: { required: true } }
            database: true

        """

    /// A login on a database of its own that may do anything there, but make no accounts.
    private func login(_ grants: String, to database: Endpoint) async throws -> String {
        let server = try await ScratchServer.shared()
        let user = "u\(database.database)"
        let connection = try Connection(server.endpoint())
        try connection.run("CREATE USER '\(user)'@'localhost' IDENTIFIED BY 'word'")
        try connection.run("GRANT \(grants) ON \(database.database).* TO '\(user)'@'localhost'")
        return "mysql://\(user):word@localhost/\(database.database)?socket=\(server.directory)/socket"
    }

    @Test("appends and reads, and is not let to rewrite; its password is in no file of the attempt, log or event")
    func appends() async throws {
        let site = try await Site.make(configuration: Types.configuration)
        let service = try await Service(site)
        // The session of a command that is over.
        #expect(try await site.run("lock", "run", "/before", "--", "true").status == 0)
        let past = try #require(
            try await site.events().last { $0.type == "session.opened" }?.position.integer)
        let script = """
            interlock lock run /inside -- echo held; interlock log redact \(past) --reason x; echo answered:$?
            echo "$INTERLOCK_DATABASE" > \(site.scratch.file("url")); echo done; read x < \(try site.barrier())
            """
        let task = try await site.task(type: "with-database", script)
        let url = try await site.scratch.line("url")
        #expect(url.hasPrefix("mysql://interlock-task-"))
        let password = try #require(try Endpoint(url: url, allowPassword: true).readPassword())
        let path = "\(site.stateDirectory)/task-database.password"
        #expect(try FileSystem.mode(of: path) == 0o600)
        let files = try FileManager.default.subpathsOfDirectory(atPath: site.stateDirectory).filter { name in
            let bytes = FileManager.default.contents(atPath: "\(site.stateDirectory)/\(name)")
            return bytes?.range(of: Data(password.utf8)) != nil
        }
        #expect(files == ["task-database.password"])
        #expect(try site.rows(holding: password) == 0)
        #expect(!service.process.error.contains(password))
        #expect(try await site.run("task", "stop", task, "--now").status == 0)
        #expect(try await site.finished(task).outcome == "stopped")
        let log = try await site.run("task", "logs", task).output
        #expect(log.contains("out held\n"))
        #expect(log.contains("out answered:77\n"), "\(log)")
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    @Test("is one account for all starts of the service: a task that runs on can still log in")
    func restarts() async throws {
        let site = try await Site.make(configuration: Types.configuration)
        let service = try await Service(site)
        let barrier = try site.barrier()
        let task = try await site.task(
            type: "with-database",
            "echo \"$INTERLOCK_DATABASE\"; read x < \(barrier); interlock lock run /inside -- echo held")
        try await site.task(task, is: "running")
        #expect(try await service.stop().status == 0)
        try await service.restart()
        try await site.pass(barrier)
        #expect(try await site.finished(task).outcome == "succeeded")
        #expect(try await site.run("task", "logs", task).output.contains("out held\n"))
        #expect(try await service.stop().status == 0)
    }

    @Test("cannot be had where the service may not make accounts: 78, unless task-database names one")
    func named() async throws {
        let database = try await ScratchServer.shared().createDatabase()
        let url = try await login("ALL", to: database)
        let site = try Site(database: url, configuration: Self.types)
        let refused = try await site.run("serve")
        #expect(refused.status == 78)
        #expect(refused.error.contains("tasks with 'database: true' need an account"), "\(refused.error)")
        #expect(refused.error.contains("task-database"))

        try site.scratch.write(Self.types + "task-database: \"\(url)\"\n", to: "interlock.yaml")
        let service = try await Service(site)
        let task = try await site.task(type: "with-database", "interlock lock run /inside -- echo held")
        #expect(try await site.finished(task).outcome == "succeeded")
        // A configuration that asks for what cannot be had changes nothing.
        try site.scratch.write(Self.types, to: "interlock.yaml")
        try service.process.signal(SIGHUP)
        try await service.process.complains("the configuration stays as it was: tasks with 'database: true' need")
        #expect(try await service.stop().status == 0)
    }
}
