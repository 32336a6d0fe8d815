internal import Certificates
internal import EventStore
internal import Events
internal import Logging
internal import Projections
internal import System

/// One look at how things are with the mail server's name and its apps, and what is done about it. What is kept between passes only
/// saves work: a new one, of a runner that was started anew, comes to the same end.
struct MailPass {
    let service: Service
    let runner: RunnerID
    var server: MailServerSteps
    private var apps = AppSteps()
    private var credentials = CredentialsFile()
    /// The time until the next pass while a step is not done; doubles with each.
    private var patience = Self.shortestPatience

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
        let isServed = try await server.look(outlook.mail, settings)
        let isCommitted = isServed ? try await commit() : false
        // With the name that it has now.
        let now = isCommitted ? try await site.log.inspectDurably { platform, _ in Outlook(platform) } : outlook
        let isDone = try await apps.look(now, settings, service)
        try await server.report(.credentials, try await credentials.look(now.apps, settings, service), now.mail)
        let isRetired = isServed && isDone && now.plan.retires ? try await retire() : false
        if isServed {
            patience = Self.shortestPatience
            return isCommitted || isRetired ? .zero : min(apps.nextDue, MailReconciler.longestPause)
        }
        patience = min(patience * 2, Self.longestPatience)
        return min(patience, apps.nextDue)
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
