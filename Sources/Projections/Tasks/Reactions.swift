public import Events

/// Reactions that failed, each with the event that it did not get done with.
public struct Reactions: Sendable, Equatable {
    /// One reaction to one event.
    public struct Parked: Sendable, Equatable {
        /// Its name.
        public let reaction: String
        /// Of the event.
        public let position: Position
        /// Why it failed.
        public let problem: String
        /// The time of `reaction.parked`.
        public let at: Timestamp
    }

    private var parked: [String: [Parked]] = [:]

    /// Nothing is parked.
    init() {}

    /// What is parked of a reaction, in the order in which it was.
    public func parked(of reaction: String) -> [Parked] { parked[reaction] ?? [] }

    /// By reaction, then in the order in which they were parked.
    public var all: [Parked] { parked.sorted { $0.key < $1.key }.flatMap(\.value) }

    mutating func insert(_ one: Parked) { parked[one.reaction, default: []].append(one) }

    mutating func park(_ data: ReactionParked, at: Timestamp) {
        insert(Parked(reaction: data.reaction, position: data.position, problem: data.problem, at: at))
    }

    mutating func retry(_ data: ReactionRetried) {
        let retried = Set(data.positions)
        parked[data.reaction]?.removeAll { retried.contains($0.position) }
        if parked[data.reaction]?.isEmpty == true { parked[data.reaction] = nil }
    }
}

extension Reactions.Parked {
    func write(to writer: inout JSONWriter) {
        writer.field("at", at.microseconds)
        writer.field("position", position)
        writer.field("problem", problem)
        writer.field("reaction", reaction)
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        at = Timestamp(microseconds: try reader.int("at"))
        position = try reader.int("position")
        problem = try reader.string("problem")
        reaction = try reader.string("reaction")
    }
}
