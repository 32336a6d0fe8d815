import Foundation
import Glibc
import MySQL
import Testing

@testable import System

private let first = """
    tasks:
      shell: { command: [sh, -c, "{script}"], arguments: { script: { required: true } } }
    """

@Suite("The service")
struct ServiceTests {
    @Test("tells its manager when it is ready, that it lives, that it reloads, and that it ends")
    func notifies() async throws {
        let site = try await Site.make(configuration: first)
        let manager = try Manager(in: site.scratch)
        let runner = try site.start(["serve"], ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "200000"])
        #expect(try await manager.hears("READY=1").contains("STATUS=serving"))
        let registered = try await site.events().contains { $0.type == "runner.registered" }
        #expect(registered)
        _ = try await manager.hears("WATCHDOG=1")
        _ = try await manager.hears("WATCHDOG=1")
        try runner.signal(SIGHUP)
        #expect(try await manager.hears("RELOADING=1").contains("MONOTONIC_USEC="))
        _ = try await manager.hears("READY=1")
        // A task is told nothing of the manager.
        let task = try await site.start(
            ["task", "run", "shell", "--json", "--arg", "script=test -z \"$NOTIFY_SOCKET$WATCHDOG_USEC\""]
        ).answer()
        #expect(task.status == 0)
        try runner.signal(SIGTERM)
        _ = try await manager.hears("STOPPING=1")
        #expect(try await runner.end().status == 0)
    }

    @Test("gives no sign of life while the log is not followed, which only its manager can mend")
    func stuck() async throws {
        let site = try await Site.used()
        let manager = try Manager(in: site.scratch)
        let runner = try site.start(["serve"], ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "200000"])
        _ = try await manager.hears("READY=1")
        _ = try await manager.hears("WATCHDOG=1")
        // The follower makes sure that what it reads is durable: these rows it needs for that.
        let blocker = try site.connection()
        try blocker.begin()
        try blocker.query("SELECT slot FROM barrier FOR UPDATE", []) { _ in }
        _ = try await site.run("lock", "run", "/a", "--", "true")
        _ = try await site.eventually("the follower is stuck") { try site.isStuckAtBarrier() ? true : nil }
        manager.forget()
        #expect(try await !manager.isHeard(within: .seconds(1)), "five times what the manager waits for")
        try blocker.rollback()
        _ = try await manager.hears("WATCHDOG=1")
        try runner.signal(SIGTERM)
        #expect(try await runner.end().status == 0)
    }

    @Test("is not ready where another runner of the host is")
    func refused() async throws {
        let site = try await Site.used()
        let manager = try Manager(in: site.scratch)
        let service = try await Service(site)
        #expect(try await site.start(["serve"], ["NOTIFY_SOCKET": manager.path]).answer().status == 1)
        #expect(try await !manager.isHeard(within: .zero))
        #expect(try await service.stop().status == 0)
    }

    @Test("goes by a new configuration after SIGHUP, and by the old one while the new one is wrong")
    func reloads() async throws {
        let site = try await Site.make(configuration: first + "\nslots: { /s: 1 }")
        let manager = try Manager(in: site.scratch)
        let runner = try site.start(["serve"], ["NOTIFY_SOCKET": manager.path])
        _ = try await manager.hears("READY=1")
        let barrier = try site.barrier()
        let running = try #require(
            try await site.start(["task", "start", "shell", "--json", "--arg", "script=read x < \(barrier)"]).answer()
                .json.task.text)
        try await site.task(running, is: "running")
        let write = { (text: String) in try site.scratch.write("host: { id: h1 }\n" + text, to: "interlock.yaml") }

        try write("tasks: { broken: [] }")
        try runner.signal(SIGHUP)
        #expect(try await manager.hears("READY=1").contains("interlock.yaml:2:"))
        try write(
            "slots: { /s: 2 }\ntasks:\n  later: { command: [\"true\"] }\n"
                + "  begin: { command: [\"true\"], schedule: \"0 3 * * *\" }")
        try runner.signal(SIGHUP)
        #expect(try await manager.hears("READY=1").contains("STATUS=serving\n") == false)
        #expect(try await site.run("task", "run", "later").status == 0)
        let events = try await site.events()
        #expect(events.contains { $0.type == "slots.configured" && $0.data.capacity == 2 })
        #expect(events.contains { $0.type == "schedule.configured" && $0.data.type == "begin" })
        // What ran before goes on.
        #expect(try await site.show(running).state == "running")
        try await site.pass(barrier)
        #expect(try await site.finished(running).outcome == "succeeded")
        try runner.signal(SIGTERM)
        #expect(try await runner.end().status == 0)
    }

    @Test("reads its configuration again at SIGHUP also where it has no manager")
    func reloadsAlone() async throws {
        let site = try await Site.make(configuration: first)
        let service = try await Service(site)
        try site.scratch.write("host: { id: h1 }\ntasks: { later: { command: [\"true\"] } }\n", to: "interlock.yaml")
        try service.process.signal(SIGHUP)
        try await service.process.complains("the configuration is read again")
        #expect(try await site.run("task", "run", "later").status == 0)
        #expect(try await service.stop().status == 0)
    }

    @Test("ends in good order at SIGTERM, and writes its log as JSON where nobody watches")
    func leaves() async throws {
        let site = try await Site.make(configuration: first)
        let runner = try site.start(["serve"])
        try await runner.complains("serving")
        try runner.signal(SIGTERM)
        let answer = try await runner.answer()
        #expect(answer.status == 0)
        for line in try JSON.lines(answer.error) {
            #expect(line.time.text?.hasSuffix("Z") == true)
            #expect(line.level.text != nil)
            #expect(line.message.text != nil)
        }
    }

    @Test("writes its log as text where that is asked for, and no less than is asked for")
    func text() async throws {
        let site = try await Site.used()
        let service = try site.start(["serve", "--log-format", "text"])
        try await service.complains("serving")
        try service.signal(SIGTERM)
        let lines = try await service.end().error.split(separator: "\n")
        #expect(lines.count >= 3)
        for line in lines {
            #expect(line.contains(/^\d{4}-\d\d-\d\dT[\d:.]+Z info [a-zA-Z]/), "\(line)")
        }
        let manager = try Manager(in: site.scratch)
        let quiet = try site.start(["serve", "--log-level", "error"], ["NOTIFY_SOCKET": manager.path])
        _ = try await manager.hears("READY=1")
        try quiet.signal(SIGTERM)
        let answer = try await quiet.end()
        #expect(answer.status == 0 && answer.error == "")
    }

    /// The folder of the units.
    private let units = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../../systemd")
        .standardizedFileURL

    @Test("has a unit that lets tasks outlive it, be many, and be what they are")
    func unit() throws {
        let unit = try String(contentsOf: units.appending(path: "interlock.service"), encoding: .utf8)
        let settings = unit.split(separator: "\n").filter { $0.contains("=") && !$0.hasPrefix("#") }
        for needed in [
            "Type=notify", "KillMode=process", "Delegate=yes", "TasksMax=infinity", "Restart=on-failure",
            "ExecReload=/bin/kill -HUP $MAINPID",
        ] { #expect(settings.contains { $0 == needed }, "\(needed)") }
        // Tasks would inherit these.
        for prefix in ["NoNew", "Protect", "Private", "Restrict", "SystemCall", "Capability", "ReadOnly"] {
            #expect(!settings.contains { $0.hasPrefix(prefix) }, "\(prefix)")
        }
    }

    @Test("has units that systemd finds no fault with")
    func verified() async throws {
        guard access("/usr/bin/systemd-analyze", X_OK) == 0 else {
            // A host without systemd has nothing to hold them against.
            return
        }
        let scratch = try Scratch()
        for name in ["interlock.service", "interlock-database.service"] {
            // The program is not installed here: any will do.
            let unit = try String(contentsOf: units.appending(path: name), encoding: .utf8)
            try scratch.write(unit.replacingOccurrences(of: "/usr/local/bin/interlock", with: "/bin/true"), to: name)
        }
        let check = try Interlock(
            [
                "systemd-analyze", "verify", scratch.file("interlock.service"),
                scratch.file("interlock-database.service"),
            ]
            .map { Array($0.utf8) }, environment: ["PATH": "/usr/bin:/bin", "SYSTEMD_LOG_LEVEL": "warning"])
        let answer = try await check.answer()
        #expect(answer.status == 0, "\(answer.error)")
        #expect(!answer.error.contains("interlock"), "\(answer.error)")
    }
}

