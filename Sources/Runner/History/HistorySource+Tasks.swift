public import EventStore
public import Events
public import Projections

/// Tasks out of the past, finished ones too.
extension HistorySource {
    /// All tasks as they stood behind the event at `position`, at most `limit`: the unfinished ones, then the
    /// finished ones, each the latest first.
    public func tasks(
        at position: Position, limit: Int
    ) async throws -> PastState<[TaskStatus]> {
        switch self {
        case .database(let scan):
            let past = try await scan.state(Platform.self, at: position)
            let tasks = try await scan.tasks(past.state, at: position, limit: limit) { _ in true }
            return PastState(tasks, brokenSnapshot: past.brokenSnapshot)
        case .file(let log):
            let history = try log.reduceFacts(through: position, into: TaskHistory()) { try $0.fold($1) }
            let tasks =
                history.platform.unfinishedTasks + history.finished.reversed().map(TaskStatus.init(finished:))
            return PastState(Array(tasks.prefix(limit)))
        }
    }
}

extension Platform {
    /// The latest first.
    var unfinishedTasks: [TaskStatus] { tasks.unfinished.reversed().map { TaskStatus($0, in: locks) } }
}

extension LogScan {
    /// The tasks of `platform`, and behind them those that finished up to `position`, page by page until there are enough:
    /// by the index on the type, and each from its own stream.
    public func tasks(
        _ platform: Platform, at position: Position, limit: Int, withFinished: Bool = true,
        where isWanted: @Sendable (TaskStatus) -> Bool
    ) async throws -> [TaskStatus] {
        let pageSize = 200
        var tasks = platform.unfinishedTasks.filter(isWanted)
        var before = position + 1
        // Each attempt has an end; the last one is met first.
        var seen = Set(platform.tasks.unfinished.map(\.id))
        while withFinished, tasks.count < limit {
            let ends = try streams(with: .taskFinished, before: before, limit: pageSize)
            for end in ends where tasks.count < limit {
                let id = TaskID(String(end.stream.dropFirst("task-".count)))
                guard seen.insert(id).inserted else { continue }
                if let finished = try await finishedTask(id, at: position), isWanted(finished) {
                    tasks.append(finished)
                }
            }
            guard let last = ends.last, ends.count == pageSize else { break }
            before = last.position
        }
        return Array(tasks.prefix(limit))
    }
}
