import Digest
import Events
import MySQL
import Projections
import Seeds
import ServerTesting
import System
import Testing

@testable import EventStore
@testable import Histories

/// Random histories of the platform, written into a log: the state at any position is the fold of the events up to there,
/// however it is reached. `INTERLOCK_SEED=S` repeats one.
@Suite("The state at a position of a random history", .database)
struct PastStateTests {
    static let histories = 1000
    /// Of these the ones that are written into a database, too, in CI.
    static let writtenHistories = 500
    static let soakHistories = 5000
    /// Positions that are asked for in each.
    static let marks = 4

    @Test("is the fold of the prefix: from the rows, with snapshots and without")
    func rows() async throws {
        let written = try Written()
        for seed in Setting.seeds(Self.writtenHistories, soak: Self.soakHistories) {
            let history = try PrefixFolds(of: seed)
            // In turns none, one, and some.
            let kept = try written.replace(by: history, keeping: seed % 4)
            for position in history.marks(Self.marks) + kept {
                let past = try await written.scan.state(Platform.self, at: position)
                #expect(past.brokenSnapshot == nil, "INTERLOCK_SEED=\(seed) at \(position)")
                #expect(
                    PrefixFolds.bytes(past.state) == history.folds[position],
                    "INTERLOCK_SEED=\(seed) at \(position), snapshots at \(kept)")
            }
        }
    }

    @Test("is the fold of the prefix: from what is stored at an earlier position, and from an export")
    func stored() throws {
        let file = "/tmp/interlock-history-\(try Host.randomBytes(6).map { String($0) }.joined())"
        defer { try? DurableFile.remove(file) }
        for seed in Setting.seeds(Self.histories, soak: Self.soakHistories) {
            let history = try PrefixFolds(of: seed)
            try history.export(to: file)
            let log = try ExportedLog(path: file)
            for position in history.marks(Self.marks) {
                let read = try log.reduceFacts(through: position, into: Platform()) { try $0.evolve($1) }
                #expect(PrefixFolds.bytes(read) == history.folds[position], "INTERLOCK_SEED=\(seed) at \(position)")
                let from = position / 2
                var state = try Platform(
                    projections: Dictionary(
                        uniqueKeysWithValues: zip(Platform.projectionNames, history.folds[from])))
                for event in history.events[from..<position] { try state.evolve(try event.fact()) }
                #expect(
                    PrefixFolds.bytes(state) == history.folds[position],
                    "INTERLOCK_SEED=\(seed) from \(from) to \(position)")
            }
        }
    }
}

/// One history with the fold of every prefix, as stored.
private struct PrefixFolds {
    let seed: Int
    let events: [RecordedEvent]
    /// Behind 0, 1, 2 … events, in the order of the projections' names.
    let folds: [[[UInt8]]]

    init(of seed: Int) throws {
        self.seed = seed
        events = try World.run(of: seed, actions: 30).recorder.events
        var platform = Platform()
        var folds = [Self.bytes(platform)]
        for event in events {
            try platform.evolve(try event.fact())
            folds.append(Self.bytes(platform))
        }
        self.folds = folds
    }

    static func bytes(_ platform: Platform) -> [[UInt8]] { Platform.projectionNames.map(platform.encodeProjection) }

    /// So many positions, the first and the last among them.
    func marks(_ count: Int) -> [Position] {
        var random = Random(seed: seed)
        return [0, events.count] + (0..<max(0, count - 2)).map { _ in random.below(events.count + 1) }
    }

    func export(to path: String) throws {
        var file = try ExportFile(replacing: path)
        for event in events { try file.write(Array((view(of: event, for: .administrator).text + "\n").utf8)) }
        try file.finish()
    }
}

/// A database whose log is replaced, history by history.
private struct Written {
    let scan: LogScan
    private let endpoint: Endpoint

    init() throws {
        endpoint = try ScratchDatabase.current
        try Schema.apply(try Connection(endpoint), databaseID: "histor")
        scan = try LogScan(endpoint)
    }

    /// The log holds nothing else; the positions of the snapshots that are kept of it.
    func replace(by history: PrefixFolds, keeping count: Int) throws -> [Position] {
        let connection = try Connection(endpoint)
        for table in ["event", "snapshot", "projection"] { try connection.run("DELETE FROM \(table)") }
        var values: [Value] = []
        for event in history.events { values += EventRow.values(event, Subject(try event.fact().event)) }
        try connection.insert(into: "event", columns: EventRow.columns, rows: values)
        guard let last = history.events.last else { return [] }
        _ = try connection.execute(
            "UPDATE log_head SET position = ?, hash = ? WHERE id = 1",
            [.uint(UInt64(last.position)), .bytes(last.hash.bytes)])
        var random = Random(seed: history.seed + 1)
        let kept = Set((0..<count).map { _ in 1 + random.below(history.events.count) })
        var folded = Folded<Platform>()
        for event in history.events {
            try folded.fold(event)
            if kept.contains(event.position) { try Snapshots.write(folded, connection) }
        }
        return kept.sorted()
    }
}
