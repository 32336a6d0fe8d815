internal import EventStore
public import Events
public import Projections
internal import System

/// A grant as its holder knows it.
public struct Granted: Sendable {
    /// The position of the grant: what `lock check` asks for.
    public var token: Position
    /// Who holds, for `INTERLOCK_SESSION`.
    public var session: SessionID
    /// What is held, as granted.
    public var locks: [Lock]
}

/// One request for a set of locks, from the asking to the grant.
public struct LockRequest: Sendable {
    /// How long a busy lock is waited for; `none` leaves no trace in the log.
    public enum Patience: Sendable {
        case none
        case forever
        case upTo(Duration)
    }

    /// Why there is no grant.
    public enum Failure: Error, Sendable {
        /// Busy, or waiting timed out; with who holds or is before.
        case notObtained([Obstacle])
        /// Whoever asked does not want it any more.
        case cancelled
        /// The request was withdrawn by somebody else: the session was ended.
        case withdrawn
    }

    /// A waiter looks at the log at least this often, hint or not.
    static let longestPoll = Duration.seconds(1)
    static let shortestPoll = Duration.milliseconds(50)
    /// Who waits longer is told for whom.
    static let quietWait = Duration.seconds(1)
    /// Blockers that die while a busy answer is being given: after so many the answer stands.
    static let maximumRetries = 8

    /// Where the log is.
    public var site: OpenSite
    /// A living session, or one that opens with the request.
    public var holder: Holder
    /// The holder's id: hints for it come to a socket of this name.
    public var session: SessionID
    /// The whole set, granted all at once.
    public var locks: [Lock]
    /// What it is for; others see it.
    public var reason: String?
    /// The process that waits, where that is not the session's own; recorded for others, who may look whether it lives.
    public var waiter: ProcessID?
    /// By the monotonic clock of this process.
    public var patience: Patience
    /// The capacities of slot paths, recorded where the log lacks them.
    public var slots: [LockPath: Int]

    /// Nothing is asked before `obtain`.
    public init(
        site: OpenSite, holder: Holder, session: SessionID, locks: [Lock], reason: String?, waiter: ProcessID? = nil,
        patience: Patience, slots: [LockPath: Int] = [:]
    ) {
        self.site = site
        self.holder = holder
        self.session = session
        self.locks = locks
        self.reason = reason
        self.waiter = waiter
        self.patience = patience
        self.slots = slots
    }

    /// Asks, and waits as long as `patience` says. The grant is durable when this returns. `tell` is called once when the
    /// wait is longer than a second. Cancelling the task withdraws the request. Throws `DeadlockRefused` where the wait would
    /// never end.
    public func obtain(tell: @Sendable ([Obstacle]) -> Void) async throws -> Granted {
        // Listening begins before the asking, so that no hint is missed.
        let hint = try? HintSocket(at: site.hints.session(session))
        let request = try NewID.request()
        try await site.configure(locks.filter { $0.mode == .slot }.map(\.path), from: slots)
        for _ in 0..<Self.maximumRetries {
            switch try await site.submitJudged({ .acquire(acquisition(request, alive: $0)) }) {
            case .granted(let token, let session, let locks):
                return Granted(token: token, session: session, locks: locks)
            case .busy(let blockers):
                let obstacles = try await obstacles(blockers)
                guard try await site.endDead(among: obstacles.compactMap(\.session)) else {
                    throw Failure.notObtained(obstacles)
                }
            default:
                return try await LockWait(request: self, id: request, hint: hint).run(tell: tell)
            }
        }
        throw Failure.notObtained([])
    }

    private func acquisition(_ request: RequestID, alive: Set<SessionID>) -> Acquisition {
        var wait = true
        var deadline: Timestamp?
        switch patience {
        case .none: wait = false
        case .forever: break
        case .upTo(let duration):
            // For others only, by the database's clock, which this host's is near enough to: whoever waits behind may
            // withdraw an expired request. The waiter itself goes by the monotonic clock.
            deadline = Timestamp(microseconds: Int(WallTime.now.microseconds) + duration.microseconds)
        }
        return Acquisition(
            holder: holder, request: request, locks: locks, reason: reason, deadline: deadline, waiter: waiter,
            wait: wait, alive: alive)
    }

    func obstacles(_ blockers: [Blocker]) async throws -> [Obstacle] {
        try await site.log.inspect { platform, _ in Self.obstacles(blockers, in: platform.locks) }
    }

    static func obstacles(_ blockers: [Blocker], in locks: Locks) -> [Obstacle] {
        blockers.compactMap { blocker in
            locks.session(blocker.session).map { Obstacle(blocker, of: $0, grant: locks.grant(blocker.position)) }
        }
    }
}

extension Duration {
    /// Whole microseconds.
    var microseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
    }
}
