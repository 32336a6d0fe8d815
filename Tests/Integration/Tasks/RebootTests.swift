import Glibc
import Testing

@testable import System

@Suite(
    "After another start of the host",
    .enabled("only root can make namespaces") { try await Namespaces.areAvailable() })
struct RebootTests {
    private static let types = """
        tasks:
          once:
            command: [sh, -c, 'echo once >> "$0"; exec sleep 1000', "{file}"]
            arguments: { file: { required: true } }
            locks: [/once]
          again:
            command: [sh, -c, 'echo again >> "$0"; test $INTERLOCK_ATTEMPT -gt 1 || exec sleep 1000', "{file}"]
            arguments: { file: { required: true } }
            locks: [/again]
            idempotent: true
            retries: { max: 1, backoff: 10ms }
        """

    /// A service that sees another boot id than the one before it.
    private func serve(_ site: Site) async throws -> Interlock {
        let service = try site.afterAnotherBoot("exec interlock serve")
        try await service.complains("serving")
        return service
    }

    @Test("what ran is lost, with evidence, its locks are free, and what may be repeated runs again")
    func reboot() async throws {
        let site = try await Site.make(configuration: Self.types)
        let service = try await Service(site)
        let file = site.scratch.file("starts")
        var tasks: [String] = []
        for type in ["once", "again"] {
            let answer = try await site.start(["task", "start", type, "--json", "--arg", "file=\(file)"]).answer()
            tasks.append(try #require(try answer.json.task.text))
        }
        var shims: [ProcessIdentity] = []
        for task in tasks {
            let pid = try #require(try await site.task(task, is: "running").pid.integer)
            shims.append(try ProcessIdentity.of(pid: try ProcessStatus.of(pid: Int32(pid)).parent))
        }
        let held = site.path()
        let holder = try await site.hold(held)
        // The host's end: nothing of all this lives on.
        let wrapper = try await site.holder(of: held)
        try await service.kill()
        for shim in shims { try signal(SIGKILL, to: shim) }
        for pid in try survivors(of: tasks) { kill(try #require(Int32(pid)), SIGKILL) }
        for identity in [holder.identity, wrapper] { try? signal(SIGKILL, to: identity) }
        _ = try await holder.end()

        let next = try await serve(site)
        let lost = try await site.finished(tasks[0])
        #expect(lost.outcome == "lost")
        #expect(lost.evidence.text?.contains("the host was started anew") == true, "\(lost.evidence)")
        let again = try await site.finished(tasks[1])
        #expect(again.outcome == "succeeded" && again.attempt == 2)
        for path in ["/once", "/again", held] { #expect(try await site.holders(of: path).isEmpty) }
        #expect(site.scratch.text("starts").split(separator: "\n").sorted() == ["again", "again", "once"])
        try next.signal(SIGTERM)
        #expect(try await next.end().status == 0)
        try await site.expectSound()
    }

    @Test("a runner that was only stopped, and taken for dead, is refused when it wakes, and has done nothing")
    func woken() async throws {
        let site = try await Site.make(configuration: Types.configuration)
        let service = try await Service(site)
        try await freeze(service.process.identity)
        let next = try await serve(site)
        let file = site.scratch.file("starts")
        let task = try await site.task("echo once >> \(file)")
        #expect(try await site.finished(task).outcome == "succeeded")
        try signal(SIGCONT, to: service.process.identity)
        let answer = try await service.process.end()
        #expect(answer.status == 1)
        #expect(answer.error.contains("another runner of this host has taken over"), "\(answer.error)")
        #expect(site.scratch.text("starts") == "once\n")
        try next.signal(SIGTERM)
        #expect(try await next.end().status == 0)
        try await site.expectSound()
    }
}
