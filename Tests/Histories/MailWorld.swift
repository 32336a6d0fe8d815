import Events
import Projections
import Seeds

/// Apps, users and a mail server that is renamed, with the runner that gives apps their values. What is outside the log (what
/// the server answers to, what an app was started with) is kept here by plain means, beside the platform.
struct MailWorld {
    static let names = ["a.x.y", "b.x.y", "c.x.y"]
    static let apps = ["blog", "chat", "docs", "wiki"]

    private(set) var platform = Platform()
    private(set) var replayed = Platform()
    private(set) var steps: [[Fact]] = []
    /// What each app runs with, where that is known: from its start with a task until it is stopped, or a task fails.
    private(set) var running: [String: AppMail?] = [:]
    /// How often an app was started anew with what it had already, though nobody had asked for it.
    private(set) var needless = 0
    private var count = 0

    var facts: [Fact] { steps.flatMap { $0 } }

    init() throws {
        try give(.addUser(UserAdded(user: "olga", role: .owner)))
        try register()
    }

    /// A refusal is an answer too; what does not fit the state is not.
    @discardableResult
    mutating func give(_ command: Platform.Command) throws -> Bool {
        count += 1
        let last = steps.last?.last
        var draft = Draft(after: last?.position ?? 0, at: Timestamp(microseconds: count * 1_000_000))
        do {
            _ = try platform.decide(command, into: &draft)
        } catch {
            guard error is Refusal, draft.facts.isEmpty else { throw error }
            return false
        }
        for fact in draft.facts { try replayed.evolve(fact) }
        if !draft.facts.isEmpty { steps.append(draft.facts) }
        for fact in draft.facts { note(fact.event) }
        return true
    }

    private mutating func note(_ event: Event) {
        switch event {
        case .appRegistered(let data): running[data.app] = platform.apps[data.app]?.applied
        case .appRemoved(let data): running[data.app] = nil
        case .appChanged(let data) where data.changes.isStopped != nil: running[data.app] = nil
        default: break
        }
    }

    private var runner: RunnerID? { platform.tasks.runner(on: "h1")?.id }

    mutating func register() throws {
        let id = RunnerID("r\(count)")
        let opening = SessionOpening(
            SessionOpened(
                session: SessionID("runner-\(count)"), host: "h1", user: "root",
                process: ProcessID(bootID: "b", pidNamespace: "n", pid: 1000 + count, startTicks: 1),
                program: "interlock",
                closesWhenIdle: true))
        let before = runner.flatMap { platform.tasks.runner($0)?.session }
        try give(
            .registerRunner(
                RunnerRegistration(
                    runner: id, host: "h1", holder: .opening(opening),
                    predecessor: before.map { SessionEnded(session: $0, cause: .provenDead, evidence: "killed") })))
    }

    /// One step of the runner's way through what there is to do, as far as chance lets it come.
    mutating func reconcile(_ random: inout Random, all: Bool = false) throws {
        guard let runner else { return }
        let plan = Reconciliation(platform)
        if all || random.chance(70) {
            try give(.mailServed(MailServed(names: platform.mail.names, certificate: "f"), by: runner))
        }
        for task in plan.needless where all || random.chance(80) { try give(.dropNeedless(task, by: runner)) }
        if let name = plan.committed { try give(.commitRename(name, by: runner)) }
        for app in plan.due where all || random.chance(80) { try queue(app, TaskRecord.reconfigurationKey(of: app)) }
        if plan.retires { try give(.retireNames(by: runner)) }
    }

    /// As the runner does it, or, with another key, a person.
    mutating func queue(_ app: String, _ key: String?) throws {
        let id = "t\(count)"
        guard let path = Platform.lockPath(of: app) else { return }
        try give(
            .queueTask(
                TaskQueued(
                    task: TaskID(id), type: "configure", app: app, locks: [Lock(path, .exclusive)], unique: key,
                    requestedBy: "runner"),
                TaskSession(session: SessionID("s-\(id)"), request: RequestID("q-\(id)"), host: "h1", user: "app")))
    }

    /// The first claimed task is started, or the first that runs comes to its end.
    mutating func work(_ random: inout Random, ending outcome: TaskFinished.Outcome) throws {
        guard let runner else { return }
        let tasks = platform.tasks.unfinished.filter { $0.phase != .queued }
        guard !tasks.isEmpty else { return }
        let task = tasks[random.below(tasks.count)]
        if task.start == nil {
            guard platform.isNeeded(task) else {
                return try finish(task, .notStarted, runner)
            }
            guard let session = platform.locks.session(of: task.id)?.id else { return }
            let wanted = task.order.app.flatMap { app in
                platform.apps[app].map { (app: app, mail: $0.wanted(platform.mail.name?.text)) }
            }
            if let wanted {
                try give(.beginReconfiguration(task.id, by: runner))
                let isSame = task.reconfigures != nil && running[wanted.app] == .some(wanted.mail)
                // From here on its file may say something else than it runs with.
                running[wanted.app] = nil
                // The runner was killed before it started anything.
                if random.chance(10) { return }
                if isSame { needless += 1 }
            }
            try give(
                .taskStarted(
                    TaskStarted(
                        task: task.id, attempt: 1, session: session,
                        process: ProcessID(bootID: "b", pidNamespace: "n", pid: 50_000 + count, startTicks: 1)),
                    by: runner))
            return
        }
        if outcome == .succeeded, let app = task.order.app, let record = platform.apps[app], !record.settings.isStopped,
            let giving = record.giving
        {
            running[app] = .some(giving.mailServer.map { AppMail(server: $0, from: giving.mailFrom ?? "") })
        }
        try finish(task, outcome, runner)
    }

