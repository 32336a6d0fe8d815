internal import Events
internal import Projections
internal import Synchronization
internal import System

/// What the state says at one moment, in numbers.
struct StateFigures: Sendable {
    /// States of unfinished tasks, in the order of a task's life.
    static let taskStates = ["queued", "waiting", "claimed", "running", "stopping"]

    let position: Position
    let taken = MonotonicTime.now
    /// Unfinished tasks by state.
    private(set) var tasks: [String: Int] = [:]
    /// Since when the longest queued, or waiting, task could have run.
    private(set) var oldest: [String: Timestamp] = [:]
    let tasksOfThisHost: Int
    let sessions: Int
    let waitingRequests: Int
    /// Reactions that wait for an operator.
    let parkedReactions: Int

    init(_ platform: Platform, at position: Position, host: String) {
        self.position = position
        let unfinished = platform.tasks.unfinished
        tasksOfThisHost = unfinished.count { $0.host == host }
        sessions = platform.locks.sessions().count
        waitingRequests = platform.locks.queue.count
        parkedReactions = platform.tasks.reactions.all.count
        for task in unfinished {
            // As `TaskStatus` has it, without who is in the way.
            let waits = task.phase == .queued && platform.locks.session(of: task.id) != nil
            let state = waits ? "waiting" : task.phase.rawValue
            tasks[state, default: 0] += 1
            guard task.phase == .queued else { continue }
            let since = max(task.queuedAt, task.notBefore ?? task.queuedAt)
            oldest[state] = min(oldest[state] ?? since, since)
        }
    }

    /// Seconds for which the oldest task of that state has been there; 0 where there is none.
    func age(_ state: String, at now: WallTime) -> Double {
        guard let since = oldest[state] else { return 0 }
        return Double(max(0, Int(now.microseconds) - since.microseconds)) / 1e6
    }
}

/// Asks for the figures when they are wanted, once for all who want them, and gives up waiting after a while: while the
/// database is away the last ones are given.
final class FreshFigures: Sendable {
    /// A scrape waits at most this long for the database.
    static let patience = Duration.seconds(2)

    private struct State {
        var latest: StateFigures?
        var isAsking = false
        var waiting: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())
    private let ask: @Sendable () async throws -> StateFigures

    init(_ ask: @escaping @Sendable () async throws -> StateFigures) {
        self.ask = ask
    }

    /// The figures, and whether they are of now. Nil before the database has ever answered.
    func figures() async -> (figures: StateFigures?, areFresh: Bool) {
        let begin = MonotonicTime.now
        let (answers, continuation) = AsyncStream<Void>.makeStream()
        let mustAsk = state.withLock { state in
            state.waiting.append(continuation)
            defer { state.isAsking = true }
            return !state.isAsking
        }
        if mustAsk { Task { await refresh() } }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await Task.sleep(for: Self.patience) }
            group.addTask { for await _ in answers {} }
            await group.next()
            group.cancelAll()
        }
        let latest = state.withLock { $0.latest }
        return (latest, latest.map { $0.taken >= begin } ?? false)
    }

    private func refresh() async {
        // Without an answer the figures stay as old as they are, and are called so.
        let found = try? await ask()
        let waiting = state.withLock { state in
            if let found { state.latest = found }
            state.isAsking = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for one in waiting { one.finish() }
    }
}
