import Events

/// The schema of a database beside this program's.
public struct SchemaStanding: Sendable {
    /// How the two compare.
    public enum State: String, Sendable {
        case current, older, newer, empty
    }

    /// Absent on an empty database.
    public var installed: Int?
    /// The version that this program works with.
    public var needed: Int

    /// `installed` is nil for an empty database.
    public init(installed: Int?, needed: Int) {
        self.installed = installed
        self.needed = needed
    }

    /// How the two compare.
    public var state: State {
        guard let installed else { return .empty }
        if installed == needed { return .current }
        return installed < needed ? .older : .newer
    }
}

extension SchemaStanding {
    /// What it means.
    public var finding: String {
        switch state {
        case .current: "the database has schema \(needed), which is this program's"
        case .older, .newer: "the database has schema \(installed ?? 0), this program needs \(needed)"
        case .empty: "the database is empty: its first use, or interlock schema apply, gives it schema \(needed)"
        }
    }

    /// What to do; nil when nothing is wrong.
    public var advice: String? {
        switch state {
        case .current, .empty: nil
        case .older: "run: interlock schema apply"
        case .newer: "use the version of interlock that wrote it, or a newer one"
        }
    }
}

/// What `config check` found: a configuration without mistakes.
public struct ConfigurationSummary: Sendable {
    /// Absent when there is none and the defaults hold.
    public var file: String?
    /// The names of the configured task types.
    public var tasks: [String]
    /// What is accepted but not acted upon yet, with its place.
    public var notices: [String]

    /// A configuration that was read whole; one with mistakes has no summary.
    public init(file: String?, tasks: [String], notices: [String]) {
        self.file = file
        self.tasks = tasks
        self.notices = notices
    }
}

/// One thing that the doctor looked at.
public struct HealthCheck: Sendable, Equatable {
    /// A stable word for scripts.
    public var name: String
    /// What was found, as a sentence without a full stop.
    public var finding: String
    /// False where the service would fail or lose something.
    public var isOK: Bool
    /// How to mend it.
    public var hint: String?

    /// A finding; one that is not OK should say how to mend it.
    public init(name: String, finding: String, isOK: Bool, hint: String? = nil) {
        self.name = name
        self.finding = finding
        self.isOK = isOK
        self.hint = hint
    }
}

/// What `schema status` and `schema apply` answer.
public func view(of schema: SchemaStanding, for viewer: Viewer) -> View {
    View(schema, schemaFields, for: viewer)
}

/// What `config check` answers.
public func view(of summary: ConfigurationSummary, for viewer: Viewer) -> View {
    View(summary, configurationFields, for: viewer)
}

/// What `doctor` answers.
public func view(of checks: [HealthCheck], for viewer: Viewer) -> View {
    View(rows: checks, checkFields, for: viewer)
}

extension SchemaStanding: Viewable {
    var about: Subject { .platform }
}

let schemaFields: [Field<SchemaStanding>] = [
    .administrators("installed") { schema, _ in .known(schema.installed) },
    .administrators("needed") { schema, _ in .integer(schema.needed) },
    .administrators("state") { schema, _ in .string(schema.state.rawValue) },
    .administrators("finding") { schema, _ in .string(schema.finding) },
    .administrators("advice") { schema, _ in .known(schema.advice) },
]

extension ConfigurationSummary: Viewable {
    var about: Subject { .platform }
}

let configurationFields: [Field<ConfigurationSummary>] = [
    .administrators("ok") { _, _ in .bool(true) },
    .administrators("file") { summary, _ in .known(summary.file) },
    .administrators("tasks") { summary, _ in .strings(summary.tasks) },
    .administrators("notices") { summary, _ in .strings(summary.notices) },
]

extension HealthCheck: Viewable {
    var about: Subject { .platform }
}

let checkFields: [Field<HealthCheck>] = [
    .administrators("name") { check, _ in .string(check.name) },
    .administrators("ok") { check, _ in .bool(check.isOK) },
    .administrators("finding") { check, _ in .string(check.finding) },
    .administrators("hint") { check, _ in .known(check.hint) },
]
