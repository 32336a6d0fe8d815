import Glibc
import Testing

@testable import System

private let types = """
    tasks:
      nightly: { command: ["true"], schedule: "0 3 * * *" }
      begin: { command: ["true"], schedule: "@start" }
    """

@Suite("A task with a schedule")
struct ScheduleTests {
    private func runs(_ site: Site, _ type: String) async throws -> [JSON] {
        try await site.events().filter { $0.type == "task.queued" && $0.data.type.text == type }
    }

    /// Starts a runner under the clock, waits until it has looked at its schedules (`begin` comes behind that), and
    /// stops it.
    private func look(_ site: Site, _ clock: SetClock, runs count: Int) async throws {
        let begun = try await runs(site, "begin").count
        let runner = try site.start(["serve"], clock.environment)
        _ = try await site.eventually("the service has begun") { () async throws -> Bool? in
            let runs = try await runs(site, "begin")
            guard runs.count > begun, let task = runs.last?.data.task.text else { return nil }
            return try await site.show(task).state == "finished" ? true : nil
        }
        _ = try await site.eventually("\(count) runs are made") {
            try await runs(site, "nightly").count >= count ? true : nil
        }
        try runner.signal(SIGTERM)
        #expect(try await runner.end().status == 0)
        #expect(try await runs(site, "nightly").count == count)
    }

    @Test("is run when it is due, made up for once when that was missed, and never twice: whatever the clock does")
    func clocks() async throws {
        let site = try await Site.make(configuration: types)
        let clock = try await SetClock(in: site.scratch)
        try clock.set("2026-11-27T02:00:00Z")
        try await look(site, clock, runs: 0)
        // Its minute has come.
        try clock.set("2026-11-27T03:00:10Z")
        try await look(site, clock, runs: 1)
        // Again in the same minute, and an hour earlier.
        try await look(site, clock, runs: 1)
        try clock.set("2026-11-27T02:10:00Z")
        try await look(site, clock, runs: 1)
        try clock.set("2026-11-27T03:01:00Z")
        try await look(site, clock, runs: 1)
        // Three nights were missed.
        try clock.set("2026-11-30T12:34:20Z")
        try await look(site, clock, runs: 2)
        try await look(site, clock, runs: 2)
        // The clock was wrong by days: it counts anew.
        try clock.set("2026-11-28T02:59:00Z")
        try await look(site, clock, runs: 2)
        try clock.set("2026-11-28T03:00:30Z")
        try await look(site, clock, runs: 3)
        #expect(
            try await runs(site, "nightly").compactMap(\.data.scheduled.at.text)
                == ["2026-11-27T03:00:00.000000Z", "2026-11-30T12:34:00.000000Z", "2026-11-28T03:00:00.000000Z"])
        try await site.expectSound()
    }

    @Test("is made up for once by a log that was restored from before it: nobody knows any more that it ran")
    func restored() async throws {
        let site = try await Site.make(configuration: types)
        let clock = try await SetClock(in: site.scratch)
        try clock.set("2026-11-27T02:00:00Z")
        try await look(site, clock, runs: 0)
        try site.dump()
        try clock.set("2026-11-27T03:00:10Z")
        try await look(site, clock, runs: 1)
        try site.restore()
        #expect(try await site.run("log", "adopt").status == 0)
        try clock.set("2026-11-27T04:00:00Z")
        try await look(site, clock, runs: 1)
        try await look(site, clock, runs: 1)
        try await site.expectSound()
    }

    @Test("is run at its minute while the service runs, also when the clock is set forward under it")
    func stepsForward() async throws {
        let site = try await Site.make(configuration: types)
        let clock = try await SetClock(in: site.scratch)
        try clock.set("2026-11-27T01:00:00Z")
        let runner = try site.start(["serve"], clock.environment)
        try await runner.complains("serving")
        _ = try await site.eventually("the service has begun") {
            try await runs(site, "begin").isEmpty ? nil : true
        }
        try clock.set("2026-11-27T09:00:00Z")
        _ = try await site.eventually("what was jumped over is run") {
            try await runs(site, "nightly").count == 1 ? true : nil
        }
        try runner.signal(SIGTERM)
        #expect(try await runner.end().status == 0)
    }
}
