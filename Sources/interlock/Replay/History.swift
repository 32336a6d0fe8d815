import ArgumentParser
import EventStore
import Events
import Projections
import Runner

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
    func history(_ options: HistoryOptions) throws -> HistorySource {
        guard let file = options.file else { return .database(try scan()) }
        do {
            return .file(try ExportedLog(path: file))
        } catch {
            throw CommandFailure(.noSuchThing, code: "no-such-log", "there is no log to read in '\(file)': \(error)")
        }
    }

    /// What was asked for; a snapshot that could not be used for it is told.
    func trusting<State>(_ past: PastState<State>) -> State {
        if let position = past.brokenSnapshot { warnOfSnapshot(position) }
        return past.state
    }

    /// Tells of the redacted events that a replay up to `position` went through.
    func tellRedactions(in source: HistorySource, upTo position: Position) async throws {
        RedactedEvents.tell(of: try await source.redactions(upTo: position), streams)
    }

    func warnOfSnapshot(_ position: Position) {
        streams.error(
            "interlock: the snapshot at position \(position) is not the fold of the log and was not used. "
                + "Run: interlock projection rebuild")
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
