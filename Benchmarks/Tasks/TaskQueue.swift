import EventStore
import Events
import Projections
import Runner
import System

/// Tasks as the benchmarks queue them and wait for them.
extension OpenSite {
    /// Queues a task on this host, past the command line.
    func queue(_ type: String, slots: [LockPath] = []) async throws -> TaskID {
        let task = try NewID.task()
        let place = TaskSession(
            session: try NewID.session(of: databaseID), request: try NewID.request(), host: site.host, user: site.user)
        let order = TaskQueued(
            task: task, type: type, app: nil, arguments: [:], locks: slots.map { Lock($0, .slot) },
            requestedBy: "bench")
        _ = try await submit(.queueTask(order, place), correlation: task.text)
        return task
    }

    /// As many at once as there are workers.
    func queue(_ count: Int, _ type: String, slots: [LockPath] = []) async throws -> [TaskID] {
        let workers = 16
        return try await withThrowingTaskGroup(of: [TaskID].self) { group in
            for worker in 0..<workers {
                group.addTask {
                    var tasks: [TaskID] = []
                    for _ in stride(from: worker, to: count, by: workers) {
                        tasks.append(try await self.queue(type, slots: slots))
                    }
                    return tasks
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// Waits until `isSo` of the state.
    func until(_ isSo: @escaping @Sendable (Platform) -> Bool) async throws {
        while try await !log.inspect({ platform, _ in isSo(platform) }) { Pause.milliseconds(2) }
    }

    /// Waits until no task is unfinished.
    func settle() async throws { try await until { $0.tasks.unfinished.allSatisfy { _ in false } } }

    /// From `task.queued` to `task.started`, by the database's clock, of all tasks of a type behind `position`.
    func latencies(of type: String, after position: Position) async throws -> Round {
        var (round, times) = (Round(), [TaskID: Timestamp]())
        var from = position
        while true {
            let events = try await log.events(after: from, limit: 10_000)
            guard let last = events.last else { return round }
            from = last.position
            for event in events {
                switch try event.fact().event {
                case .taskQueued(let data) where data.type == type: times[data.task] = event.at
                case .taskStarted(let data):
                    guard let queued = times[data.task] else { continue }
                    round.record(UInt64(max(0, event.at.microseconds(since: queued))) * 1000)
                default: break
                }
            }
        }
    }
}
