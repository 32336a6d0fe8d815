public import EventStore
public import Events
public import Projections

/// A log to look back on: that of a database, or one in an exported file. Nothing that is read here is acted on.
public enum HistorySource: Sendable {
    /// Read in its own order, and by its indexes and snapshots.
    case database(LogScan)
    /// Read from the first line on each time.
    case file(ExportedLog)

    /// The last position; 0 in an empty log.
    public func end() async throws -> Position {
        switch self {
        case .database(let scan): try await scan.head().position
        case .file(let log): try log.end()
        }
    }

    /// The last position whose event is not later than `time`; 0 when there is none.
    public func position(at time: Timestamp) async throws -> Position {
        switch self {
        case .database(let scan): try await scan.position(at: time)
        case .file(let log): try log.position(at: time)
        }
    }

    /// Folds all that happened up to `position`, from the first event on, in order. Throws `HistoryError` for an event that
    /// cannot be read, and what `body` throws.
    public func reduceFacts<Result: Sendable>(
        through position: Position, into initial: Result, _ body: @Sendable (inout Result, Fact) throws -> Void
    ) async throws -> Result {
        guard position > 0 else { return initial }
        return try await reduceFacts(1...position, from: initial, body)
    }

    /// The same of `range`, into a state that holds all before it.
    func reduceFacts<Result: Sendable>(
        _ range: ClosedRange<Position>, from initial: Result, _ body: @Sendable (inout Result, Fact) throws -> Void
    ) async throws -> Result {
        switch self {
        case .database(let scan): try await scan.reduce(range, into: initial) { try body(&$0, try $1.fact()) }
        case .file(let log):
            try log.reduceFacts(through: range.upperBound, into: initial) { result, fact in
                if range.contains(fact.position) { try body(&result, fact) }
            }
        }
    }

    /// All events of one kind that is rare, in order.
    public func facts(of kind: Event.Kind) async throws -> [Fact] {
        switch self {
        case .database(let scan): try await scan.events(of: kind).map { try $0.fact() }
        case .file(let log):
            try log.reduceFacts(through: .max, into: []) { found, fact in
                if fact.event.kind == kind { found.append(fact) }
            }
        }
    }

    /// The events that were redacted, in order: what is replayed is without their texts.
    public func redactions() async throws -> [Position] {
        try await facts(of: .logRedacted).compactMap { fact in
            if case .logRedacted(let data) = fact.event { data.position } else { nil }
        }.sorted()
    }

    /// The platform as it was behind the event at `position`: from a database by way of its snapshots.
    public func platform(at position: Position) async throws -> PastState<Platform> {
        switch self {
        case .database(let scan): try await scan.state(Platform.self, at: position)
        case .file(let log):
            PastState(try log.reduceFacts(through: position, into: Platform()) { try $0.evolve($1) })
        }
    }

    /// Walks through `range` event by event: `each` is shown every step, in order. Returns a snapshot that could not be used.
    public func walk(
        _ range: ClosedRange<Position>, _ each: @Sendable (ReplayStep) throws -> Void
    ) async throws -> Position? {
        switch self {
        case .database(let scan):
            let past = try await scan.state(Platform.self, at: range.lowerBound - 1)
            _ = try await scan.reduce(range, into: Replay(from: past.state)) { replay, event in
                try each(try replay.step(try event.fact()))
            }
            return past.brokenSnapshot
        case .file(let log):
            _ = try log.reduceFacts(through: range.upperBound, into: Replay()) { replay, fact in
                guard range.contains(fact.position) else { return try replay.pass(fact) }
                try each(try replay.step(fact))
            }
            return nil
        }
    }
}
