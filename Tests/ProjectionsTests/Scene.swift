import Events
import Projections

/// A platform under test, spoken to in short words. Every transaction is also folded into a second platform, as a replay
/// would, and both must agree.
struct Scene {
    private(set) var platform = Platform()
    private(set) var replayed = Platform()
    private(set) var facts: [Fact] = []
    /// Microseconds; a second passes with each command.
    var now = 0
    private var pids = 100
    /// What people say: what a session is called, the program that it is, and what it asks for locks for.
    var label = "l"
    var program = "p"
    var reason = "because"
    /// By what people are told of what happens; nil where they are not.
    var rules: NoticeRules?

    @discardableResult
    mutating func give(_ command: Platform.Command) throws -> Platform.Reply {
        now += 1_000_000
        var draft = Draft(after: facts.last?.position ?? 0, at: Timestamp(microseconds: now))
        draft.subject = Platform.subject(of: command).flatMap(recorded)
        do {
            let reply = try platform.decide(rules.map { .telling(command, by: $0) } ?? command, into: &draft)
            for fact in draft.facts { try replayed.evolve(fact) }
            facts += draft.facts
            return reply
        } catch {
            guard draft.facts.isEmpty else { throw Torn(error: "\(error)", facts: draft.facts.count) }
            throw error
        }
    }

    /// A command that was refused after it had changed something.
    struct Torn: Error {
        var error: String
        var facts: Int
    }

    /// The types of the events that the last command appended, in order.
    func kinds(since mark: Int) -> [String] {
        facts[mark...].map(\.event.kind.rawValue)
    }

    mutating func open(_ name: String, under parent: String? = nil, closes: Bool = false, host: String = "h1") throws {
        try give(.openSession(opening(name, under: parent, closes: closes, host: host)))
    }

    mutating func opening(
        _ name: String, under parent: String? = nil, closes: Bool = false, host: String = "h1"
    ) -> SessionOpening {
        pids += 1
        return SessionOpening(
            SessionOpened(
                session: SessionID(name), parent: parent.map(SessionID.init), host: host, user: "root", label: label,
                process: process(pids), program: program, closesWhenIdle: closes))
    }

    func process(_ pid: Int) -> ProcessID {
        ProcessID(bootID: "b", pidNamespace: "n", pid: pid, startTicks: 1)
    }

    @discardableResult
    mutating func acquire(
        _ name: String, _ wanted: String..., as request: String? = nil, wait: Bool = true, deadline: Int? = nil
    ) throws -> Platform.Reply {
        try give(
            .acquire(
                Acquisition(
                    holder: .session(SessionID(name)), request: RequestID(request ?? "r\(facts.count)"),
                    locks: try wanted.map(lock), reason: reason,
                    deadline: deadline.map(Timestamp.init(microseconds:)), wait: wait)))
    }

    /// Opens `name` and asks for `wanted` in a command each; true when it was granted at once.
    mutating func takes(_ name: String, _ wanted: String, under parent: String? = nil) throws -> Bool {
        if platform.locks.session(SessionID(name)) == nil { try open(name, under: parent) }
        guard case .granted = try acquire(name, wanted) else { return false }
        return true
    }

    @discardableResult
    mutating func release(_ name: String, _ paths: String...) throws -> Platform.Reply {
        let token = platform.locks.grants(of: SessionID(name)).last?.token ?? -1
        return try give(.release(token: token, paths: paths.isEmpty ? nil : try paths.map(path)))
    }

    @discardableResult
    mutating func die(_ names: String...) throws -> Platform.Reply {
        try give(
            .endSessions(
                names.map { SessionEnded(session: SessionID($0), cause: .provenDead, evidence: "no such process") }))
    }

    func holds(_ name: String, _ text: String) -> Bool {
        platform.locks.grants(of: SessionID(name)).contains { $0.locks.contains { $0.path.text == text } }
    }

    func waits(_ name: String) -> Bool {
        !platform.locks.requests(of: SessionID(name)).isEmpty
    }

    @discardableResult
    mutating func queue(
        _ name: String, _ wanted: String..., app: String? = nil, unique: String? = nil, secrets: [String] = [],
        notBefore: Int? = nil,
        host: String = "h1"
    ) throws -> Platform.Reply {
        try give(
            .queueTask(
                TaskQueued(
                    task: TaskID(name), type: "backup", app: app, arguments: ["a": "b"], secrets: secrets,
                    locks: try wanted.map(lock), unique: unique,
                    notBefore: notBefore.map(Timestamp.init(microseconds:)), requestedBy: "me"),
                taskSession(name, host: host)))
    }

    func taskSession(_ name: String, host: String = "h1") -> TaskSession {
        TaskSession(session: SessionID("s-\(name)"), request: RequestID("r-\(name)"), host: host, user: "app")
    }

    @discardableResult
    mutating func register(
        _ name: String, host: String = "h1", afterDeathOf dead: String? = nil
    ) throws -> Platform.Reply {
        let opening = opening("s-\(name)", closes: true, host: host)
        return try give(
            .registerRunner(
                RunnerRegistration(
                    runner: RunnerID(name), host: host, holder: .opening(opening),
                    predecessor: dead.map {
                        SessionEnded(session: SessionID("s-\($0)"), cause: .provenDead, evidence: "no such process")
                    })))
    }

    @discardableResult
    mutating func start(_ name: String, by runner: String) throws -> Platform.Reply {
        pids += 1
        return try give(
            .taskStarted(
                TaskStarted(
                    task: TaskID(name), attempt: 1, session: SessionID("s-\(name)"), process: process(pids)),
                by: RunnerID(runner)))
    }

    @discardableResult
    mutating func finish(
        _ name: String, _ outcome: TaskFinished.Outcome = .succeeded, by runner: String
    ) throws -> Platform.Reply {
        try give(
            .taskFinished(
                TaskFinished(task: TaskID(name), attempt: 1, outcome: outcome, evidence: "exit record"),
                by: RunnerID(runner)))
    }

    /// The event at a position as a log without redactions gives it.
    func recorded(_ position: Position) -> RecordedEvent? {
        guard let index = facts.firstIndex(where: { $0.position == position }) else { return nil }
        var recorder = Recorder(after: Head(position: position - 1, hash: RecordedEvent.genesis))
        let submission = Submission(id: CommandID("c"), command: (), actor: "u", host: "h1")
        recorder.record(facts[index...index], of: submission) { _ in 1 }
        return recorder.events.first
    }

    /// The position of the last event of a kind.
    func last(_ kind: Event.Kind) throws -> Position {
        struct None: Error { var kind: Event.Kind }
        guard let fact = facts.last(where: { $0.event.kind == kind }) else { throw None(kind: kind) }
        return fact.position
    }

    func phase(_ name: String) -> TaskRecord.Phase? { platform.tasks.task(TaskID(name))?.phase }
}

/// `x:/a` asks for an exclusive lock, `s:/a` for a shared one.
func lock(_ text: String) throws -> Lock {
    let mode: LockMode = text.hasPrefix("s:") ? .shared : text.hasPrefix("t:") ? .slot : .exclusive
    return Lock(try path(String(text.dropFirst(text.dropFirst().first == ":" ? 2 : 0))), mode)
}

func path(_ text: String) throws -> LockPath {
    struct NoPath: Error {}
    guard let path = LockPath(text) else { throw NoPath() }
    return path
}
