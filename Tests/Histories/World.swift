import Events
import Projections
import Seeds

/// The machine and the model side by side.
struct World {
    private(set) var platform = Platform()
    private(set) var replayed = Platform()
    private(set) var model = Model()
    /// The events of each command that appended some.
    private(set) var steps: [[Fact]] = []
    private(set) var facts: [Fact] = []
    /// How often each number was borne.
    private var incarnations: [String: Int] = [:]
    private var made = 0
    private var clock = 0
    /// What was ordered, as the log has it, and which attempt was the last: for tasks that are over.
    private var orders: [String: TaskQueued] = [:]
    private var attempts: [String: Int] = [:]
    /// By what people are told of what happens; nil where they are not.
    private let rules: NoticeRules?

    init(telling rules: NoticeRules? = nil) {
        self.rules = rules
        let slots = Action.slots.compactMap(LockPath.init).map { ($0, 2) }
        _ = try? submit(.configureSlots(Dictionary(uniqueKeysWithValues: slots), onlyMissing: true))
    }

    /// Does one thing, and checks everything that is always true.
    mutating func step(_ action: Action) throws {
        guard let command = command(for: action) else { return }
        let before = model
        let reply = try submit(command)
        if let reply { try checkDeadlock(reply, of: command, before) }
        try reconsider()
        if let session = model.stuck.first { throw Violation("\(model.sessions[session].id) waits for ever") }
        if facts.count % 12 == 0 { try restore() }
    }

    /// A dump of this world is taken over where another went on with it up to `highest`. Of the sessions and attempts some are
    /// found dead, as `random` has it.
    mutating func adopt(above highest: Position, _ random: inout Random) throws {
        var restoration = Restoration(previousHead: facts.last?.position ?? 0, highest: highest, by: "u")
        let sessions = platform.locks.sessions().sorted { $0.position < $1.position }
        for session in sessions where session.task.flatMap(platform.tasks.task) == nil && random.chance(50) {
            restoration.ends.append(SessionEnded(session: session.id, cause: .restored, evidence: "e"))
        }
        let outcomes: [TaskFinished.Outcome] = [.lost, .notStarted, .succeeded, .failed]
        for task in platform.tasks.unfinished where task.phase != .queued && random.chance(50) {
            restoration.attempts.append(
                TaskFinished(
                    task: task.id, attempt: task.attempt, outcome: outcomes[random.below(outcomes.count)], evidence: "e"
                ))
        }
        guard case .adopted(let position)? = try submit(.adopt(restoration)), position == highest + LogRestored.jump
        else {
            throw Violation("a restored log is not taken over")
        }
        try reconsider()
        try restore()
        for end in restoration.ends where platform.locks.session(end.session) != nil {
            throw Violation("a session that is not alive lives on")
        }
        for end in restoration.attempts where platform.tasks.task(end.task)?.attempt == end.attempt {
            throw Violation("an attempt that is over goes on")
        }
    }

    @discardableResult
    private mutating func submit(_ command: Platform.Command) throws -> Platform.Reply? {
        clock += 1000
        var draft = Draft(after: facts.last?.position ?? 0, at: Timestamp(microseconds: clock))
        var reply: Platform.Reply?
        do {
            reply = try platform.decide(rules.map { .telling(command, by: $0) } ?? command, into: &draft)
        } catch {
            guard error is Refusal else { throw Violation("decide broke down: \(error)") }
            guard draft.facts.isEmpty else { throw Violation("refused after events were drafted: \(error)") }
        }
        switch reply {
        case .busy where !draft.facts.isEmpty: throw Violation("busy appends something")
        case .deadlock(let parties):
            guard draft.facts.isEmpty else { throw Violation("a deadlock that is not certain appends something") }
            // All live, here; in the first asking nobody knew.
            return try submit(command.knowing(Set(parties)))
        default: break
        }
        guard !draft.facts.isEmpty else { return reply }
        facts += draft.facts
        steps.append(draft.facts)
        for fact in draft.facts {
            if case .taskQueued(let data) = fact.event { orders[data.task.text] = data }
            if case .taskFinished(let data) = fact.event { attempts[data.task.text] = data.attempt }
        }
        for fact in draft.facts {
            do { try replayed.evolve(fact) } catch { throw Violation("replay broke down: \(error)") }
        }
        try model.follow(draft.facts)
        try compare()
        return reply
    }

