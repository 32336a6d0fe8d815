public import Events

/// A reaction, with how far it is.
public struct ReactionRow: Sendable {
    /// As the configuration, or the service itself, calls it.
    public let name: String
    /// The types of the events that it is about.
    public let on: [String]
    /// What it leads to: a task type, or in a few words what the service does.
    public let does: String
    /// False for what the service does by itself.
    public let isConfigured: Bool
    /// Everything up to here has been answered; absent where nobody has said so yet.
    public let position: Position?
    /// The head of the log less that.
    public let lag: Int?
    /// What failed.
    public let parked: [Reactions.Parked]

    /// A row from its parts.
    public init(
        name: String, on: [String], does: String, isConfigured: Bool, position: Position?, lag: Int?,
        parked: [Reactions.Parked]
    ) {
        self.name = name
        self.on = on
        self.does = does
        self.isConfigured = isConfigured
        self.position = position
        self.lag = lag
        self.parked = parked
    }
}

/// What `reaction list` answers.
public func view(of reactions: [ReactionRow], for viewer: Viewer) -> View {
    View(rows: reactions, reactionFields, for: viewer)
}

/// The events that a reaction looks at again.
public struct RetriedReaction: Sendable {
    /// The reaction, by its name.
    public let name: String
    /// At which it had failed; none where nothing was parked.
    public let positions: [Position]

    /// What a retry came to.
    public init(name: String, positions: [Position]) {
        self.name = name
        self.positions = positions
    }
}

/// What `reaction retry` answers.
public func view(of retried: RetriedReaction, for viewer: Viewer) -> View {
    View(retried, retriedFields, for: viewer)
}

extension ReactionRow: Viewable {
    var about: Subject { .platform }
}

let reactionFields: [Field<ReactionRow>] = [
    .administrators("reaction") { row, _ in .string(row.name) },
    .administrators("on") { row, _ in .strings(row.on) },
    .administrators("does") { row, _ in .string(row.does) },
    .administrators("configured") { row, _ in .bool(row.isConfigured) },
    .administrators("position") { row, _ in .known(row.position) },
    .administrators("lag") { row, _ in .known(row.lag) },
    .administrators("parked") { row, onlooker in
        show(row.parked, parkedFields, for: onlooker)
    },
]

extension Reactions.Parked: Viewable {
    var about: Subject { .whole }
}

let parkedFields: [Field<Reactions.Parked>] = [
    .administrators("position") { parked, _ in .integer(parked.position) },
    .administrators("at") { parked, _ in .known(parked.at) },
    .administrators("problem") { parked, _ in .string(parked.problem) },
]

extension RetriedReaction: Viewable {
    var about: Subject { .platform }
}

let retriedFields: [Field<RetriedReaction>] = [
    .administrators("reaction") { retried, _ in .string(retried.name) },
    .administrators("positions") { retried, _ in .array(retried.positions.map { .integer($0) }) },
]
