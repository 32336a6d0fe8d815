public import EventStore
public import Events
public import Projections

/// A log to look back on: that of a database, or one in an exported file. Nothing that is read here is acted on.
public enum HistorySource: Sendable {
    case database(LogScan)
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
        switch self {
        case .database(let scan):
            guard position > 0 else { return initial }
            return try await scan.reduce(1...position, into: initial) { try body(&$0, try $1.fact()) }
        case .file(let log): return try log.reduceFacts(through: position, into: initial, body)
        }
    }

    /// Folds the events of `range` into a state that holds all before them.
    func reduceFacts<Result: Sendable>(
        _ range: ClosedRange<Position>, from initial: Result, _ body: @Sendable (inout Result, Fact) throws -> Void
    ) async throws -> Result {
        switch self {
        case .database(let scan):
            return try await scan.reduce(range, into: initial) { try body(&$0, try $1.fact()) }
        case .file(let log):
            return try log.reduceFacts(through: range.upperBound, into: initial) { result, fact in
                if range.contains(fact.position) { try body(&result, fact) }
            }
        }
    }

    /// All events of one kind that is rare, up to `position`.
    public func facts(of kind: Event.Kind, through position: Position) async throws -> [Fact] {
        switch self {
        case .database(let scan):
            return try await scan.events(of: kind).filter { $0.position <= position }.map { try $0.fact() }
        case .file(let log):
            return try log.reduceFacts(through: position, into: []) { found, fact in
                if fact.event.kind == kind { found.append(fact) }
            }
        }
    }

    /// The events up to `position` that were redacted, whenever that was: what is replayed is without their texts.
    public func redactions(upTo position: Position) async throws -> [Position] {
        try await facts(of: .logRedacted, through: try await end()).compactMap { fact in
            guard case .logRedacted(let data) = fact.event, data.position <= position else { return nil }
            return data.position
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