    /// Refused is what would wait for ever, and nothing else.
    private func checkDeadlock(
        _ reply: Platform.Reply, of command: Platform.Command, _ before: Model
    ) throws(Violation) {
        switch reply {
        case .refused(let refused, _):
            guard let isStuck = try Wish(refused, of: command, steps.last ?? []).isStuck(in: before) else { return }
            guard isStuck else { throw Violation("refused, though some order of endings lets everybody through") }
            guard !refused.cycle.isEmpty else { throw Violation("a deadlock of nobody") }
        case .queued(let session): try checkPasses(session)
        case .awaiting(let session): try checkPasses(session)
        case .task, .existing:
            guard case .queueTask(_, _, let awaiting?) = command, case .session(let session) = awaiting.holder else {
                return
            }
            try checkPasses(session)
        default: break
        }
    }

    private func checkPasses(_ session: SessionID) throws(Violation) {
        guard let index = model.index(session.text) else { return }
        if let passes = EveryOrder.letsThrough(index, in: model), !passes {
            throw Violation("accepted, though no order of endings lets it through")
        }
    }

    /// What those who wait do from time to time: slots may have become fewer, a slot's owner may have died.
    private mutating func reconsider() throws {
        for request in platform.locks.queue.reversed()
        where platform.locks.session(request.session)?.process != nil {
            try submit(.reconsider(request.id, alive: []))
        }
        for session in platform.locks.sessions() {
            for wait in session.awaits {
                try submit(.awaitTask(wait.task, Awaiting(holder: .session(session.id))))
            }
        }
    }

    private mutating func fresh(_ prefix: String, _ number: Int) -> String {
        incarnations["\(prefix)\(number)", default: 0] += 1
        return "\(prefix)\(number).\(incarnations["\(prefix)\(number)"] ?? 0)"
    }

    private func current(_ prefix: String, _ number: Int) -> String {
        "\(prefix)\(number).\(incarnations["\(prefix)\(number)"] ?? 0)"
    }

    private mutating func request() -> RequestID {
        made += 1
        return RequestID("r\(made)")
    }

    private func locks(_ wants: [Action.Want]) -> [Lock] {
        wants.compactMap { want in
            LockPath(want.path).map { Lock($0, LockMode(rawValue: want.mode.rawValue) ?? .exclusive) }
        }
    }

    private mutating func opening(
        _ number: Int, _ parent: Action.Parent, host: Int, closes: Bool
    ) -> SessionOpening? {
        guard platform.locks.session(SessionID(current("s", number))) == nil else { return nil }
        let above: String? =
            switch parent {
            case .nobody: nil
            case .session(let other): current("s", other)
            case .task(let task): taskSession(current("t", task)).text
            }
        made += 1
        // What the process found in its environment, and the recorded line above it.
        let line = above.map { above in
            var line: [SessionID] = []
            var next = model.session(above)?.parent
            while let number = next {
                line.append(SessionID(model.sessions[number].id))
                next = model.sessions[number].parent
            }
            return line
        }
        return SessionOpening(
            SessionOpened(
                session: SessionID(fresh("s", number)), parent: above.map(SessionID.init), host: "h\(host)",
                user: "u", label: "l", process: ProcessID(bootID: "b", pidNamespace: "n", pid: made, startTicks: made),
                closesWhenIdle: closes), ancestors: line ?? [])
    }

    private func runner(on host: String) -> RunnerID {
        platform.tasks.runner(on: host)?.id ?? RunnerID("nobody")
    }

