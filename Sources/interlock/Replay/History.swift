import ArgumentParser
import EventStore
import Events
import Projections
import Runner
import System

/// What every command takes that looks back.
struct HistoryOptions: ParsableArguments {
    @Option(
        name: .customLong("log"),
        help: ArgumentHelp("Read this export of a log, no database.", valueName: "file"))
    var file: String?

    mutating func validate() throws {
        if file?.isEmpty == true { throw ValidationError("--log is empty") }
    }

    /// Throws where both are named.
    func check(_ common: CommonOptions) throws {
        guard file == nil || common.database == nil else {
            throw ValidationError("--log and --database exclude each other")
        }
    }
}

extension Context {
    /// The log to look back on.
    func history(_ options: HistoryOptions) async throws -> HistorySource {
        guard let file = options.file else { return .database(try await lookBack()) }
        do throws(SystemError) {
            return .file(try ExportedLog(path: file))
        } catch {
            guard error.code == .notFound || error.code == .unsupported else { throw error }
            throw CommandFailure(.noSuchThing, code: "no-such-log", "there is no log to read: \(error)")
        }
    }

    /// What was asked for; a snapshot that could not be used for it is told.
    func trusting<State>(_ past: PastState<State>) -> State {
        if let position = past.brokenSnapshot { warnOfSnapshot(position) }
        return past.state
    }

    /// Tells of the redacted events in `range`, which a replay went through; all of them where none is named.
    func tellRedactions(in source: HistorySource, of range: ClosedRange<Position>? = nil) async throws {
        let positions = try await source.redactions()
        RedactedEvents.tell(of: range.map { range in positions.filter(range.contains) } ?? positions, streams)
    }

    func warnOfSnapshot(_ position: Position) {
        streams.error(
            "interlock: the stored snapshot at position \(position) does not match the log; the answer was computed without "
                + "it. Run: interlock projection rebuild")
    }
}

extension Moment {
    /// The position that is meant: for a time the last event not later than it.
    func position(in source: HistorySource) async throws -> Position {
        switch self {
        case .time(let time): return try await source.position(at: time)
        case .position(let position):
            let end = try await source.end()
            guard position <= end else { throw CommandFailure.noSuchPosition(position, head: end) }
            return position
        }
    }
}
