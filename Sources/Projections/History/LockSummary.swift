public import Events

/// What a stretch of lock history comes to: who waited longest, where, and how long waits are.
public struct LockSummary: Sendable, Equatable {
    /// A request that was not answered at once.
    public struct Wait: Sendable, Equatable {
        /// How it ended.
        public enum End: String, Sendable {
            case granted, withdrawn, refused, waiting
        }

        /// Of the request.
        public let position: Position
        /// The time of the request.
        public let at: Timestamp
        /// What it is called in every event.
        public let request: RequestID
        /// Who asked.
        public let session: SessionID
        /// Who that is.
        public let holder: HolderRecord?
        /// What was asked for.
        public let locks: [Lock]
        /// What it is for, in the asker's words.
        public let reason: String?
        /// Microseconds to its end; of one that still waits up to the end of the log.
        public internal(set) var waited = 0
        /// How it ended.
        public internal(set) var end = End.waiting
        /// Why it was withdrawn or refused.
        public internal(set) var cause: String?
    }

    /// What happened on one path. A request for several paths waited on each of them: the history does not say on which.
    public struct Contention: Sendable, Equatable {
        /// Exactly this one, not what lies above or below.
        public let path: LockPath
        /// How many requests waited.
        public internal(set) var waits = 0
        /// Microseconds that they waited, all together.
        public internal(set) var waited = 0
        /// Microseconds that the longest one waited.
        public internal(set) var longest = 0
        /// Microseconds that it was held, those of several at one time added up.
        public internal(set) var held = 0
    }

    /// One step of the histogram.
    public struct Step: Sendable, Equatable {
        /// Microseconds that these waits are shorter than; nil for the last step, which holds all others.
        public let below: Int?
        /// How many.
        public internal(set) var count = 0
    }

    /// How many were made, also those that were refused at once.
    public internal(set) var requests = 0
    /// How many of them were granted in the transaction that made them.
    public internal(set) var atOnce = 0
    /// The longest first, the earlier one first where they are alike.
    public internal(set) var waits: [Wait] = []
    /// Where somebody waited: most waited for first.
    public internal(set) var paths: [Contention] = []
    /// All waits, step by step.
    public internal(set) var histogram = Self.ladder.map { Step(below: $0) } + [Step(below: nil)]
    /// True when there were more paths than are told apart: `LockTotals.maximumPaths`.
    public internal(set) var lacksPaths = false

    /// The bounds of the histogram in microseconds: 1, 10 and 100 ms, 1 and 10 s, 1 and 10 min, 1 h.
    public static let ladder = [
        1000, 10_000, 100_000, 1_000_000, 10_000_000, 60_000_000, 600_000_000, 3_600_000_000,
    ]
}
