import Seeds
import Testing

@testable import System
@testable import interlock_shim

/// The shim's life under random events, in any order, with a clock of their own.
@Suite struct ShimLifeSimulation {
    static let defaultSeeds = 500
    static let soakSeeds = 20_000

    @Test func `Whatever comes in whatever order, it is recorded once, when nothing lives, with the right reasons`() {
        for seed in Setting.seeds(Self.defaultSeeds, soak: Self.soakSeeds) {
            var random = Random(seed: seed)
            if let broken = run(&random) {
                Issue.record("seed \(seed): \(broken)")
                return
            }
        }
    }

    private func run(_ random: inout Random) -> String? {
        let timeout: UInt64? = random.chance(50) ? UInt64(random.below(50)) : nil
        var life = ShimLife(graceMilliseconds: UInt64(random.below(20)), timeoutMilliseconds: timeout)
        var now = MonotonicTime(nanoseconds: 1)
        var expected = Expected()
        for _ in 0..<60 {
            now = now.advanced(milliseconds: UInt64(random.below(8)))
            let event = Self.event(&random)
            let before = life
            let effect = life.on(event, now: now)
            expected.take(event, before: before.phase, now: now, timeout: timeout)
            if effect == .terminateGroup { expected.terminations += 1 }
            if let broken = broken(before, event, life, expected) {
                return "\(broken) after \(event) in \(before.phase)"
            }
            if case .stopping = life.phase, case .stopping = before.phase,
                let old = before.deadline, let new = life.deadline, new > old
            {
                return "the grace grew after \(event)"
            }
        }
        // What waits for its time gets there: no deadline stays in the past.
        for _ in 0..<2 { _ = life.on(.timePassed, now: now) }
        if let deadline = life.deadline, deadline <= now { return "a deadline stays in the past" }
        // From anywhere the way to the end is open, and is taken once.
        for event in [ShimLife.Event.started, .killOrdered, .nothingLeft, .recorded] { _ = life.on(event, now: now) }
        return life.phase == .done ? nil : "it cannot end: \(life.phase)"
    }

    private func broken(_ before: ShimLife, _ event: ShimLife.Event, _ life: ShimLife, _ expected: Expected) -> String?
    {
        if life.stopOrdered != expected.stopOrdered { return "stopOrdered is \(life.stopOrdered)" }
        if life.timedOut != expected.timedOut { return "timedOut is \(life.timedOut)" }
        if expected.terminations > 1 { return "TERM was sent twice" }
        if expected.terminations == 1 && !life.stopOrdered && !life.timedOut { return "TERM was sent without reason" }
        if before.phase == .done && life.phase != .done { return "it rose from the dead" }
        guard life.phase == .recording, before.phase != .recording else { return nil }
        switch (before.phase, event) {
        case (.emptying, .nothingLeft), (.starting, .notStarted): return nil
        default: return "it records while something may live"
        }
    }

    private static func event(_ random: inout Random) -> ShimLife.Event {
        switch random.below(16) {
        case 0, 1: .started
        case 2: .notStarted
        case 3: .stopOrdered(graceMilliseconds: nil)
        case 4: .stopOrdered(graceMilliseconds: UInt64(random.below(30)))
        case 5: .killOrdered
        case 6: .mainEnded
        case 7: .nothingLeft
        case 8: .recorded
        default: .timePassed
        }
    }
}

/// What must be so, told by the events alone.
private struct Expected {
    var stopOrdered = false
    var timedOut = false
    var terminations = 0
    var timeoutAt: MonotonicTime?

    mutating func take(
        _ event: ShimLife.Event, before: ShimLife.Phase, now: MonotonicTime, timeout: UInt64?
    ) {
        var lives = before == .running
        if case .stopping = before { lives = true }
        switch event {
        case .started where before == .starting: timeoutAt = timeout.map { now.advanced(milliseconds: $0) }
        case .stopOrdered where lives, .killOrdered where lives: stopOrdered = true
        case .timePassed where before == .running: if let timeoutAt, timeoutAt <= now { timedOut = true }
        default: break
        }
    }
}
