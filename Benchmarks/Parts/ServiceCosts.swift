import EventStore
import Events
import Projections
import Runner
import System

/// What the service takes while nothing happens, and what tasks cost in it.
enum ServiceCosts {
    private static let configuration = """
        tasks:
          hold: { command: [sleep, "600"] }
          nothing: { command: ["true"] }

        """

    static func measure(_ stand: Stand) async throws -> [Figure] {
        let file = stand.directory + "/interlock.yaml"
        try DurableFile.write(Array(configuration.utf8), to: file)
        let service = try await stand.serve(configuration: file)
        defer { try? service.signal(Signals.kill) }
        let site = try await stand.shared()
        Pause.milliseconds(2000)
        var figures = try idle(stand, service.identity.pid)
        figures += try await running(stand, site, service.identity.pid)
        figures.append(try await short(stand, site))
        try service.signal(Signals.terminate)
        _ = await service.wait()
        return figures
    }

    private static func idle(_ stand: Stand, _ pid: Int32) throws -> [Figure] {
        let memory = try ProcessFigures.memory(pid)
        let seconds = stand.isQuick ? 5 : 30
        let before = try ProcessFigures.cpuSeconds(pid)
        Pause.milliseconds(seconds * 1000)
        let share = (try ProcessFigures.cpuSeconds(pid) - before) / Double(seconds) * 100
        return [
            Figure(
                name: "idle service, resident (private \(memory.privateMegabytes.short) MB)",
                value: memory.residentMegabytes, unit: "MB", target: .atMost(40), isBoundOnValue: true),
            Figure(
                name: "idle service, processor over \(seconds) s", value: share, unit: "% of a core",
                target: .atMost(0.5), isBoundOnValue: true),
        ]
    }

    /// Tasks that hold still: how soon each runs, and what each takes.
    private static func running(_ stand: Stand, _ site: OpenSite, _ service: Int32) async throws -> [Figure] {
        let count = stand.isQuick ? 5 : 20
        let before = try ProcessFigures.memory(service).privateMegabytes
        let start = try await site.log.head().position
        var tasks: [TaskID] = []
        for _ in 0..<count {
            let task = try await queue("hold", site)
            while try await site.log.inspect({ platform, _ in platform.tasks.task(task)?.start == nil }) {
                Pause.milliseconds(5)
            }
            tasks.append(task)
        }
        var times: [TaskID: Timestamp] = [:]
        var round = Round()
        for event in try await site.log.events(after: start, limit: 10_000) {
            switch try event.fact().event {
            case .taskQueued(let data): times[data.task] = event.at
            case .taskStarted(let data):
                if let queued = times[data.task] { round.record(UInt64(event.at.microseconds(since: queued)) * 1000) }
            default: break
            }
        }
        let shims = try ProcessFigures.processes(named: "interlock-shim", below: stand.directory)
        guard shims.count == count else { throw Failure(description: "\(shims.count) shims for \(count) tasks") }
        let shim = try shims.map { try ProcessFigures.memory($0).privateMegabytes }.median
        let growth = (try ProcessFigures.memory(service).privateMegabytes - before) / Double(count)
        for task in tasks { _ = try await site.submit(.stopTask(task, by: "bench")) }
        try await settle(site)
        return [
            Figure(
                name: "queued → running, idle (\(round.count))",
                value: round.milliseconds(50), unit: "ms", latencies: round.latencies,
                target: .atMost(15), isBoundOnValue: true),
            Figure(
                name: "running task, private (shim \(shim.short) MB, service \(growth.short) MB)",
                value: shim + growth, unit: "MB", target: .atMost(6), isBoundOnValue: true),
        ]
    }

    /// Tasks that end at once, from the first one's queueing to the last one's end.
    private static func short(_ stand: Stand, _ site: OpenSite) async throws -> Figure {
        let count = stand.isQuick ? 100 : 1000
        let start = Clock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<16 {
                group.addTask {
                    for _ in stride(from: worker, to: count, by: 16) { _ = try await queue("nothing", site) }
                }
            }
            try await group.waitForAll()
        }
        try await settle(site)
        return Figure(
            name: "short tasks (\(count))", value: Double(count) / Clock.seconds(since: start), unit: "/s",
            target: .atLeast(200), isBoundOnValue: true)
    }

    private static func queue(_ type: String, _ site: OpenSite) async throws -> TaskID {
        let task = try NewID.task()
        let place = TaskSession(
            session: try NewID.session(of: site.databaseID), request: try NewID.request(), host: site.site.host,
            user: site.site.user)
        let order = TaskQueued(task: task, type: type, app: nil, arguments: [:], locks: [], requestedBy: "bench")
        _ = try await site.submit(.queueTask(order, place), correlation: task.text)
        return task
    }

    /// Waits until no task is unfinished.
    private static func settle(_ site: OpenSite) async throws {
        while try await site.log.inspect({ platform, _ in platform.tasks.unfinished.contains { _ in true } }) {
            Pause.milliseconds(5)
        }
    }
}
