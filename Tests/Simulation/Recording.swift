import Digest
import Events
import Foundation
import LogChecking
import Projections
import Seeds

@testable import Histories

/// A log that some version wrote, kept for ever: `Tests/Recorded/NAME.jsonl` as `log export` gives it, and beside it, in
/// `NAME.states.jsonl`, what it replays to at some positions and at its end.
struct Recording: CustomStringConvertible {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../Recorded")
    /// Runs of the simulation to record. What is recorded stays as it is when the simulation changes: add other seeds.
    static let seeds = [34, 40, 85, 1068, 1360]
    /// Runs of the mail server's simulation.
    static let mailSeeds = [23]
    /// Runs of the simulation of notifications.
    static let notificationSeeds = [7]
    /// A log that is added is small.
    static let byteLimit = 100_000

    let name: String

    var description: String { name }
    var log: URL { Self.folder.appending(path: name + ".jsonl") }
    var states: URL { Self.folder.appending(path: name + ".states.jsonl") }

    /// All that are kept. With `INTERLOCK_RECORD=1` those seeds and states that are not kept yet are written first.
    static func all() throws -> [Recording] { try found.get() }

    private static let found = Result {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path())
        let kept = files.filter { $0.hasSuffix(".jsonl") && !$0.hasSuffix(".states.jsonl") }.map { $0.dropLast(6) }
        let simulated =
            seeds.map { "simulated-\($0)" } + mailSeeds.map { "mail-\($0)" }
            + notificationSeeds.map { "notifications-\($0)" }
        let names = Set(kept.map(String.init) + simulated)
        let recordings = names.sorted().map(Recording.init)
        if Setting.number("INTERLOCK_RECORD") == 1 {
            for seed in seeds {
                try write(Recording(name: "simulated-\(seed)").log) { try CheckedSimulationTests.log(of: seed) }
            }
            for seed in mailSeeds {
                try write(Recording(name: "mail-\(seed)").log) {
                    try MailWorld.run(of: seed, actions: 100).recorder.events.map(\.exported.text)
                }
            }
            for seed in notificationSeeds {
                try write(Recording(name: "notifications-\(seed)").log) {
                    try NotificationWorld.run(of: seed, actions: 100).recorder.events.map(\.exported.text)
                }
            }
            for recording in recordings { try write(recording.states) { try recording.replay() } }
        }
        return recordings
    }

    /// What is there already is never written again: a replay that changed is a mistake, not a new recording.
    private static func write(_ file: URL, _ lines: () throws -> [String]) throws {
        guard !FileManager.default.fileExists(atPath: file.path()) else { return }
        let text = try lines().map { $0 + "\n" }.joined()
        try Data(text.utf8).write(to: file, options: .withoutOverwriting)
    }

    /// Every part of the state behind each quarter of the transactions, the last of which is the end.
    private func replay() throws -> [String] {
        let events = try events()
        let ends = zip(events, events.dropFirst()).filter { $0.command != $1.command }.map(\.0) + events.suffix(1)
        let marks = (1...4).map { ends[ends.count * $0 / 4 - 1].position }
        return try Self.replay(events, at: Set(marks)) { platform, position in
            Platform.parts.map { Self.state(platform, $0, position) }
        }
    }

    /// Folds the log, and gathers what `body` says where it is asked.
    static func replay(
        _ events: [RecordedEvent], at marks: Set<Position>, _ body: (Platform, Position) throws -> [String]
    ) throws -> [String] {
        var platform = Platform()
        var lines: [String] = []
        for event in events {
            try platform.evolve(try event.fact())
            if marks.contains(event.position) { lines += try body(platform, event.position) }
        }
        return lines
    }

    /// A line of the file of states.
    static func state(_ platform: Platform, _ part: String, _ position: Position) -> String {
        JSONValue.fields(("part", .string(part)), ("position", .integer(position)), ("state", platform.part(part))).text
    }

    func events() throws -> [RecordedEvent] { try Self.lines(of: log).map(RecordedEvent.init(exported:)) }

    static func lines(of file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
    }
}

extension RecordedEvent {
    /// The command whose transaction it is of.
    fileprivate var command: Substring { id.prefix { $0 != "." } }

    /// From the line of an export.
    init(exported line: String) throws {
        let payload = Self.payload(of: line)
        self = try JSONReader.read(Array(line.utf8)) { reader throws(JSONError) in
            // The fields are asked for in the order in which an export has them.
            try reader.object { reader throws(JSONError) in
                try RecordedEvent(
                    position: reader.int("position"), id: reader.string("id"), stream: reader.string("stream"),
                    streamVersion: reader.int("streamVersion"), type: reader.string("type"),
                    schema: reader.int("schema"), at: Timestamp(reader.string("at")) ?? .latest,
                    actor: reader.string("actor"), host: reader.string("host"),
                    correlation: reader.string("correlation"), causation: reader.optionalInt("causation"),
                    payload: payload, remains: payload == nil ? reader.raw("remains") : nil,
                    payloadHash: SHA256.Digest(hex: reader.string("payloadHash")) ?? .zero,
                    hash: SHA256.Digest(hex: reader.string("hash")) ?? .zero)
            }
        }
    }

    /// The data as it stands there, byte for byte. Inside of a string each quotation mark is escaped, so that neither name can
    /// be found in one.
    private static func payload(of line: String) -> [UInt8]? {
        guard let start = line.firstRange(of: ",\"data\":")?.upperBound,
            let end = line.ranges(of: ",\"payloadHash\":").last?.lowerBound
        else { return nil }
        return Array(line[start..<end].utf8)
    }
}
