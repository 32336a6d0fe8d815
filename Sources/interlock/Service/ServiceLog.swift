import ArgumentParser
import Events
import Logging
import Projections
import System

/// How the service's own log is written.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json
}

/// The service's log as lines for people, or an object a line for programs: `{"time","level","message",…}`, the metadata
/// beside them.
struct ServiceLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    private let format: LogFormat
    private let streams = Streams()

    init(_ format: LogFormat, level: Logger.Level) {
        self.format = format
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let time = WallTime.now.rfc3339
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        switch format {
        case .text:
            streams.error(Self.line(time, event.level, "\(event.message)", fields.map { ($0.key, "\($0.value)") }))
        case .json:
            var object: [(name: String, value: JSONValue)] = [
                ("time", .string(time)), ("level", .string("\(event.level)")), ("message", .string("\(event.message)")),
            ]
            object += fields.map { ($0.key, .string("\($0.value)")) }
            streams.error(JSONValue.object(object).text)
        }
    }
}

extension ServiceLog {
    /// For a person: one line, whatever the names of files and the words of other programs hold that stand in it.
    static func line(
        _ time: String, _ level: Logger.Level, _ message: String, _ fields: [(name: String, value: String)]
    ) -> String {
        oneLine("\(time) \(level) \(message)" + fields.map { " \($0.name)=\($0.value)" }.joined())
    }
}

/// The least that is worth a line.
enum LogLevel: String, CaseIterable, ExpressibleByArgument {
    case debug, info, notice, warning, error

    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        }
    }
}
