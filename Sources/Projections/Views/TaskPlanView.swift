public import Events

/// What `task start --dry-run` would start.
public struct TaskPlan: Sendable {
    /// The words to be executed, arguments substituted; for administrators, as they may hold secrets.
    public let command: [String]
    /// What it would ask for, as one request.
    public let locks: [Lock]

    /// A plan; nothing of it is in the log.
    public init(command: [String], locks: [Lock]) {
        self.command = command
        self.locks = locks
    }
}

/// What `task start --dry-run` answers.
public func view(of plan: TaskPlan, for viewer: Viewer) -> View {
    View(plan, planFields, for: viewer)
}

/// A configured task type, as far as it is shown: its command is nobody's business but the configuration's.
public struct TaskTypeRow: Sendable {
    /// As orders name it.
    public let name: String
    /// The names of the arguments that it takes, sorted.
    public let arguments: [String]
    /// Paths as configured, placeholders unresolved.
    public let locks: [String]
    /// True when an order must name an app.
    public let needsApp: Bool

    /// A row of `task types`.
    public init(name: String, arguments: [String], locks: [String], needsApp: Bool) {
        self.name = name
        self.arguments = arguments
        self.locks = locks
        self.needsApp = needsApp
    }
}

/// What `task types` answers.
public func view(of types: [TaskTypeRow], for viewer: Viewer) -> View {
    View(rows: types, typeFields, for: viewer)
}

extension TaskPlan: Viewable {
    var about: Subject { .platform }
}

let planFields: [Field<TaskPlan>] = [
    .administrators("command") { plan, _ in .strings(plan.command) },
    .everyone("locks") { plan, _ in .locks(plan.locks) },
]

extension TaskTypeRow: Viewable {
    var about: Subject { .platform }
}

let typeFields: [Field<TaskTypeRow>] = [
    .everyone("type") { type, _ in .string(type.name) },
    .everyone("needsApp") { type, _ in .bool(type.needsApp) },
    .everyone("arguments") { type, _ in .strings(type.arguments) },
    .everyone("locks") { type, _ in .strings(type.locks) },
]
