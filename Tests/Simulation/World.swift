import Events
import Projections

/// The machine and the model side by side.
struct World {
    private(set) var platform = Platform()
    private(set) var replayed = Platform()
    private(set) var model = Model()
    private(set) var facts: [Fact] = []
    /// How often each number was borne.
    private var incarnations: [String: Int] = [:]
    private var made = 0
    private var clock = 0

    /// Does one thing, and checks everything that is always true.
    mutating func step(_ action: Action) throws {
        guard let command = command(for: action) else { return }
        clock += 1000
        var draft = Draft(after: facts.last?.position ?? 0, at: Timestamp(microseconds: clock))
        var reply: Platform.Reply?
        do {
            reply = try platform.decide(command, into: &draft)
        } catch {
            guard error is Refusal else { throw Violation("decide broke down: \(error)") }
            guard draft.facts.isEmpty else { throw Violation("refused after events were drafted: \(error)") }
        }
        if case .busy = reply, !draft.facts.isEmpty { throw Violation("busy appends something") }
        guard !draft.facts.isEmpty else { return }
        facts += draft.facts
        for fact in draft.facts {
            do { try replayed.evolve(fact) } catch { throw Violation("replay broke down: \(error)") }
        }
        try model.follow(draft.facts)
        try compare()
        if facts.count % 12 == 0 { try restore() }
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
        wants.compactMap { want in LockPath(want.path).map { Lock($0, want.shared ? .shared : .exclusive) } }
    }

    private mutating func opening(
        _ number: Int, _ parent: Action.Parent, host: Int, closes: Bool
    ) -> SessionOpening? {
        guard platform.locks.session(SessionID(current("s", number))) == nil else { return nil }
        let above: String? =
            switch parent {
            case .nobody: nil
            case .session(let other): current("s", other)
            case .task(let task): "s-" + current("t", task)
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
                user: "u", process: ProcessID(bootID: "b", pidNamespace: "n", pid: made, startTicks: made),
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
                    wait: wait))
        case .openAndAcquire(let number, let parent, let wants, let wait):
            guard let opening = opening(number, parent, host: 0, closes: true) else { return nil }
            return .acquire(
                Acquisition(holder: .opening(opening), request: request(), locks: locks(wants), wait: wait))
        case .release(let number, let index, let path):
            let grants = platform.locks.grants(of: SessionID(current("s", number)))
            guard !grants.isEmpty else { return .release(token: clock) }
            let grant = grants[index % grants.count]
            return .release(
                token: grant.token, paths: path.map { [grant.locks[$0 % grant.locks.count].path] })
        case .withdraw(let number):
            let requests = platform.locks.requests(of: SessionID(current("s", number)))
            return .withdraw(requests.first?.id ?? RequestID("none"), cause: .cancelled)
        default: return taskCommand(for: action)
        }
    }

    private mutating func taskCommand(for action: Action) -> Platform.Command? {
        switch action {
        case .queue(let number, let wants, let host, let unique, let delay):
            guard platform.tasks.task(TaskID(current("t", number))) == nil else { return nil }
            let name = fresh("t", number)
            return .queueTask(
                TaskQueued(
                    task: TaskID(name), type: "t", locks: locks(wants), unique: unique.map { "k\($0)" },
                    notBefore: delay == 0 ? nil : Timestamp(microseconds: clock + delay * 1000), requestedBy: "u"),
                place(name, host))
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
                    task: TaskID(current("t", number)), attempt: 1, session: SessionID("s-" + current("t", number)),
                    process: ProcessID(bootID: "b", pidNamespace: "n", pid: made, startTicks: made)),
                by: runner(of: number))
        case .progress(let number):
            return .taskProgressed(TaskProgressed(task: TaskID(current("t", number)), attempt: 1, percent: 50))
        case .stop(let number): return .stopTask(TaskID(current("t", number)), by: "u")
        case .finish(let number):
            return .taskFinished(
                TaskFinished(task: TaskID(current("t", number)), attempt: 1, outcome: .succeeded, evidence: "e"),
                by: runner(of: number))
        case .acquireAsTask(let number, let wants):
            return .acquire(
                Acquisition(
                    holder: .session(SessionID("s-" + current("t", number))), request: request(),
                    locks: locks(wants), wait: true))
        case .restore(let number):
            return .endSessions([
                SessionEnded(session: SessionID("s-" + current("t", number)), cause: .restored, evidence: "e")
            ])
        default: return nil
        }
    }

    private func place(_ task: String, _ host: Int) -> TaskSession {
        TaskSession(session: SessionID("s-" + task), request: RequestID("r-" + task), host: "h\(host)", user: "u")
    }
}

extension World {
    /// The machine's answers are the model's.
    private func compare() throws(Violation) {
        let held = Set(
            platform.locks.standing.flatMap { grant in
                grant.locks.map { "\(grant.token) \(grant.session) \($0.path) \($0.mode == .shared)" }
            })
        let modelled = Set(
            model.held.map {
                "\($0.token) \(model.sessions[$0.session].id) \(model.paths[$0.lock.path]) \($0.lock.shared)"
            })
        guard held == modelled else {
            throw Violation("the machine holds other locks than the model")
        }
        guard platform.locks.queue.map(\.id.text) == model.queue.map(\.request) else {
            throw Violation("the machine's queue is not the model's")
        }
        guard Set(platform.locks.sessions().map(\.id.text)) == Set(model.sessions.filter(\.living).map(\.id)) else {
            throw Violation("other sessions live than in the model")
        }
        let phases = Set(platform.tasks.unfinished.map { "\($0.id) \($0.phase)" })
        guard phases == Set(model.tasks.filter { $0.ends == 0 }.map { "\($0.id) \($0.state)" }) else {
            throw Violation("the tasks are not as far as in the model")
        }
        let picture = Picture(model)
        for (number, request) in platform.locks.queue.enumerated() {
            let blockers = platform.locks.blockers(of: request)
            let holders = Set(blockers.filter { $0.kind == .held }.map(\.position))
            let earlier = Set(blockers.filter { $0.kind == .queued }.map(\.position))
            guard holders == Set(picture.holders[number]),
                earlier == Set(picture.precedents(number).map { model.queue[$0].position })
            else { throw Violation("\(request.id) waits for others than in the model") }
        }
    }

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
