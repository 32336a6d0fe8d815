import Foundation
import Glibc
import Testing

@testable import System

private let types = """
    tasks:
      theirs:
        command: [sh, -c, "{script}"]
        user: \(Sudo.user)
        arguments: { script: { required: true }, token: { secret: true } }
        timeout: 5m
        grace: 200ms
      limited:
        command: [cat, /proc/self/limits]
        user: \(Sudo.user)
        limits: { memory: 512M, pids: 777, cpu: 50% }
      theirs-with-database:
        command: [sh, -c, "{script}"]
        user: \(Sudo.user)
        arguments: { script: { required: true } }
        database: true
    """

@Suite(
    "A task of another user below a runner that is not root",
    .enabled("needs root's namespaces and sudo") { try await Sudo.isAvailable() })
struct SudoTests {
    /// A served site; its log must be sound at the end.
    private func withSite(_ body: (Site, inout Interlock) async throws -> Void) async throws {
        let site = try await Sudo.site(types)
        var service = try await site.serve(sudoers: try Sudo.rules(site))
        try await body(site, &service)
        try service.signal(SIGTERM)
        #expect(try await service.end().status == 0)
        try await site.expectSound()
    }

    private func log(_ site: Site, _ task: String) async throws -> String {
        try await site.run("task", "logs", task).output
    }

    @Test("runs as him, with his groups, an environment of its own and what is secret, and tells its progress")
    func identity() async throws {
        try await withSite { site, _ in
            let script = """
                id -un; id -Gn; echo "$INTERLOCK_ARGUMENT_TOKEN:$SUDO_USER:$DIR:"; "\(site.scratch.path)/bin/interlock" \
                task progress 40 half
                """
            let answer = try site.start(
                ["task", "run", "theirs", "--json", "--arg", "script=\(script)", "--arg-file", "token=-"])
            answer.type(Array("hush".utf8))
            let task = try #require(try await answer.answer().json.task.text)
            #expect(try await site.show(task).outcome == "succeeded")
            let text = try await log(site, task)
            let groups = try await Interlock(
                ["id", "-Gn", Sudo.user].map { Array($0.utf8) }, environment: site.environment
            ).answer().output
            #expect(text.contains("out \(Sudo.user)\n"))
            #expect(text.contains("out \(groups)"))
            #expect(text.contains("out hush:::\n"), "\(text)")
            #expect(try await site.show(task).progress.percent == 40)
            // Nobody else can look into it.
            let place = "\(site.stateDirectory)/tasks/\(task).1"
            let stranger = try Interlock(
                ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "ls", place].map {
                    Array($0.utf8)
                }, environment: site.environment)
            #expect(try await stranger.answer().status != 0)
        }
    }

    @Test("may tell its shim how far it is, and nothing else")
    func orders() async throws {
        try await withSite { site, _ in
            let program = """
                import os, socket
                s = socket.socket(socket.AF_UNIX)
                s.connect(os.path.expandvars("$INTERLOCK_STATE_DIR/tasks/$INTERLOCK_TASK.1/control"))
                s.send(b"stop\\n")
                print(s.recv(200).decode())
                """
            let task = try await site.task(type: "theirs", "python3 - <<'E'\n\(program)\nE")
            #expect(try await site.finished(task).outcome == "succeeded")
            #expect(try await log(site, task).contains("refused only the attempt's owner may do this"))
        }
    }

    @Test("has the limits of setrlimit(2), and the service says what is not limited")
    func limits() async throws {
        try await withSite { site, service in
            #expect(service.error.contains("tasks of other users have no cgroup below a runner that is not root"))
            let answer = try await site.run("task", "run", "limited", "--json")
            let text = try await log(site, try #require(try answer.json.task.text))
            let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            #expect(lines.contains { $0.contains("processes") && $0.contains("777") }, "\(text)")
            #expect(lines.contains { $0.contains("address") && $0.contains("\(512 << 20)") }, "\(text)")
        }
    }

    @Test("takes locks of its own where its type says database: true")
    func locks() async throws {
        try await withSite { site, _ in
            let command = "'\(site.scratch.path)/bin/interlock' lock run /inside -- echo held"
            let task = try await site.task(type: "theirs-with-database", command)
            #expect(try await site.finished(task).outcome == "succeeded")
            #expect(try await log(site, task).contains("out held\n"))
        }
    }

    @Test("is stopped with all that it has forked")
    func stop() async throws {
        try await withSite { site, _ in
            let script = "trap '' TERM; setsid sh -c 'trap \"\" TERM; echo ready; sleep 1000' & wait; sleep 1000"
            let task = try await site.task(type: "theirs", script)
            let pid = try #require(try await site.task(task, is: "running").pid.integer)
            let main = try ProcessIdentity.of(pid: Int32(pid))
            #expect(try main.ownerUserID() == Host.credentials(ofUser: Sudo.user)?.userID)
            #expect(try await site.run("task", "stop", task).status == 0)
            #expect(try await site.finished(task).outcome == "stopped")
            #expect(!lives(main))
            #expect(try survivors(of: [task]) == [])
        }
    }

    @Test("cannot lead whoever reads its log elsewhere")
    func links() async throws {
        try await withSite { site, _ in
            try site.scratch.write("not for him\n", to: "private")
            chmod(site.scratch.file("private"), 0o600)
            let place = "$INTERLOCK_STATE_DIR/tasks/$INTERLOCK_TASK.1"
            let script = "rm -f \(place)/log; ln -s \(site.scratch.file("private")) \(place)/log"
            let task = try await site.task(type: "theirs", script)
            #expect(try await site.finished(task).outcome == "succeeded")
            let answer = try await site.run("task", "logs", task)
            #expect(!answer.output.contains("not for him"))
            #expect(answer.status != 0)
        }
    }

    @Test("is adopted by the next runner")
    func adoption() async throws {
        try await withSite { site, service in
            let task = try await site.task(
                type: "theirs", "until [ -e '\(site.scratch.file("go"))' ]; do sleep 0.1; done; exit 7")
            let before = try await site.task(task, is: "running")
            try service.signal(SIGKILL)
            _ = try await service.end()
            service = try await site.serve(sudoers: try Sudo.rules(site))
            #expect(try await site.show(task).pid == before.pid)
            try site.scratch.write("now\n", to: "go")
            let end = try await site.finished(task)
            #expect(end.outcome == "failed" && end.exitCode == 7)
        }
    }

    @Test("whose shim is killed is lost, and what it left is killed as him")
    func burial() async throws {
        try await withSite { site, _ in
            let task = try await site.task(type: "theirs", "setsid sleep 1000 & sleep 1000")
            let pid = try #require(try await site.task(task, is: "running").pid.integer)
            let main = try ProcessIdentity.of(pid: Int32(pid))
            let shim = try ProcessIdentity.of(pid: try ProcessStatus.of(pid: main.pid).parent)
            try signal(SIGKILL, to: shim)
            #expect(try await site.finished(task).outcome == "lost")
            #expect(!lives(main))
            #expect(try survivors(of: [task]) == [])
        }
    }

    @Test("is not started where sudo says no, and sudo's words are its evidence")
    func refused() async throws {
        let site = try await Sudo.site(types)
        let service = try await site.serve(sudoers: "root ALL = (ALL) ALL\n")
        let task = try await site.task(type: "theirs", "true")
        let end = try await site.finished(task)
        #expect(end.outcome == "not-started")
        #expect(end.evidence.text?.contains("sudo: a password is required") == true, "\(end.evidence)")
        try service.signal(SIGTERM)
        #expect(try await service.end().status == 0)
        try await site.expectSound()
    }
}
