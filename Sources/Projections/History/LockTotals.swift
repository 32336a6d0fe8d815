public import Events

/// Adds up rows of lock history. Kept are what is still open, the longest waits and a record of each path: no more, however
/// long the history is.
public struct LockTotals: Sendable {
    /// Paths beyond so many are left out of the totals of paths.
    public static let maximumPaths = 100_000

    private struct Standing: Sendable {
        var since: Timestamp
        var paths: [LockPath]
    }

    private let limit: Int
    private let path: LockPath?
    private var summary = LockSummary()
    private var paths: [LockPath: LockSummary.Contention] = [:]
    /// Requests that wait.
    private var open: [RequestID: LockSummary.Wait] = [:]
    /// Grants that stand, by token.
    private var standing: [Position: Standing] = [:]

    /// Keeps the `limit` longest waits and as many paths; of the paths only those on, above or below `path`, if given.
    public init(limit: Int, on path: LockPath? = nil) {
        self.limit = limit
        self.path = path
    }

    /// Takes the next row. What began before the first one that is given is not counted.
    public mutating func fold(_ row: LockHistoryRow) {
        switch row.change {
        case .requested:
            guard let wait = LockSummary.Wait(row) else { return }
            summary.requests += 1
            open[wait.request] = wait
        case .granted:
            guard let wait = answer(row) else { return }
            standing[row.position] = Standing(since: row.at, paths: row.locks.map(\.path))
            if wait.waited == 0 { summary.atOnce += 1 } else { add(wait) }
        case .withdrawn:
            if let wait = answer(row) { add(wait) }
        case .refused:
            // One that was refused when it was made never waited.
            if let wait = answer(row) { add(wait) } else if row.waited == nil { summary.requests += 1 }
        case .released: release(row)
        case .downgraded: break
        }
    }

    /// What it comes to when the last event of the log was at `end`: until then waits whoever still waits.
    public func summary(at end: Timestamp) -> LockSummary {
        var totals = self
        for (_, var wait) in open {
            wait.waited = end.microseconds(since: wait.at)
            totals.add(wait)
        }
        for standing in standing.values {
            for path in standing.paths { totals.hold(path, end.microseconds(since: standing.since)) }
        }
        totals.keepLongest()
        totals.summary.paths = Array(
            totals.paths.values
                .filter { $0.waits > 0 }
                .sorted { ($1.waited, $1.waits, $0.path) < ($0.waited, $0.waits, $1.path) }
                .prefix(limit))
        return totals.summary
    }

    private mutating func answer(_ row: LockHistoryRow) -> LockSummary.Wait? {
        guard let request = row.request, var wait = open.removeValue(forKey: request) else { return nil }
        wait.waited = row.at.microseconds(since: wait.at)
        wait.end = LockSummary.Wait.End(rawValue: row.change.rawValue) ?? .waiting
        wait.cause = row.cause
        return wait
    }

    private mutating func release(_ row: LockHistoryRow) {
        guard let token = row.token, let grant = standing[token] else { return }
        for lock in row.locks {
            guard let index = standing[token]?.paths.firstIndex(of: lock.path) else { continue }
            standing[token]?.paths.remove(at: index)
            hold(lock.path, row.at.microseconds(since: grant.since))
        }
        if standing[token]?.paths.isEmpty == true { standing[token] = nil }
    }

    private mutating func add(_ wait: LockSummary.Wait) {
        let step = LockSummary.ladder.firstIndex { wait.waited < $0 } ?? LockSummary.ladder.count
        summary.histogram[step].count += 1
        for lock in wait.locks {
            change(lock.path) { contention in
                contention.waits += 1
                contention.waited = contention.waited.addingUpTo(wait.waited)
                contention.longest = max(contention.longest, wait.waited)
            }
        }
        summary.waits.append(wait)
        if summary.waits.count / 2 > limit { keepLongest() }
    }

    private mutating func keepLongest() {
        summary.waits.sort { ($1.waited, $0.position) < ($0.waited, $1.position) }
        if summary.waits.count > limit { summary.waits.removeLast(summary.waits.count - limit) }
    }

    private mutating func hold(_ path: LockPath, _ microseconds: Int) {
        change(path) { $0.held = $0.held.addingUpTo(microseconds) }
    }

    private mutating func change(_ path: LockPath, _ body: (inout LockSummary.Contention) -> Void) {
        if let only = self.path, !only.overlaps(path) { return }
        guard paths[path] != nil || paths.count < Self.maximumPaths else {
            summary.lacksPaths = true
            return
        }
        body(&paths[path, default: LockSummary.Contention(path: path)])
    }
}

extension Int {
    /// The sum, or the largest number: an export that somebody made up can name any times.
    fileprivate func addingUpTo(_ other: Int) -> Int {
        let (sum, isTooLarge) = addingReportingOverflow(other)
        return isTooLarge ? .max : sum
    }
}

extension LockSummary.Wait {
    /// As its row told; nil for a row without a request.
    fileprivate init?(_ row: LockHistoryRow) {
        guard let request = row.request else { return nil }
        self.init(
            position: row.position, at: row.at, request: request, session: row.session, holder: row.holder,
            locks: row.locks, reason: row.reason)
    }
}