    private func runner(of task: Int) -> RunnerID {
        runner(on: platform.tasks.task(TaskID(current("t", task)))?.host ?? "h0")
    }

    private mutating func command(for action: Action) -> Platform.Command? {
        switch action {
        case .open(let number, let parent, let host):
            return opening(number, parent, host: host, closes: false).map { .openSession($0) }
        case .die(let numbers):
            return .endSessions(
                numbers.map {
                    SessionEnded(session: SessionID(current("s", $0)), cause: .provenDead, evidence: "e")
                })
        case .acquire(let number, let wants, let wait):
            return .acquire(
                Acquisition(
                    holder: .session(SessionID(current("s", number))), request: request(), locks: locks(wants),
                    reason: "why", wait: wait))
        case .openAndAcquire(let number, let parent, let wants, let wait):
            guard let opening = opening(number, parent, host: 0, closes: true) else { return nil }
            return .acquire(
                Acquisition(
                    holder: .opening(opening), request: request(), locks: locks(wants), reason: "why", wait: wait))
        case .release(let number, let index, let path):
            let grants = platform.locks.grants(of: SessionID(current("s", number)))
            guard !grants.isEmpty else { return .release(token: clock) }
            let grant = grants[index % grants.count]
            return .release(
                token: grant.token, paths: path.map { [grant.locks[$0 % grant.locks.count].path] })
        case .withdraw(let number):
            let requests = platform.locks.requests(of: SessionID(current("s", number)))
            return .withdraw(requests.first?.id ?? RequestID("none"), cause: .cancelled)
        case .downgrade(let number, let index, let path):
            return lock(number, index, path).map { .downgrade(token: $0, path: $1) }
        case .breakGrant(let number, let index, let path):
            return lock(number, index, path).map { .breakGrant(token: $0, path: $1, by: "u", reason: "why") }
        case .configure(let slots, let capacity):
            return LockPath(Action.slots[slots]).map { .configureSlots([$0: capacity], onlyMissing: false) }
        default: return taskCommand(for: action)
        }
    }

    private mutating func taskCommand(for action: Action) -> Platform.Command? {
        switch action {
        case .queue(let number, let wants, let host, let unique, let delay):
            return queue(number, wants, host, unique, delay)
        case .retry(let number):
            let name = current("t", number)
            return orders[name].map { .retryTask($0, attempt: attempt(name) + 1, by: "u") }
        case .due(let number, let host):
            return .taskDue(TaskID(current("t", number)), place(current("t", number), host))
        case .register(let host, let takeover):
            let old = platform.tasks.runner(on: "h\(host)")
            made += 1
            let session = SessionOpened(
                session: SessionID("runner\(made)"), host: "h\(host)", user: "u",
                process: ProcessID(bootID: "b", pidNamespace: "n", pid: made, startTicks: made),
                closesWhenIdle: true)
            return .registerRunner(
                RunnerRegistration(
                    runner: RunnerID("runner\(made)"), host: "h\(host)", holder: .opening(SessionOpening(session)),
                    predecessor: takeover
                        ? old.map { SessionEnded(session: $0.session, cause: .provenDead, evidence: "e") } : nil))
        case .retire(let host): return .retireRunner(runner(on: "h\(host)"), cause: .stopped)
        case .start(let number):
            made += 1
            return .taskStarted(
                TaskStarted(
                    task: TaskID(current("t", number)), attempt: attempt(current("t", number)),
                    session: taskSession(current("t", number)),
                    process: ProcessID(bootID: "b", pidNamespace: "n", pid: made, startTicks: made)),
                by: runner(of: number))
        case .progress(let number):
            return .taskProgressed(
                TaskProgressed(
                    task: TaskID(current("t", number)), attempt: attempt(current("t", number)), percent: 50,
                    message: "m"))
        case .stop(let number): return .stopTask(TaskID(current("t", number)), by: "u", reason: "why")
        case .finish(let number):
            return .taskFinished(
                TaskFinished(
                    task: TaskID(current("t", number)), attempt: attempt(current("t", number)),
                    outcome: number % 2 == 0 ? .succeeded : .failed, evidence: "e"),
                by: runner(of: number), jitter: clock / 1000 % 1001)
        case .await(let number, let session):
            return .awaitTask(
                TaskID(current("t", number)), Awaiting(holder: .session(SessionID(current("s", session)))))
        case .openAndAwait(let number, let task, let parent):
            return opening(number, parent, host: 0, closes: true).map {
                .awaitTask(TaskID(current("t", task)), Awaiting(holder: .opening($0)))
            }
        case .endWait(let number, let session):
            return .endWait(TaskID(current("t", number)), by: SessionID(current("s", session)))
        case .run(let number, let wants, let host, let session):
            guard platform.tasks.task(TaskID(current("t", number))) == nil else { return nil }
            let name = fresh("t", number)
            return .queueTask(
                TaskQueued(task: TaskID(name), type: "t", locks: locks(wants), requestedBy: "u"), place(name, host),
                awaitedBy: Awaiting(holder: .session(SessionID(current("s", session)))))
        case .acquireAsTask(let number, let wants):
            return .acquire(
                Acquisition(
                    holder: .session(taskSession(current("t", number))), request: request(),
                    locks: locks(wants), reason: "why", wait: true))
        case .restore(let number):
            return .endSessions([
                SessionEnded(session: taskSession(current("t", number)), cause: .restored, evidence: "e")
            ])
        default: return nil
        }
    }

