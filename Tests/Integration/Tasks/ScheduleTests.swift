import Foundation
import Glibc
import Testing

@testable import System

/// A clock for a process, which libfaketime(1) tells it instead of the kernel's: it stands in a file, and can be set.
private struct SetClock {
    static let library = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"]
        .map { $0 + "/faketime/libfaketimeMT.so.1" }.first { access($0, R_OK) == 0 }

    let file: String

    /// A name of shared memory, though none is there, keeps the library from setting variables at its start: Swift finds
    /// the arguments beside the environment as the kernel laid it down.
    var environment: [String: String] {
        [
            "LD_PRELOAD": Self.library ?? "", "FAKETIME_SHARED": "/none /none", "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_TIMESTAMP_FILE": file, "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "UTC",
        ]
    }

    /// It goes on from there as the process starts.
    func set(_ time: String) throws { try "@\(time)\n".write(toFile: file, atomically: true, encoding: .utf8) }
}

private let types = """
    tasks:
      nightly: { command: ["true"], schedule: "0 3 * * *" }
      begin: { command: ["true"], schedule: "@start" }
    """

@Suite("A task with a schedule", .enabled(if: SetClock.library != nil, "faketime is not installed"))
struct ScheduleTests {
    private func runs(_ site: Site, _ type: String) async throws -> [JSON] {
        try await site.events().filter { $0.type == "task.queued" && $0.data.type.text == type }
    }

    /// Starts a runner under the clock, waits until it has looked at its schedules (`begin` comes behind that), and
    /// stops it.
    private func look(_ site: Site, _ clock: SetClock, runs count: Int) async throws {
        let begun = try await runs(site, "begin").count
        let runner = try site.start(["serve"], clock.environment)
        try await site.eventually("the service has begun") { () async throws -> Bool? in
            let runs = try await runs(site, "begin")
            guard runs.count > begun, let task = runs.last?.data.task.text else { return nil }
            return try await site.show(task).state == "finished" ? true : nil
        }
        try await site.eventually("\(count) runs are made") {
            try await runs(site, "nightly").count >= count ? true : nil
        }
        try runner.signal(SIGTERM)
        #expect(try await runner.end().status == 0)
        #expect(try await runs(site, "nightly").count == count)
    }

    @Test("is run when it is due, made up for once when that was missed, and never twice: whatever the clock does")
    func clocks() async throws {
        let site = try await Site.make(configuration: types)
        let clock = SetClock(file: site.scratch.file("clock"))
        try clock.set("2026-11-27 02:00:00")
        try await look(site, clock, runs: 0)
        // Its minute has come.
        try clock.set("2026-11-27 03:00:10")
        try await look(site, clock, runs: 1)
        // Again in the same minute, and an hour earlier.
        try await look(site, clock, runs: 1)
        try clock.set("2026-11-27 02:10:00")
        try await look(site, clock, runs: 1)
        try clock.set("2026-11-27 03:01:00")
        try await look(site, clock, runs: 1)
        // Three nights were missed.
        try clock.set("2026-11-30 12:34:00")
        try await look(site, clock, runs: 2)
        try await look(site, clock, runs: 2)
        // The clock was wrong by days: it counts anew.
        try clock.set("2026-11-28 02:59:00")
        try await look(site, clock, runs: 2)
        try clock.set("2026-11-28 03:00:30")
        try await look(site, clock, runs: 3)
        #expect(
            try await runs(site, "nightly").compactMap(\.data.scheduled.at.text)
                == ["2026-11-27T03:00:00.000000Z", "2026-11-30T12:34:00.000000Z", "2026-11-28T03:00:00.000000Z"])
        try await site.expectSound()
    }

    @Test("is run at its minute while the service runs, also when the clock is set forward under it")
    func stepsForward() async throws {
        let site = try await Site.make(configuration: types)
        let clock = SetClock(file: site.scratch.file("clock"))
        try clock.set("2026-11-27 01:00:00")
        let runner = try site.start(["serve"], clock.environment)
        try await runner.complains("serving")
        try await site.eventually("the service has begun") {
            try await runs(site, "begin").isEmpty ? nil : true
        }
        try clock.set("2026-11-27 09:00:00")
        try await site.eventually("what was jumped over is run") {
            try await runs(site, "nightly").count == 1 ? true : nil
        }
        try runner.signal(SIGTERM)
        #expect(try await runner.end().status == 0)
    }
}
