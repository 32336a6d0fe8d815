public import Events

/// What each host runs by itself, and up to which moment it has: so a run that was missed is made up for once, and none is
/// made twice.
public struct Schedules: Sendable, Equatable {
    /// One type on one host.
    public struct Entry: Sendable, Equatable {
        /// By its name in the log.
        public let host: String
        /// The task type.
        public let type: String
        /// As the configuration had it.
        public let schedule: String
        /// By the host's clock: the moment of the last run, or when the schedule was found first.
        public internal(set) var last: Timestamp
    }

    private var entries: [String: [String: Entry]] = [:]

    /// Nothing runs by itself.
    init() {}

    /// A type's schedule on a host.
    func entry(_ type: String, on host: String) -> Entry? { entries[host]?[type] }

    /// Those of a host by type.
    public func entries(on host: String) -> [String: Entry] { entries[host] ?? [:] }

    /// By host and type.
    var all: [Entry] {
        entries.sorted { $0.key < $1.key }.flatMap { $0.value.sorted { $0.key < $1.key }.map(\.value) }
    }

    mutating func insert(_ entry: Entry) { entries[entry.host, default: [:]][entry.type] = entry }

    mutating func configure(_ data: ScheduleConfigured) {
        guard let schedule = data.schedule else {
            entries[data.host]?[data.type] = nil
            if entries[data.host]?.isEmpty == true { entries[data.host] = nil }
            return
        }
        insert(Entry(host: data.host, type: data.type, schedule: schedule, last: data.from))
    }

    mutating func ran(_ type: String, _ run: ScheduledRun) { entries[run.host]?[type]?.last = run.at }
}

extension Schedules.Entry {
    func write(to writer: inout JSONWriter) {
        writer.field("host", host)
        writer.field("last", last.microseconds)
        writer.field("schedule", schedule)
        writer.field("type", type)
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        host = try reader.string("host")
        last = Timestamp(microseconds: try reader.int("last"))
        schedule = try reader.string("schedule")
        type = try reader.string("type")
    }
}