    private mutating func finish(
        _ task: TaskRecord, _ outcome: TaskFinished.Outcome, _ runner: RunnerID
    ) throws {
        try give(
            .taskFinished(
                TaskFinished(task: task.id, attempt: task.attempt, outcome: outcome, evidence: "e"), by: runner))
    }
}

extension MailWorld {
    /// Anything that may happen, at random.
    mutating func step(_ random: inout Random) throws {
        let app = Self.apps[random.below(Self.apps.count)]
        switch random.below(23) {
        case 0...2:
            let name = Self.names[random.below(Self.names.count)]
            try give(.requestRename(name, by: "olga", dashboard: "my.x.y"))
        case 3:
            let settings = AppSettings(
                domain: random.chance(95) ? "\(app).x.y" : Self.names[0], requiresValidCertificate: random.chance(60),
                hasMail: random.chance(80), isStopped: random.chance(20))
            try give(.changeApps(registered: [AppRegistered(app: app, settings: settings)], changed: []))
        case 4...5:
            var changes = AppChanges()
            switch random.below(4) {
            case 0: changes.requiresValidCertificate = random.chance(50)
            case 1: changes.hasMail = random.chance(70)
            case 2: changes.mailFrom = ["", "one@x.y", "two@x.y"][random.below(3)]
            default: changes.isStopped = random.chance(50)
            }
            try give(.changeApps(registered: [], changed: [AppChanged(app: app, changes: changes)]))
        case 6: try remove(app)
        case 7: if platform.apps[app] != nil { try queue(app, nil) }
        case 8: try register()
        case 9:
            guard let wish = platform.mail.wish, random.chance(30) else { return }
            try give(.refuseRename(wish.name, problem: "its certificate ran out", by: runner))
        case 10:
            guard let runner else { return }
            let problem = random.chance(50) ? "it is down" : nil
            try give(.mailDelayed(MailDelayed(step: .resolver, problem: problem), by: runner))
        case 11...14: try reconcile(&random)
        case 15...17: try people(&random)
        default:
            let outcomes: [TaskFinished.Outcome] = [.succeeded, .succeeded, .succeeded, .failed, .lost, .crashed]
            try work(&random, ending: outcomes[random.below(outcomes.count)])
        }
    }

    private mutating func people(_ random: inout Random) throws {
        let name = ["olga", "ute", "vera"][random.below(3)]
        let role = Role.allCases[random.below(Role.allCases.count)]
        switch random.below(5) {
        case 0: try give(.addUser(UserAdded(user: name, role: role, email: random.chance(50) ? "\(name)@x.y" : nil)))
        case 1: try give(.setRole(name, role))
        case 2: try give(.setEmail(name, random.chance(50) ? "\(name)@x.z" : nil))
        case 3: try give(.removeUser(name))
        default:
            var changes = AppChanges()
            changes.operators = platform.users.all.map(\.name).filter { _ in random.chance(50) }
            let app = Self.apps[random.below(Self.apps.count)]
            try give(.changeApps(registered: [], changed: [AppChanged(app: app, changes: changes)]))
        }
    }

    private mutating func remove(_ app: String) throws {
        guard platform.apps[app] != nil, let path = Platform.lockPath(of: app) else { return }
        let session = "remover-\(count)"
        let opening = SessionOpening(
            SessionOpened(
                session: SessionID(session), host: "h1", user: "root",
                process: ProcessID(bootID: "b", pidNamespace: "n", pid: 90_000 + count, startTicks: 1),
                program: "interlock",
                closesWhenIdle: true))
        try give(
            .acquire(
                Acquisition(
                    holder: .opening(opening), request: RequestID("q-\(session)"), locks: [Lock(path, .exclusive)],
                    wait: false)))
        guard let grant = platform.locks.grants(of: SessionID(session)).first else { return }
        try give(.removeApp(app, token: grant.token))
    }

    /// Nobody does anything any more but the runner; false when it comes to no end.
    mutating func settle(_ random: inout Random) throws -> Bool {
        for _ in 0..<200 {
            let before = steps.count
            try reconcile(&random, all: true)
            try work(&random, ending: .succeeded)
            let plan = Reconciliation(platform)
            let isDone = plan.due.isEmpty && plan.needless.isEmpty && plan.committed == nil && !plan.retires
            if isDone, steps.count == before, platform.tasks.unfinished.isEmpty { return true }
        }
        return false
    }
}
