public import Events

/// One thing that happened to a lock.
public struct LockHistoryRow: Sendable, Equatable {
    /// What it was.
    public enum Change: String, Sendable {
        case requested, granted, withdrawn, refused, downgraded, released
    }

    /// The position of the event.
    public let position: Position
    /// The time of the event.
    public let at: Timestamp
    /// What happened.
    public let change: Change
    /// Whose lock it is.
    public let session: SessionID
    /// With its session's opening known, as all from here on.
    public internal(set) var holder: HolderRecord?
    /// The request that it began with.
    public internal(set) var request: RequestID?
    /// The locks that it is about.
    public internal(set) var locks: [Lock]
    /// The position of the grant.
    public internal(set) var token: Position?
    /// Why it was withdrawn or released.
    public internal(set) var cause: String?
    /// What the session said it is for or, broken, why.
    public internal(set) var reason: String?
    /// Who broke it.
    public internal(set) var by: String?
    /// Microseconds from the request to the grant or the withdrawal.
    public internal(set) var waited: Int?
    /// Microseconds from the grant to the release.
    public internal(set) var held: Int?

    /// True when one of its locks lies on, above or below `path`.
    public func touches(_ path: LockPath) -> Bool {
        locks.contains { $0.path.overlaps(path) }
    }
}

/// The history of locks: a fold of the log into rows, one for each lock event. What was asked for before the fold began
/// is not known, and absent.
public struct LockHistory: Sendable {
    private struct Asked: Sendable {
        var at: Timestamp
        var locks: [Lock]
        var reason: String?
    }

    private struct Given: Sendable {
        var at: Timestamp
        var request: RequestID
        var remaining: [Lock]
        var reason: String?
    }

    private var holders: [SessionID: HolderRecord] = [:]
    private var requests: [RequestID: Asked] = [:]
    private var grants: [Position: Given] = [:]

    /// Nothing is known yet.
    public init() {}

    /// The row that follows from `fact`; nil when it is about no lock.
    public mutating func fold(_ fact: Fact) -> LockHistoryRow? {
        switch fact.event {
        case .sessionOpened(let data):
            holders[data.session] = HolderRecord(Session(data, position: fact.position, at: fact.at))
            return nil
        case .sessionEnded(let data):
            holders[data.session] = nil
            return nil
        case .taskStarted(let data):
            holders[data.session]?.pid = data.process.pid
            return nil
        case .lockRequested(let data):
            requests[data.request] = Asked(at: fact.at, locks: data.locks, reason: data.reason)
            var row = row(.requested, data.session, data.locks, fact)
            (row.request, row.reason) = (data.request, data.reason)
            return row
        case .lockGranted(let data): return granted(data, fact)
        case .lockWithdrawn(let data):
            let asked = requests.removeValue(forKey: data.request)
            var row = row(.withdrawn, data.session, asked?.locks ?? [], fact)
            (row.request, row.cause, row.reason) = (data.request, data.cause.rawValue, asked?.reason)
            row.waited = asked.map { fact.at.microseconds(since: $0.at) }
            return row
        case .lockReleased(let data): return released(data, fact)
        case .lockRefused(let data): return refused(data, fact)
        case .lockDowngraded(let data): return downgraded(data, fact)
        default: return nil
        }
    }

    private func row(
        _ change: LockHistoryRow.Change, _ session: SessionID, _ locks: [Lock], _ fact: Fact
    ) -> LockHistoryRow {
        LockHistoryRow(
            position: fact.position, at: fact.at, change: change, session: session, holder: holders[session],
            locks: locks)
    }

    private mutating func granted(_ data: LockGranted, _ fact: Fact) -> LockHistoryRow {
        let asked = requests.removeValue(forKey: data.request)
        grants[fact.position] = Given(
            at: fact.at, request: data.request, remaining: data.locks, reason: asked?.reason)
        var row = row(.granted, data.session, data.locks, fact)
        (row.request, row.token, row.reason) = (data.request, fact.position, asked?.reason)
        row.waited = asked.map { fact.at.microseconds(since: $0.at) }
        return row
    }

    /// One that was refused when it was made was not asked for before; a refused wait for a task is about no lock.
    private mutating func refused(_ data: LockRefused, _ fact: Fact) -> LockHistoryRow? {
        guard let request = data.request else { return nil }
        let asked = requests.removeValue(forKey: request)
        var row = row(.refused, data.session, data.locks, fact)
        (row.request, row.cause, row.reason) = (
            request, data.cause.rawValue, asked?.reason ?? data.cycle.first?.wants.reason
        )
        row.waited = asked.map { fact.at.microseconds(since: $0.at) }
        return row
    }

    private mutating func downgraded(_ data: LockDowngraded, _ fact: Fact) -> LockHistoryRow {
        let given = grants[data.token]
        if let index = given?.remaining.firstIndex(of: Lock(data.path, .exclusive)) {
            grants[data.token]?.remaining[index].mode = .shared
        }
        var row = row(.downgraded, data.session, [Lock(data.path, .shared)], fact)
        (row.request, row.token, row.reason) = (given?.request, data.token, given?.reason)
        row.held = given.map { fact.at.microseconds(since: $0.at) }
        return row
    }

    private mutating func released(_ data: LockReleased, _ fact: Fact) -> LockHistoryRow {
        let given = grants[data.token]
        grants[data.token]?.remaining.removeAll { data.locks.contains($0) }
        if grants[data.token]?.remaining.isEmpty == true { grants[data.token] = nil }
        var row = row(.released, data.session, data.locks, fact)
        (row.request, row.token, row.cause) = (given?.request, data.token, data.cause.rawValue)
        (row.by, row.reason) = (data.by, data.reason ?? given?.reason)
        row.held = given.map { fact.at.microseconds(since: $0.at) }
        return row
    }
}