extension Site {
    /// Whether somebody waits for a row of the table `barrier`.
    fileprivate func isStuckAtBarrier() throws -> Bool {
        let connection = try connection()
        var found = false
        try connection.query("SHOW FULL PROCESSLIST", fetch: .stored) { row in
            guard !row.isNull(7) else { return }
            if String(decoding: try row.bytes(7), as: UTF8.self).hasPrefix("UPDATE barrier") { found = true }
        }
        return found
    }
}

@Suite("Without its database, the service")
struct ServiceWithoutDatabaseTests {
    /// A service with a private database of its own, and the process of that database.
    private func served() async throws -> (Site, Interlock, ProcessIdentity) {
        let site = try Site(database: nil, configuration: "host: { id: h1 }\n" + first)
        let runner = try site.start(["serve"])
        try await runner.complains("\"message\":\"serving ")
        let pid = try String(contentsOfFile: site.stateDirectory + "/database/pid", encoding: .utf8)
        return (site, runner, try ProcessIdentity.of(pid: try #require(Int32(pid.filter(\.isNumber)))))
    }

    @Test("ends at SIGTERM with 0 when the database is dead")
    func dead() async throws {
        let (_, runner, database) = try await served()
        try signal(SIGKILL, to: database)
        try await ends(database)
        try runner.signal(SIGTERM)
        #expect(try await runner.end().status == 0)
    }

    @Test("ends at SIGTERM with 0 when the database hangs, also in the middle of a reload")
    func hanging() async throws {
        let (_, runner, database) = try await served()
        try signal(SIGSTOP, to: database)
        try runner.signal(SIGHUP)
        try runner.signal(SIGTERM)
        #expect(try await runner.end().status == 0)
        try signal(SIGKILL, to: database)
        try await ends(database)
    }

    @Test("ends at once at the second signal")
    func second() async throws {
        let (_, runner, database) = try await served()
        try signal(SIGSTOP, to: database)
        try runner.signal(SIGTERM)
        try await runner.complains("SIGTERM: ending")
        try runner.signal(SIGTERM)
        #expect(try await runner.end().status == 128 + SIGTERM)
        try signal(SIGKILL, to: database)
        try await ends(database)
    }
}
