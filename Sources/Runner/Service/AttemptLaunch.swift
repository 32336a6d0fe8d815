internal import EventStore
internal import Events
internal import MySQL
internal import Projections
internal import System

/// What the shim is told to start: the configured command of the task's type, its environment and its limits.
struct AttemptLaunch {
    /// The task cannot be started: the configuration has no such type any more, or refuses its arguments now.
    struct Refusal: Error, CustomStringConvertible {
        var description: String
    }

    let task: TaskRecord
    let service: Service
    /// The task's own, which its processes' sessions are children of.
    let session: SessionID?
    /// The fencing token of its locks.
    let token: Position?
    /// The values of its secret arguments.
    private let secrets: [String: String]
    /// Looked at once: a reload in between must not mix the user of one with the command of another.
    private let type: TaskType?
    /// Whom its type says that it runs as.
    let user: TaskUser
    /// The database, where its type asks for it.
    private let database: Endpoint?

    /// What its environment tells of its app.
    private let variables: [(name: String, value: String)]

    init(_ task: TaskRecord, service: Service, variables: [(name: String, value: String)]) async throws {
        self.task = task
        self.variables = variables
        self.service = service
        (session, token) = try await service.site.log.inspect { platform, _ in
            let session = platform.locks.session(of: task.id)
            return (session?.id, session?.tokens.first)
        }
        secrets = try await Self.secrets(of: task, service)
        type = service.configuration.tasks[task.order.type]
        database = type?.database == true ? service.settings.taskDatabase : nil
        let name = type?.user
        guard let user = TaskUser(named: name, runner: service.site.site.user) else {
            throw Refusal(description: "the user '\(name ?? "")' of task type '\(task.order.type)' does not exist")
        }
        self.user = user
    }

    /// What is kept for the task in the database, opened with this host's key. Asked for only where there is something.
    private static func secrets(of task: TaskRecord, _ service: Service) async throws -> [String: String] {
        guard !task.order.secrets.isEmpty else { return [:] }
        let site = service.site
        let sealed = try await site.log.secrets(of: task.id)
        do {
            return try SecretKey.opened(sealed, names: task.order.secrets, keyPath: site.site.secretKeyPath)
        } catch {
            throw Refusal(description: "\(error)")
        }
    }

    /// Variables that the shim is given past all files: what is secret, and the database with its password.
    var secretVariables: Environment {
        var variables = secrets.sorted { $0.key < $1.key }.map {
            (name: TaskType.variable(ofSecret: $0.key), value: $0.value)
        }
        if let database { variables.append((name: "INTERLOCK_DATABASE", value: database.url)) }
        return Environment(variables)
    }

    /// The environment entries that together every process of the attempt has, and no other.
    static func marks(_ task: TaskID, _ attempt: Int) -> [String] {
        ["INTERLOCK_TASK=\(task)", "INTERLOCK_ATTEMPT=\(attempt)"]
    }

    /// The name of the attempt's cgroup, where the host gives it one.
    static func cgroup(_ task: TaskID, _ attempt: Int) -> String { "interlock-\(task).\(attempt)" }

    func spec() throws -> AttemptSpec {
        guard let type else {
            throw Refusal(description: "the configuration has no task type '\(task.order.type)'")
        }
        // It could come to stand in the command line.
        if let open = task.order.secrets.first(where: { type.arguments[$0]?.secret != true }) {
            throw Refusal(
                description: "argument '\(open)' was given as a secret, and the configuration does not call it one any "
                    + "more: start the task anew")
        }
        let resolved: ResolvedTask
        do {
            let arguments = task.order.arguments.merging(secrets) { _, secret in secret }
            resolved = try type.resolve(app: task.order.app, arguments: arguments)
        } catch {
            throw Refusal(description: "\(error)")
        }
        var spec = AttemptSpec(
            arguments: resolved.command.map { Array($0.utf8) }, environment: environment(of: type),
            directory: service.site.site.stateDirectory)
        spec.secretVariables = secretVariables.entries.count
        if case .made(let credentials) = user { spec.credentials = credentials }
        if let timeout = task.order.timeout { spec.timeoutMilliseconds = UInt64(max(0, timeout)) }
        if let grace = task.order.grace { spec.graceMilliseconds = UInt64(max(0, grace)) }
        spec.limits = ResourceLimits(type.limits)
        // Another user's shim may not make one below the runner's: its limits are those of setrlimit(2).
        if user.shimUserID == nil { spec.cgroup = Self.cgroup(task.id, task.attempt) }
        return spec
    }

    /// The runner's own, with the place of this program first: a task finds the `interlock` that runs it.
    private static func path(of service: Service) -> String {
        let place = service.shim.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        return "\(place):\(Environment.current["PATH"] ?? Launch.defaultPath)"
    }

    /// A task starts from a small environment of its own, not from the runner's.
    private func environment(of type: TaskType) -> Environment {
        let site = service.site
        var variables: [(name: String, value: String)] = [
            ("PATH", Self.path(of: service)), ("LANG", "C.UTF-8"),
            ("INTERLOCK_TASK", task.id.text), ("INTERLOCK_ATTEMPT", String(task.attempt)),
            ("INTERLOCK_STATE_DIR", site.site.stateDirectory),
        ]
        if let session { variables.append(("INTERLOCK_SESSION", session.text)) }
        if let token { variables.append(("INTERLOCK_TOKEN", String(token))) }
        if let app = task.order.app { variables.append(("INTERLOCK_APP", app)) }
        variables += self.variables
        return Environment(variables)
    }
}
