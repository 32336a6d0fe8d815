import Foundation
import Glibc
import Seeds
import Testing

@testable import System

private let types = """
    tasks:
      work:
        command: [sh, -c, 'echo "$INTERLOCK_TASK.$INTERLOCK_ATTEMPT" >> "$0"; sleep 0.2', "{file}"]
        arguments: { file: { required: true } }
        locks: [{ path: /work, mode: shared }]
        slots: [/slots/work]
      again:
        command: [sh, -c, 'echo "$INTERLOCK_TASK.$INTERLOCK_ATTEMPT" >> "$0"; sleep 0.2', "{file}"]
        arguments: { file: { required: true } }
        idempotent: true
        retries: { max: 2, backoff: 20ms }
    slots: { /slots/work: 8 }
    """

/// INTERLOCK_SEED=N repeats the choices of a run.
@Suite("A burst of tasks")
struct BurstTests {
    /// What is killed with -9, now and then.
    private enum Victim: CaseIterable {
        case main, shim, runner
    }

    @Test(
        "of which tasks, shims and the runner are killed ends with one outcome for each attempt, no attempt started twice, and nothing of it alive",
        .timeLimit(.minutes(10)))
    func kills() async throws {
        let seed = Setting.seed ?? Int.random(in: 0..<1_000_000)
        var random = Random(seed: seed)
        let count = Setting.isSoak ? 200 : 24
        let site = try await Site.make(configuration: types)
        let service = try await Service(site)
        let file = site.scratch.file("starts")
        let note = Comment("INTERLOCK_SEED=\(seed)")
        var tasks: [String] = []
        while tasks.count < count {
            let type = random.chance(50) ? "work" : "again"
            let answer = try await site.start(["task", "start", type, "--json", "--arg", "file=\(file)"]).answer()
            tasks.append(try #require(try answer.json.task.text, note))
            if random.chance(25) { try await strike(Victim.allCases[random.below(3)], site, service, &random) }
        }
        for task in tasks { _ = try await site.start(["task", "wait", task]).answer() }
        let events = try await site.events()
        for task in tasks {
            let ends = events.filter { $0.type == "task.finished" && $0.data.task.text == task }
            #expect(ends.map(\.data.attempt) == (1...max(1, ends.count)).map { .integer($0) }, note)
            #expect(ends.last?.data.retry == .absent, note)
        }
        let starts = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        #expect(Set(starts).count == starts.count, note)
        #expect(try survivors(of: tasks) == [], note)
        #expect(try await service.stop().status == 0, note)
        try await site.expectSound()
    }

    private func strike(_ victim: Victim, _ site: Site, _ service: Service, _ random: inout Random) async throws {
        guard victim != .runner else {
            try await service.kill()
            return try await service.restart()
        }
        let running = try await site.json("task", "list", "--state", "running").elements.compactMap(\.pid.integer)
        guard !running.isEmpty else { return }
        // What has ended meanwhile needs no killing.
        guard let main = try? ProcessIdentity.of(pid: Int32(running[random.below(running.count)])) else { return }
        guard victim == .shim else {
            try? signal(SIGKILL, to: main)
            return
        }
        guard let parent = try? ProcessStatus.of(pid: main.pid).parent, let shim = try? ProcessIdentity.of(pid: parent),
            (try? ProcessStatus.of(pid: parent).name.hasPrefix("interlock-shim")) == true
        else { return }
        try? signal(SIGKILL, to: shim)
    }
}

@Suite("A runner that is killed among fifty running tasks")
struct ManyAdoptedTests {
    @Test("is followed by one that takes up all of them: each starts once and ends as it did", .timeLimit(.minutes(10)))
    func fifty() async throws {
        let service = try await Service(try await Site.make(configuration: Types.configuration))
        let site = service.site
        let (early, late) = (site.scratch.file("early"), site.scratch.file("late"))
        let starts = site.scratch.file("starts")
        var tasks: [String] = []
        for number in 0..<50 {
            let (sign, code) = number % 2 == 0 ? (late, 3) : (early, 4)
            let script = "until [ -e \(sign) ]; do sleep 0.5; done; exit \(code)"
            tasks.append(try await site.task("echo \(number) >> \(starts); \(script)"))
        }
        for task in tasks { try await site.task(task, is: "running") }
        try await service.kill()
        // Half of them end while no runner is there.
        try site.scratch.write("", to: "early")
        try await service.restart()
        try site.scratch.write("", to: "late")
        for (number, task) in tasks.enumerated() {
            let end = try await site.finished(task)
            #expect(end.outcome == "failed")
            #expect(end.exitCode.integer == (number % 2 == 0 ? 3 : 4))
            #expect(end.attempt == 1)
        }
        let lines = try String(contentsOfFile: starts, encoding: .utf8).split(separator: "\n")
        #expect(Set(lines).count == 50 && lines.count == 50)
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }
}
