import Glibc
import Testing

@testable import System
@testable import interlock_shim

/// A shim that is killed at each named step of its life: what the files say then is right, and nothing is started twice.
@Suite struct ShimDeathTests {
    /// How the attempt stands after the kill.
    enum Expected { case unstarted, abandoned, over }

    struct Death: Sendable, CustomStringConvertible {
        let step: Step
        let expected: Expected
        /// Whether the command was executed.
        let hasRun: Bool
        /// Whether something of it lives on.
        let leaves: Bool
        /// What the command does after it has made itself known.
        let script: String

        var description: String { step.rawValue }
    }

    static let deaths = [
        Death(step: .beforeGate, expected: .unstarted, hasRun: false, leaves: false, script: "exit 3"),
        Death(step: .afterGate, expected: .abandoned, hasRun: false, leaves: false, script: "exit 3"),
        Death(step: .beforeStartRecord, expected: .abandoned, hasRun: true, leaves: true, script: "exec sleep 1000"),
        Death(step: .afterStartRecord, expected: .abandoned, hasRun: true, leaves: true, script: "exec sleep 1000"),
        Death(step: .emptying, expected: .abandoned, hasRun: true, leaves: true, script: "setsid sleep 1000 & exit 3"),
        Death(step: .beforeExitRecord, expected: .abandoned, hasRun: true, leaves: false, script: "exit 3"),
        Death(step: .afterExitRecord, expected: .over, hasRun: true, leaves: false, script: "exit 3"),
        Death(step: .compressing, expected: .over, hasRun: true, leaves: false, script: "exit 3"),
        Death(step: .compressed, expected: .over, hasRun: true, leaves: false, script: "exit 3"),
    ]

    @Test(arguments: deaths, [true, false])
    func `Killed at a step, it leaves the truth behind`(death: Death, hasCgroup: Bool) async throws {
        let name = "test-\(getpid())-\(death.step.rawValue)-\(hasCgroup)"
        let mark = "INTERLOCK_TASK=\(name)"
        let attempt = try Attempt("echo once >> $DIR/ran; touch $DIR/up; \(death.script)") {
            $0.environment = Environment(entries: $0.environment.entries + [Array(mark.utf8)])
            $0.cgroup = hasCgroup ? "interlock-\(name)" : nil
        }
        let shim = try attempt.start([("INTERLOCK_SHIM_STOP_AT", death.step.rawValue)])
        try stands(shim.identity)
        if death.hasRun { try await attempt.wait(for: "up") }
        try shim.signal(SIGKILL)
        _ = await shim.wait()

        switch (death.expected, try attempt.directory.standing()) {
        case (.unstarted, .unstarted), (.abandoned, .abandoned): break
        case (.over, .over(let record)): #expect(record.cause == .exited(3))
        case (_, let standing): Issue.record("it is \(standing)")
        }
        let killed = try AttemptRemains.kill(entries: [mark], cgroup: try attempt.directory.cgroup())
        #expect((killed > 0) == death.leaves)
        while try AttemptRemains.kill(entries: [mark], cgroup: try attempt.directory.cgroup()) > 0 { sched_yield() }
        if death.expected != .unstarted, death.step != .afterExitRecord, death.step != .compressing {
            while try attempt.directory.cgroup() != nil {
                _ = try AttemptRemains.kill(entries: [mark], cgroup: try attempt.directory.cgroup())
            }
        }

        // Another shim starts what was not started, and nothing else.
        #expect(await (try attempt.start()).wait().cause == .exited(0))
        let runs = death.hasRun || death.expected == .unstarted ? "once\n" : nil
        #expect((try? attempt.scratch.text("ran")) == runs)
        if death.expected == .unstarted { #expect(try attempt.directory.exitRecord()?.cause == .exited(3)) }
        if death.expected == .over { #expect(try attempt.logLines().isEmpty) }
    }

    @Test(arguments: [Step.beforeStartRecord, .afterStartRecord])
    func `Who changed his environment is found by the cgroup, recorded or not`(step: Step) async throws {
        let name = "interlock-test-\(getpid())-bare-\(step.rawValue)"
        guard let cgroup = Cgroup.make(name: name) else { return }
        cgroup.remove()
        let attempt = try Attempt("touch $DIR/up; exec env -i sleep 1000") { $0.cgroup = name }
        let shim = try attempt.start([("INTERLOCK_SHIM_STOP_AT", step.rawValue)])
        try stands(shim.identity)
        try await attempt.wait(for: "up")
        try shim.signal(SIGKILL)
        _ = await shim.wait()
        #expect(try attempt.directory.startRecord() != nil || step == .beforeStartRecord)
        let members = try #require(try attempt.directory.cgroup()).processes().map { try ProcessIdentity.of(pid: $0) }
        #expect(members.count == 1)
        while try AttemptRemains.kill(entries: ["NOBODY=\(name)"], cgroup: try attempt.directory.cgroup()) > 0 {
            sched_yield()
        }
        for member in members { #expect(member.liveness() != .alive) }
        while let left = try attempt.directory.cgroup(), !left.remove() { sched_yield() }
    }

    @Test func `A shim of another boot is dead, whoever has its number now`() throws {
        let attempt = try Attempt("true")
        let here = try ProcessIdentity.current
        let before = ProcessIdentity(
            bootID: "11111111-2222-4333-8444-555555555555", pidNamespace: here.pidNamespace, pid: here.pid,
            startTicks: here.startTicks)
        let gate = "\(attempt.directory.path)/gate"
        try DurableFile.create(GateRecord(owner: here, isShim: true).encoded(), at: gate)
        #expect(try attempt.directory.standing() == .running)
        try DurableFile.write(GateRecord(owner: before, isShim: true).encoded(), to: gate)
        #expect(try attempt.directory.standing() == .abandoned)
        try DurableFile.write(GateRecord(owner: before, isShim: false).encoded(), to: gate)
        #expect(try attempt.directory.standing() == .givenUp)
    }

    /// Returns when a process has stopped itself.
    private func stands(_ identity: ProcessIdentity) throws {
        let deadline = MonotonicTime.now.advanced(milliseconds: patienceMilliseconds)
        while try ProcessStatus.of(pid: identity.pid).state != "T" {
            try #require(MonotonicTime.now < deadline)
            sched_yield()
        }
    }
}
