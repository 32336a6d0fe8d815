internal import System

/// The blocks that are being filled, and those that could not be written yet. A value; whoever writes keeps it.
public struct OpenHistory: Sendable {
    /// Series of one subject that are kept; more are dropped.
    public static let maximumSeries = 4096
    /// Bytes of the longest name with all its labels.
    public static let maximumNameBytes = 1024
    /// Bytes of the longest id of an app.
    public static let maximumSubjectBytes = 250
    /// Of all blocks in memory, some 10 MB: while the database is away for long, the oldest are dropped.
    static let maximumWeight = 2_500_000
    /// What a series weighs beside its steps.
    private static let seriesWeight = 40

    private struct Open {
        var block: HistoryBlock
        /// Steps that are not written.
        var unwritten = 0
        /// Those of them that are being written.
        var offered = 0
        /// What may be stored of it already has been taken over.
        var isMerged = false

        /// Says what it weighs more then; nil where there are as many series as there may be.
        ///
        /// - Parameter place: the track's, where there is one.
        mutating func take(_ code: LevelCode, of name: SeriesName, at place: Place?, _ turn: Track.Turn) -> Int? {
            let step = block.key.index(of: turn.place)
            if let place {
                unwritten += 1
                let before = block.tracks.values[place].length
                block.tracks.values[place][step] = Step(code)
                block.tracks.values[place].turn = turn
                return block.tracks.values[place].length - before
            }
            guard block.tracks.count < OpenHistory.maximumSeries else { return nil }
            unwritten += 1
            var track = Track()
            track[step] = Step(code)
            track.turn = turn
            block.tracks[name] = track
            return OpenHistory.seriesWeight + track.length
        }
    }

    /// Where a track stands.
    private typealias Place = Dictionary<SeriesName, Track>.Index

    /// Milliseconds from one pass to the next; blocks of another one are closed.
    public var interval: Int {
        didSet { if interval != oldValue { current = [:] } }
    }
    private var blocks: [BlockKey: Open] = [:]
    private var current: [Subject: BlockKey] = [:]
    private var weight = 0
    private let limit: Int
    /// Steps that were lost, because there were too many or because of their names.
    public private(set) var dropped = 0

    /// Nothing yet.
    public init(interval: Int) { self.init(interval: interval, limit: Self.maximumWeight) }

    init(interval: Int, limit: Int) { (self.interval, self.limit) = (max(1, interval), limit) }

    /// Steps that are not written yet.
    public var waiting: Int { blocks.values.reduce(0) { $0 + $1.unwritten } }

    /// Takes what was measured. Series of tasks are passed over: their ids have no end.
    public mutating func take(_ readings: Readings) {
        let time = Int(readings.at.microseconds / 1000)
        // Readings of one subject follow each other: its block is at hand as long as they do.
        var open: Open?
        // Which step of a subject's it is: one for all of them, also where the first has begun the next block.
        var (places, shared): ([Subject: Int], Int?) = ([:], nil)
        for reading in readings.all {
            let series = reading.series
            if case .task = series.subject { continue }
            // Moments would be days off by the code of levels.
            if Self.moments.contains(where: { series.name.hasSuffix($0) }) { continue }
            guard let level = reading.level, let code = LevelCode(level) else { continue }
            let name = SeriesName(name: series.name, labels: series.labels, isRate: reading.isCounter)
            guard name.byteCount <= Self.maximumNameBytes, Self.isKept(series.subject) else {
                dropped += 1
                continue
            }
            if open?.block.key.subject != series.subject {
                if let open { places[open.block.key.subject] = shared }
                put(open)
                open = current[series.subject].flatMap { blocks.removeValue(forKey: $0) }
                shared = places[series.subject]
            }
            // It is looked for once: there are thousands of them, each second.
            var track = open?.block.tracks.index(forKey: name)
            let before = track.flatMap { open?.block.tracks.values[$0].turn }
            let place = before.map { self.place(of: time, after: $0) } ?? shared ?? time
            shared = place
            let key = BlockKey(series.subject, interval, at: place)
            if open?.block.key != key {
                put(open)
                open = blocks.removeValue(forKey: key) ?? Open(block: HistoryBlock(key))
                current[series.subject] = key
                track = open?.block.tracks.index(forKey: name)
            }
            let turn = Track.Turn(time: time, place: place)
            guard let added = open?.take(code, of: name, at: track, turn) else {
                dropped += 1
                continue
            }
            weight += added
        }
        put(open)
        makeRoom()
    }

