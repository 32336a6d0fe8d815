internal import Certificates
internal import EventStore
internal import Events
internal import Logging
internal import Network
internal import Projections
internal import System

/// What is done for the mail server, in this order, each when the one before is done: its certificate covers the names, the host's
/// resolver answers to them, its own task has told it of them, and it was seen to serve them.
struct MailServerSteps {
    let service: Service
    let runner: RunnerID
    private var driver: (settings: MailSettings, resolver: ResolverDriver)?
    /// All names that were answered in the pass before; what is gone since must not be answered.
    private var answered: Set<HostName> = []
    private var task: ServerTask?
    /// What the reload command was run for last, and whether it was in vain.
    private var reloaded: Serving?
    private var isStale = false
    /// When the server was last seen to serve this.
    private var seen: (serving: Serving, settings: MailSettings, at: MonotonicTime)?

    /// How a look ended.
    enum Standing {
        case served
        /// Its task is under way: its end is heard of.
        case waiting
        /// A step is not done; to look again at once would be in vain.
        case failed
    }

    /// What the server is to serve.
    private struct Serving: Equatable {
        var names: [String]
        var certificate: String
    }

    /// The task that tells the server its names.
    private struct ServerTask {
        let id: TaskID
        let names: [String]
        var isDone = false
    }

    /// A server that is served well is looked at again after this long.
    static let probeInterval = Duration.seconds(60)
    /// A server may take this long to take up what it was told.
    static let settling = Duration.seconds(5)
    static let settlingPause = Duration.milliseconds(100)
    static let maximumProbe = Duration.seconds(5)

    init(service: Service, runner: RunnerID) {
        self.service = service
        self.runner = runner
    }

    /// Whether the server serves all names that it can; a wish that cannot come true is refused.
    mutating func look(_ mail: Mail, _ settings: MailSettings) async throws -> Standing {
        let names = mail.names.compactMap { HostName(canonical: $0) }
        guard !names.isEmpty else { return .served }
        guard let identity = try await identity(mail, settings) else { return .failed }
        let covered = names.filter { identity.certificate.covers($0) }
        let serving = Serving(names: covered.map(\.text), certificate: "\(identity.certificate.fingerprint)")
        if let seen, seen.serving == serving, seen.settings == settings,
            seen.at.advanced(by: Self.probeInterval) > .now, Set(names) == answered
        {
            return .served
        }
        guard try await resolve(Set(names), mail, settings) else { return .failed }
        RunnerStep.nameResolved.reached()
        // What was told, and not seen to be served, by this runner or one before it: nobody knows what the server has.
        let isOpen = mail.problems[.server] != nil
        let isToldOtherwise = task.map { $0.names != serving.names } ?? isOpen
        if mail.served?.names != serving.names || isToldOtherwise {
            let standing = try await tell(serving.names, mail, settings)
            guard standing == .served else { return standing }
            RunnerStep.serverTold.reached()
        }
        let isNew = mail.served?.names != serving.names || mail.served?.certificate != serving.certificate
        if isNew || isOpen || isStale || seen.map({ $0.serving != serving }) ?? false {
            guard try await reload(serving, mail, settings) else { return .failed }
        }
        isStale = try await !probe(covered, identity.certificate, mail, settings)
        guard !isStale else {
            // It is told anew with the next look.
            reloaded = nil
            return .failed
        }
        try await report(.server, nil, mail)
        let site = service.site
        let served = MailServed(names: serving.names, certificate: serving.certificate)
        _ = try await site.submit(.mailServed(served, by: runner), as: "runner")
        RunnerStep.nameServed.reached()
        seen = (serving, settings, .now)
        return .served
    }

    /// The server's certificate; nil, and a problem, where it cannot be used. A name that is only wished for is refused where it is
    /// good and does not cover that; one that is good for no name, such as one half of a renewal, holds the wish up.
    private func identity(_ mail: Mail, _ settings: MailSettings) async throws -> ServerIdentity? {
        let now = Timestamp(microseconds: Int(WallTime.now.microseconds))
        let (identity, problem) = CertificateFiles(settings).identity(for: mail.wish?.name ?? mail.name?.text, at: now)
        if let wish = mail.wish, let problem, let identity, identity.problem(at: now) == nil {
            _ = try await service.site.submit(.refuseRename(wish.name, problem: problem, by: runner), as: "runner")
            service.logger.warning("the mail server cannot be called \(wish.name): \(problem)")
            return nil
        }
        let open = mail.names.filter { $0 != mail.wish?.name }.compactMap { HostName(canonical: $0) }
            .first { identity?.certificate.covers($0) == false }
        try await report(
            .certificate,
            problem ?? open.map { "the certificate does not cover \($0), by which apps know the server still" },
            mail)
        return problem == nil ? identity : nil
    }

