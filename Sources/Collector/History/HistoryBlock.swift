/// What a series is called within its subject.
public struct SeriesName: Sendable, Hashable, Comparable {
    /// As Prometheus has it, whole.
    public let name: String
    /// Ascending by name.
    public let labels: [Label]
    /// The levels are growth per second of what Prometheus has as a counter.
    public let isRate: Bool

    /// A name.
    public init(name: String, labels: [Label], isRate: Bool) {
        (self.name, self.labels, self.isRate) = (name, labels, isRate)
    }

    /// Bytes of all its texts.
    var byteCount: Int { labels.reduce(name.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count } }

    /// By name, then by labels.
    public static func < (left: SeriesName, right: SeriesName) -> Bool {
        guard left.name == right.name else { return left.name < right.name }
        guard left.labels == right.labels else { return left.labels.lexicographicallyPrecedes(right.labels) }
        return !left.isRate && right.isRate
    }
}

/// Which block: of what, how fine, and from when on.
public struct BlockKey: Sendable, Hashable {
    /// The host or an app.
    public let subject: Subject
    /// Milliseconds of a step.
    public let resolution: Int
    /// Milliseconds since 1970; a multiple of the block's length.
    public let start: Int

    /// The block of this resolution in which a moment lies.
    public init(_ subject: Subject, _ resolution: Int, at milliseconds: Int) {
        let length = resolution * Ladder.stepsPerBlock
        self.init(
            subject: subject, resolution: resolution, start: milliseconds.quotient(flooredBy: length) * length)
    }

    /// One that is stored.
    public init(subject: Subject, resolution: Int, start: Int) {
        (self.subject, self.resolution, self.start) = (subject, resolution, start)
    }

    /// Where the next one begins.
    public var end: Int { start + resolution * Ladder.stepsPerBlock }

    /// The step in which a moment of the block lies.
    func index(of milliseconds: Int) -> Int { (milliseconds - start) / resolution }
}

/// All series of one subject over a span of steps; it says everything by itself.
public struct HistoryBlock: Sendable, Equatable {
    /// Which one.
    public let key: BlockKey
    /// What was measured.
    public internal(set) var tracks: [SeriesName: Track]

    /// A block.
    public init(_ key: BlockKey, tracks: [SeriesName: Track] = [:]) {
        (self.key, self.tracks) = (key, tracks)
    }

    /// Steps that are there, of all series.
    public var count: Int { tracks.values.reduce(0) { $0 + $1.count } }

    /// Takes over what `other`, of the same key, knows better: steps of more levels, and those that are not here.
    mutating func merge(_ other: HistoryBlock) {
        for (name, theirs) in other.tracks {
            var track = tracks[name] ?? Track()
            for index in 0..<theirs.length {
                guard let step = theirs[index], step.count > track[index]?.count ?? 0 else { continue }
                track[index] = step
            }
            tracks[name] = track
        }
    }
}

extension Int {
    /// Rounded down, also below zero.
    func quotient(flooredBy divisor: Int) -> Int {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return quotient - (remainder < 0 ? 1 : 0)
    }
}
