import EventStore
import Events
import Projections
import Runner
import System

/// How soon tasks run, how many a second, and what they cost while they run.
enum TaskCosts {
    private static let configuration = """
        tasks:
          hold: { command: [sleep, "600"] }
          crowd: { command: [sleep, "600"], slots: [/crowd] }
          nothing: { command: ["true"] }
        slots: { /crowd: 1 }

        """

    static func measure(_ stand: Stand) async throws -> [Figure] {
        let file = stand.directory + "/interlock.yaml"
        try DurableFile.write(Array(configuration.utf8), to: file)
        let peers = try await TaskPeers.measure(stand)
        let service = try await stand.serve(configuration: file)
        defer { try? service.signal(Signals.kill) }
        let site = try await stand.shared()
        Pause.milliseconds(1000)
        var figures = [try await latency(stand, site, "queued → running, idle", target: .atMost(15))]
        figures.append(try await besideCrowd(stand, site))
        figures += try await short(stand, site, file)
        figures += peers
        try service.signal(Signals.terminate)
        _ = await service.wait()
        return figures + (try await many(stand, site, file))
    }

    /// One after the other.
    private static func latency(
        _ stand: Stand, _ site: OpenSite, _ name: String, target: Figure.Target? = nil
    ) async throws -> Figure {
        let start = try await site.log.head().position
        for _ in 0..<(stand.isQuick ? 20 : 200) {
            let task = try await site.queue("nothing")
            try await site.until { $0.tasks.task(task) == nil || $0.tasks.task(task)?.phase == .finished }
        }
        let round = try await site.latencies(of: "nothing", after: start)
        return Figure(
            name: "\(name) (\(round.count))", value: round.milliseconds(50), unit: "ms", latencies: round.latencies,
            target: target, isBoundOnValue: target != nil)
    }

    /// While 200 others wait for a slot.
    private static func besideCrowd(_ stand: Stand, _ site: OpenSite) async throws -> Figure {
        guard let slot = LockPath("/crowd") else { throw Failure(description: "no path") }
        let crowd = try await site.queue(201, "crowd", slots: [slot])
        try await site.until { $0.locks.queue.count == 200 }
        let figure = try await latency(stand, site, "queued → running, 200 others queued")
        for task in crowd { _ = try? await site.submit(.stopTask(task, by: "bench")) }
        try await site.settle()
        return figure
    }

    /// Tasks that end at once, from the first one's queueing to the last one's end: asked for past the command line, and by it.
    private static func short(_ stand: Stand, _ site: OpenSite, _ file: String) async throws -> [Figure] {
        let count = stand.isQuick ? 100 : 1000
        var start = Clock.now
        _ = try await site.queue(count, "nothing")
        try await site.settle()
        var figures = [
            Figure(
                name: "short tasks (\(count))", value: Double(count) / Clock.seconds(since: start), unit: "/s",
                target: .atLeast(200), isBoundOnValue: true)
        ]
        let command = [try stand.program("interlock"), "task", "start", "nothing", "--config", file] + stand.arguments
        let few = count / 5
        start = Clock.now
        try await TaskPeers.commands(few, command, Environment.current)
        try await site.settle()
        figures.append(
            Figure(
                name: "short tasks, a command each (\(few))", value: Double(few) / Clock.seconds(since: start),
                unit: "/s"))
        return figures
    }

    /// Five hundred that hold still.
    private static func many(_ stand: Stand, _ site: OpenSite, _ file: String) async throws -> [Figure] {
        let count = stand.isQuick ? 50 : 500
        var service = try await stand.serve(configuration: file)
        defer { try? service.signal(Signals.kill) }
        Pause.milliseconds(1000)
        let idle = try ProcessFigures.memory(service.identity.pid)
        let descriptors = try ProcessFigures.openDescriptors(service.identity.pid)
        let tasks = try await site.queue(count, "hold")
        try await site.until { platform in tasks.allSatisfy { platform.tasks.task($0)?.start != nil } }
        let memory = try ProcessFigures.memory(service.identity.pid)
        let shims = try ProcessFigures.processes(named: "interlock-shim", below: stand.directory)
        guard shims.count == count else { throw Failure(description: "\(shims.count) shims for \(count) tasks") }
        let shim = try shims.map { try ProcessFigures.memory($0).privateMegabytes }.median
        let growth = (memory.privateMegabytes - idle.privateMegabytes) / Double(count)
        let seconds = stand.isQuick ? 5 : 20
        let before = try ProcessFigures.cpuSeconds(service.identity.pid)
        Pause.milliseconds(seconds * 1000)
        let share = (try ProcessFigures.cpuSeconds(service.identity.pid) - before) / Double(seconds) * 100
        try service.signal(Signals.kill)
        _ = await service.wait()
        let start = Clock.now
        service = try await stand.serve(configuration: file)
        // It has a line to each shim.
        while try ProcessFigures.openDescriptors(service.identity.pid) < descriptors + count { Pause.milliseconds(1) }
        let adoption = Clock.seconds(since: start)
        for task in tasks { _ = try await site.submit(.stopTask(task, by: "bench", now: true)) }
        try await site.settle()
        try service.signal(Signals.terminate)
        _ = await service.wait()
        return [
            Figure(
                name: "running task, private (shim \(shim.short) MB, service \(growth.short) MB; \(count) of them)",
                value: shim + growth, unit: "MB", target: .atMost(6), isBoundOnValue: true),
            Figure(
                name: "service with \(count) running tasks, resident (private \(memory.privateMegabytes.short) MB)",
                value: memory.residentMegabytes, unit: "MB", peer: "idle", peerValue: idle.residentMegabytes),
            Figure(
                name: "service with \(count) running tasks, processor over \(seconds) s", value: share,
                unit: "% of a core"),
            Figure(
                name: "start of a service until it has \(count) running tasks of the one before, killed",
                value: adoption,
                unit: "s"),
        ]
    }
}
