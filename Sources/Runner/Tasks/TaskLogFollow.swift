public import Events
internal import Projections
internal import Synchronization
internal import System

extension OpenSite {
    /// What a follower of a task's log is told.
    public enum LogNews: Sendable {
        /// One more line.
        case line(AttemptLogLine)
        /// Nothing more is there for now.
        case caughtUp
    }

    /// Follows a task's log until the task has ended, from one attempt to the next; or that of one attempt until this is over.
    /// Waits for a start that is still to come. What happens to the files wakes it, and the log's hints tell the rest.
    public func followLog(
        of task: TaskID, attempt: Int?, _ each: (LogNews) throws -> Void
    ) async throws {
        let (changes, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let latest = Latest()
        let site = self
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { bell.finish() }
                _ = try await site.wait(for: task, timeout: nil, needsRunner: false) { status in
                    latest.record.withLock { $0 = status.record }
                    bell.yield()
                }
            }
            var follower = LogFollower(site: site.site, task: task, only: attempt)
            for await _ in changes {
                guard let record = latest.record.withLock({ $0 }) else { continue }
                if let watch = try follower.turn(to: record, each) {
                    group.addTask { while try await watch.wait() { bell.yield() } }
                }
                if try follower.read(record, each) { break }
            }
            // The wait's own failure, where that was why it rang no more.
            if follower.isDone { group.cancelAll() } else { try await group.next() }
        }
    }
}

/// The task as it was seen last.
private final class Latest: Sendable {
    let record = Mutex<TaskRecord?>(nil)
}

/// Where a follower is: in the log of one attempt.
private struct LogFollower: ~Copyable {
    let site: Site
    let task: TaskID
    let only: Int?
    private(set) var isDone = false
    private var attempt = 0
    private var isWatched = false
    private var reader: AttemptLogReader?

    init(site: Site, task: TaskID, only: Int?) {
        self.site = site
        self.task = task
        self.only = only
    }

    /// Goes over to the attempt that counts now; what the one before has left is told first. Returns a watch on its files
    /// once they are there, before they are read: so nothing is missed.
    mutating func turn(to record: TaskRecord, _ each: (OpenSite.LogNews) throws -> Void) throws -> DirectoryWatch? {
        let wanted = only ?? record.attempt
        if wanted != attempt {
            try reader?.lines(isOver: true) { try each(.line($0)) }
            attempt = wanted
            reader = AttemptLogReader(site.attempt(task, wanted))
            isWatched = false
        }
        guard !isWatched, let watch = try? DirectoryWatch(site.attempt(task, attempt).path) else { return nil }
        isWatched = true
        return watch
    }

    /// Tells what is new; true when nothing more can come.
    mutating func read(_ record: TaskRecord, _ each: (OpenSite.LogNews) throws -> Void) throws -> Bool {
        // Asked before the reading: what an attempt that is over wrote is all there.
        let isOver =
            try record.phase == .finished || record.attempt > attempt
            || site.attempt(task, attempt).exitRecord() != nil
        try reader?.lines(isOver: isOver) { try each(.line($0)) }
        try each(.caughtUp)
        isDone = isOver && (only != nil || record.phase == .finished)
        return isDone
    }
}
