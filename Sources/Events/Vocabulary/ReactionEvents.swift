/// `reaction.parked`: a reaction to an event failed or was refused; it waits for somebody to retry it.
public struct ReactionParked: EventData {
    /// Its name.
    public var reaction: String
    /// Of the event that it did not get done with.
    public var position: Position
    /// Why, as a sentence.
    public var problem: String

    /// A failure as the runner saw it; nothing is checked.
    public init(reaction: String, position: Position, problem: String) {
        self.reaction = reaction
        self.position = position
        self.problem = problem
    }

    /// Throws where a field is missing: there is no optional one.
    public init(from reader: inout JSONReader) throws(JSONError) {
        position = try reader.int("position")
        problem = try reader.string("problem")
        reaction = try reader.string("reaction")
    }

    /// Ascending, always all fields.
    public func write(to writer: inout JSONWriter) {
        writer.field("position", position)
        writer.field("problem", problem)
        writer.field("reaction", reaction)
    }

    /// Without `problem`.
    public var redacted: Self {
        var rest = self
        rest.problem = Self.redactedText
        return rest
    }
}

/// `reaction.retried`: the reaction looks at those events again; what fails once more is parked once more.
public struct ReactionRetried: EventData {
    /// Its name.
    public var reaction: String
    /// A user's name.
    public var by: String
    /// Of the events that were parked.
    public var positions: [Position]

    /// A retry as the machine decided it; nothing is checked.
    public init(reaction: String, by: String, positions: [Position]) {
        self.reaction = reaction
        self.by = by
        self.positions = positions
    }

    /// Throws where `by` or `reaction` is missing.
    public init(from reader: inout JSONReader) throws(JSONError) {
        by = try reader.string("by")
        positions =
            try reader.find("positions") ? try reader.array { value throws(JSONError) in try value.intValue() } : []
        reaction = try reader.string("reaction")
    }

    /// Ascending, always all fields.
    public func write(to writer: inout JSONWriter) {
        writer.field("by", by)
        writer.key("positions")
        writer.array(positions) { $0.value($1) }
        writer.field("reaction", reaction)
    }

    /// Without `by`.
    public var redacted: Self {
        var rest = self
        rest.by = Self.redactedText
        return rest
    }
}
