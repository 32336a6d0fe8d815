public import Events

/// A refused deadlock with how it came about.
public struct DeadlockStory: Sendable {
    /// One party, along the time.
    public struct Lane: Sendable {
        /// Who, what he holds, and what he wants.
        public let party: DeadlockParty
        /// Where he asked for what he holds.
        public let asked: Moment?
        /// What he held besides, at the refusal: not in anybody's way in this ring.
        public let besides: [DeadlockParty.Holding]
    }

    /// A place in the log with its time.
    public struct Moment: Sendable, Equatable {
        /// The event's.
        public let position: Position
        /// The event's.
        public let at: Timestamp

        /// Of one event.
        public init(position: Position, at: Timestamp) {
            self.position = position
            self.at = at
        }
    }

    /// What was refused, by whom.
    public internal(set) var deadlock: RefusedDeadlock
    /// The event from which on no order of endings would have let the refused one through, and what it changed.
    public internal(set) var inevitable: ReplayStep
    /// Each wants what the next one holds, the last what the first holds; the first was refused.
    public internal(set) var lanes: [Lane]

    /// `before` is the state before the refusal; `asked` tells where each token was asked for.
    public init(
        _ deadlock: RefusedDeadlock, inevitable: ReplayStep, before platform: Platform, asked: [Position: Moment]
    ) {
        self.deadlock = deadlock
        self.inevitable = inevitable
        lanes = deadlock.refused.cycle.map { party in
            Lane(
                party: party, asked: party.holds.flatMap { asked[$0.token] },
                besides: party.session.map { platform.locks.held(by: $0, besides: party.holds) } ?? [])
        }
    }
}

extension Locks {
    /// What a party holds, that is a session and its descendants.
    fileprivate func held(
        by session: SessionID, besides holding: DeadlockParty.Holding?
    ) -> [DeadlockParty.Holding] {
        let own = grants(of: session).flatMap { grant in
            grant.locks.map {
                DeadlockParty.Holding(lock: $0, token: grant.token, since: grant.since, reason: grant.reason)
            }
        }
        return own.filter { $0.lock != holding?.lock || $0.token != holding?.token }
            + children(of: session).flatMap { held(by: $0.id, besides: holding) }
    }
}
