internal import Certificates
internal import EventStore
internal import Events
internal import Logging
internal import Projections
internal import System

/// One look at how things are with the mail server's name and its apps, and what is done about it. What is kept between passes
/// saves work, and calls off what this process itself has begun: a new one, of a runner that was started anew, comes to the same
/// end by what the log says, or by doing once more what may be undone.
struct MailPass {
    let service: Service
    let runner: RunnerID
    var server: MailServerSteps
    private var apps = AppSteps()
    private var credentials = CredentialsFile()
    /// The time until the server's steps are tried again while one is not done; doubles with each.
    private var patience = Self.shortestPatience
    /// Which steps were not done, and until when they are left alone, whatever else happens on the host.
    private var failed: (task: Task, until: MonotonicTime)?

    /// What the steps of the server are for.
    private struct Task: Equatable {
        var names: [String]
        var wish: String?
        var settings: MailSettings
    }

    static let shortestPatience = Duration.seconds(1)
    static let longestPatience = Duration.seconds(60)

    init(service: Service, runner: RunnerID) {
        self.service = service
        self.runner = runner
        server = MailServerSteps(service: service, runner: runner)
    }

    /// What a pass goes by, all of one position, and durable.
    struct Outlook: Sendable {
        let plan: Reconciliation
        let mail: Mail
        let apps: [AppRecord]
        /// Apps whose reconfiguration is on its way.
        let underway: Set<String>

        init(_ platform: Platform) {
            plan = Reconciliation(platform)
            mail = platform.mail
            apps = platform.apps.all
            underway = Set(platform.tasks.unfinished.compactMap { $0.reconfigures ?? $0.corrects })
        }
    }

    /// Does what can be done now. The time after which to look again.
    mutating func run() async throws -> Duration {
        guard let settings = service.configuration.mail else { return MailReconciler.longestPause }
        let site = service.site
        let outlook = try await site.log.inspectDurably { platform, _ in Outlook(platform) }
        for task in outlook.plan.needless {
            try await refusable { _ = try await site.submit(.dropNeedless(task, by: runner), as: "runner") }
        }
        let standing = try await look(outlook.mail, settings)
        let isServed = standing == .served
        let isCommitted = isServed ? try await commit() : false
        // With the name that it has now.
        let now = isCommitted ? try await site.log.inspectDurably { platform, _ in Outlook(platform) } : outlook
        let isDone = try await apps.look(now, settings, service)
        try await server.report(.credentials, try await credentials.look(now.apps, settings, service), now.mail)
        let isRetired = isServed && isDone && now.plan.retires ? try await retire() : false
        if isCommitted || isRetired { return .zero }
        return min(failed?.until.durationFromNow ?? MailReconciler.longestPause, apps.nextDue)
    }

    /// The server's steps, unless the same ones were not done a moment ago: on a busy host there is a pass with every task's end.
    private mutating func look(_ mail: Mail, _ settings: MailSettings) async throws -> MailServerSteps.Standing {
        let task = Task(names: mail.names, wish: mail.wish?.name, settings: settings)
        if let failed, failed.task == task, failed.until > .now { return .failed }
        let standing = try await server.look(mail, settings)
        if standing == .failed {
            patience = failed?.task == task ? min(patience * 2, Self.longestPatience) : Self.shortestPatience
            failed = (task, .now.advanced(by: patience))
        } else {
            failed = nil
        }
        return standing
    }

    private func commit() async throws -> Bool {
        let site = service.site
        let name = try await site.log.inspect { platform, _ in Reconciliation(platform).committed }
        guard let name else { return false }
        let isDone = try await refusable {
            _ = try await site.submit(.commitRename(name, by: runner), as: "runner")
        }
        if isDone { service.logger.notice("the mail server is \(name) from here on") }
        RunnerStep.nameCommitted.reached()
        return isDone
    }

    private func retire() async throws -> Bool {
        let site = service.site
        let isDone = try await refusable { _ = try await site.submit(.retireNames(by: runner), as: "runner") }
        RunnerStep.namesRetired.reached()
        return isDone
    }

    /// False where the command was refused: the state is another one by now, and the next pass sees it.
    @discardableResult
    private func refusable(_ command: () async throws -> Void) async throws -> Bool {
        do {
            try await command()
            return true
        } catch {
            guard let refusal = error as? Refusal else { throw error }
            service.logger.info("mail: \(refusal)")
            return false
        }
    }
}