    private mutating func put(_ open: Open?) {
        if let open { blocks[open.block.key] = open }
    }

    /// How names end that tell when something was.
    private static let moments = ["_timestamp_seconds", "_start_time_seconds"]

    /// The moment that tells the step. Passes are not quite even: one that is a little early or late gets the step whose turn it
    /// is, so that it leaves no gap and takes nobody's place; by more than half a step none is moved.
    private func place(of time: Int, after before: Track.Turn) -> Int {
        let passed = (time - before.time + interval / 2).quotient(flooredBy: interval)
        guard passed > 0 else { return time }
        let begin = (before.place.quotient(flooredBy: interval) + passed) * interval
        return (begin - interval / 2..<begin + interval + interval / 2).contains(time) ? begin : time
    }

    private static func isKept(_ subject: Subject) -> Bool {
        guard case .app(let id) = subject else { return true }
        return !id.isEmpty && id.utf8.count <= maximumSubjectBytes
    }

    private mutating func makeRoom() {
        while weight > limit, let oldest = blocks.keys.min(by: { $0.start < $1.start }) {
            remove(oldest)
        }
    }

    private mutating func remove(_ key: BlockKey) {
        guard let open = blocks.removeValue(forKey: key) else { return }
        dropped += open.unwritten
        weight -= open.block.tracks.values.reduce(0) { $0 + Self.seriesWeight + $1.length }
        if current[key.subject] == key { current[key.subject] = nil }
    }
}

/// To the database and back.
extension OpenHistory {
    /// Blocks of which something may be stored already: the service was started in the middle of one, or the clock went back.
    public var unmerged: [BlockKey] { blocks.filter { $0.value.unwritten > 0 && !$0.value.isMerged }.map(\.key) }

    /// Takes over what is stored of a block; nil where nothing is.
    public mutating func merge(_ stored: HistoryBlock?, into key: BlockKey) {
        guard var open = blocks.removeValue(forKey: key) else { return }
        let before = open.block.tracks.values.reduce(0) { $0 + Self.seriesWeight + $1.length }
        if let stored { open.block.merge(stored) }
        weight += open.block.tracks.values.reduce(0) { $0 + Self.seriesWeight + $1.length } - before
        open.isMerged = true
        blocks[key] = open
    }

    /// Blocks that are not written as they are, the oldest first.
    public var unwritten: [BlockKey] {
        blocks.filter { $0.value.unwritten > 0 }.map(\.key).sorted { $0.start < $1.start }
    }

    /// A block as it is, to be written; one writer at a time.
    public mutating func block(_ key: BlockKey) -> HistoryBlock? {
        guard var open = blocks.removeValue(forKey: key) else { return nil }
        open.offered = open.unwritten
        blocks[key] = open
        return open.block
    }

    /// A block is written as it was given out; what it has got since is not. Blocks that are written whole and no longer filled are
    /// forgotten. Returns how many steps that were: none of a block that was given up meanwhile, whose steps are counted as dropped,
    /// though another one has begun in its place.
    public mutating func wrote(_ key: BlockKey) -> Int {
        guard var open = blocks.removeValue(forKey: key) else { return 0 }
        let steps = open.offered
        (open.unwritten, open.offered) = (open.unwritten - steps, 0)
        blocks[key] = open
        if open.unwritten == 0, current[key.subject] != key { remove(key) }
        return steps
    }

    /// A block that cannot be written is given up.
    public mutating func drop(_ key: BlockKey) { remove(key) }

    /// Blocks of subjects that are not measured any more, written whole, are forgotten once they are over.
    public mutating func forget(endedBefore time: Int) {
        for (key, open) in blocks where open.unwritten == 0 && key.end <= time { remove(key) }
    }
}