    private mutating func queue(
        _ number: Int, _ wants: [Action.Want], _ host: Int, _ unique: Int?, _ delay: Int
    ) -> Platform.Command? {
        guard platform.tasks.task(TaskID(current("t", number))) == nil else { return nil }
        let name = fresh("t", number)
        // Every other one is tried again.
        let isRetried = number % 2 == 1
        let order = TaskQueued(
            task: TaskID(name), type: "t", arguments: ["a": "b"], locks: locks(wants), unique: unique.map { "k\($0)" },
            notBefore: delay == 0 ? nil : Timestamp(microseconds: clock + delay * 1000),
            retries: isRetried ? 2 : nil, backoff: isRetried ? 2 : nil, requestedBy: "u")
        return .queueTask(order, place(name, host))
    }

    private func lock(_ session: Int, _ grant: Int, _ path: Int) -> (Position, LockPath)? {
        let grants = platform.locks.grants(of: SessionID(current("s", session)))
        guard !grants.isEmpty else { return nil }
        let chosen = grants[grant % grants.count]
        return (chosen.token, chosen.locks[path % chosen.locks.count].path)
    }

    private func place(_ task: String, _ host: Int) -> TaskSession {
        TaskSession(
            session: taskSession(task), request: RequestID("r-\(task)\(suffix(task))"), host: "h\(host)", user: "u")
    }

    private func attempt(_ task: String) -> Int {
        platform.tasks.task(TaskID(task))?.attempt ?? attempts[task] ?? 1
    }

    /// Each attempt is a session of its own.
    private func taskSession(_ task: String) -> SessionID { SessionID("s-\(task)\(suffix(task))") }

    private func suffix(_ task: String) -> String { attempt(task) > 1 ? "#\(attempt(task))" : "" }
}

extension World {
    /// A replay, and a start from the stored projections, are as good as having been there.
    private mutating func restore() throws(Violation) {
        var stored: [String: [UInt8]] = [:]
        for name in Platform.projectionNames {
            stored[name] = platform.encodeProjection(name)
            guard stored[name] == replayed.encodeProjection(name) else {
                throw Violation("replay gives another projection of \(name)")
            }
        }
        do {
            let restored = try Platform(projections: stored)
            for name in Platform.projectionNames where restored.encodeProjection(name) != stored[name] {
                throw Violation("\(name) is not stored as it is")
            }
            platform = restored
        } catch {
            throw Violation("stored projections cannot be read: \(error)")
        }
    }
}