    private mutating func resolve(_ names: Set<HostName>, _ mail: Mail, _ settings: MailSettings) async throws -> Bool {
        guard let resolver = settings.resolver else {
            answered = names
            return true
        }
        if driver?.settings != settings {
            driver = (settings, ResolverDriver(resolver, address: settings.internalAddress))
        }
        let problem = await driver?.resolver.apply(names, retired: answered.subtracting(names))
        try await report(.resolver, problem.map { "\($0)" }, mail)
        guard problem == nil else { return false }
        answered = names
        return true
    }

    /// The server's own task is run once for each set of names. The log says so before, and until they were seen to be served:
    /// who dies meanwhile leaves it to the next to tell the server anew.
    private mutating func tell(_ names: [String], _ mail: Mail, _ settings: MailSettings) async throws -> Standing {
        guard let typeName = settings.serverTask, let type = service.configuration.tasks[typeName] else {
            return .served
        }
        let site = service.site
        if let task, task.names == names {
            if task.isDone { return .served }
            guard let end = try await site.status(of: task.id)?.record.end else { return .waiting }
            self.task?.isDone = end.outcome == .succeeded
            guard end.outcome == .succeeded else {
                self.task = nil
                try await report(.server, "its task \(end.outcome.rawValue): \(end.evidence)", mail)
                return .failed
            }
            return .served
        }
        try await report(.server, "it is being told that it is called \(names.joined(separator: ", "))", mail)
        let values = ["name": mail.wish?.name ?? mail.name?.text ?? "", "names": names.joined(separator: ",")]
        do {
            let started = try await site.start(
                type, app: nil, arguments: values.filter { type.arguments[$0.key] != nil },
                unique: TaskRecord.serverKey,
                slots: service.configuration.capacities, origin: TaskOrigin(actor: "runner"))
            // One that an earlier runner queued may be for other names: its end is waited for, then ours is run.
            if !started.isExisting { task = ServerTask(id: started.task, names: names) }
            RunnerStep.serverAsked.reached()
            return .waiting
        } catch {
            guard error is TaskRefusal || error is Refusal else { throw error }
            try await report(.server, "\(error)", mail)
            return .failed
        }
    }

    private mutating func reload(_ serving: Serving, _ mail: Mail, _ settings: MailSettings) async throws -> Bool {
        guard reloaded != serving, !settings.reload.isEmpty else { return true }
        if let problem = await ReloadCommand(words: settings.reload).problem() {
            try Task.checkCancellation()
            try await report(.server, "the reload command failed: \(problem)", mail)
            return false
        }
        reloaded = serving
        return true
    }

    /// As an app would: at the address that the names have, by TLS, with the chain and the name verified.
    private func probe(
        _ names: [HostName], _ certificate: Certificate, _ mail: Mail, _ settings: MailSettings
    ) async throws -> Bool {
        let deadline = MonotonicTime.now.advanced(by: Self.settling)
        while true {
            var problem: String?
            for name in names {
                problem = await ServerProbe(settings).problem(of: name, expecting: certificate)
                if problem != nil { break }
            }
            guard problem != nil, MonotonicTime.now < deadline else {
                try await report(.probe, problem, mail)
                return problem == nil
            }
            try await Task.sleep(for: Self.settlingPause)
        }
    }

    /// Says what is in the way of a step, where that is something else than before. In the words of a library or a program, a time
    /// that was waited or the number of a process is another one each time: the same in other numbers is not said again.
    func report(_ step: MailStep, _ problem: String?, _ mail: Mail) async throws {
        func withoutNumbers(_ problem: String) -> String { problem.filter { !$0.isNumber } }
        guard mail.problems[step].map(withoutNumbers) != problem.map(withoutNumbers) else { return }
        let site = service.site
        _ = try await site.submit(.mailDelayed(MailDelayed(step: step, problem: problem), by: runner), as: "runner")
        if let problem { service.logger.warning("mail, \(step.rawValue): \(problem)") }
    }
}
