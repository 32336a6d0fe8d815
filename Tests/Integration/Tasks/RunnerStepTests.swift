import Glibc
import Testing

@testable import Runner
@testable import System

@Suite("A runner that is killed at a step of an attempt")
struct RunnerStepTests {
    private static let types = """
        tasks:
          twice:
            command: [sh, -c, 'echo "$INTERLOCK_ATTEMPT" >> "$0"; exit 3', "{file}"]
            arguments: { file: { required: true } }
            locks: [/twice]
            retries: { max: 1, backoff: 10ms }
          long:
            command: [sh, -c, 'echo "$INTERLOCK_ATTEMPT" >> "$0"; exec sleep 1000', "{file}"]
            arguments: { file: { required: true } }
            locks: [/long]
        """

    /// A task under a runner that will stop itself at a step.
    private func begin(_ type: String, until step: RunnerStep) async throws -> (Site, Service, task: String) {
        let site = try await Site.make(configuration: Self.types)
        let service = try await Service(site, environment: ["INTERLOCK_RUNNER_STOP_AT": step.rawValue])
        let file = site.scratch.file("starts")
        let answer = try await site.start(["task", "start", type, "--json", "--arg", "file=\(file)"]).answer()
        return (site, service, try #require(try answer.json.task.text))
    }

    /// Kills the runner where it stops itself, and starts another one.
    private func die(_ service: Service) async throws {
        try await stands(service.process.identity)
        try await service.kill()
        try await service.restart()
    }

    @Test(
        "is followed by one that starts nothing twice and tells the end of each attempt once",
        arguments: [
            RunnerStep.claimed, .prepared, .shimStarted, .beforeStartReport, .afterStartReport, .beforeFinishReport,
            .afterFinishReport,
        ])
    func dies(at step: RunnerStep) async throws {
        let (site, service, task) = try await begin("twice", until: step)
        try await die(service)
        #expect(try await site.run("task", "wait", task).status == 3)
        #expect(site.scratch.text("starts") == "1\n2\n", "each attempt was started once")
        let ends = try await site.events().filter { $0.type == "task.finished" && $0.data.task.text == task }
        #expect(ends.map(\.data.attempt) == [1, 2])
        #expect(ends.allSatisfy { $0.data.outcome == "failed" && $0.data.exitCode == 3 })
        #expect(try await site.holders(of: "/twice").isEmpty)
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    @Test(
        "when its shim was killed before, leaves nothing alive and the attempt lost",
        arguments: [RunnerStep.beforeBurial, .afterBurial])
    func buries(at step: RunnerStep) async throws {
        let (site, service, task) = try await begin("long", until: step)
        let pid = try #require(try await site.task(task, is: "running").pid.integer)
        let main = try ProcessIdentity.of(pid: Int32(pid))
        try signal(SIGKILL, to: try ProcessIdentity.of(pid: try ProcessStatus.of(pid: main.pid).parent))
        try await die(service)
        #expect(try await site.finished(task).outcome == "lost")
        #expect(try survivors(of: [task]) == [])
        #expect(site.scratch.text("starts") == "1\n")
        #expect(try await site.holders(of: "/long").isEmpty)
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }
}
