internal import EventStore
internal import Events
internal import Logging
internal import Projections
internal import System

/// What is done for the app of a task before its command starts: whoever works on an app with its lock finds its variables as they
/// are to be, and the configured task gives them to it.
struct AppLaunch {
    let task: TaskRecord
    let service: Service
    let runner: RunnerID

    /// Writes the app's variables, and says what the task finds in its environment about them. Throws
    /// `AttemptLaunch.Refusal` where the task is not needed any more, and where what it is to give cannot be written.
    func prepare() async throws -> [(name: String, value: String)] {
        guard let settings = service.configuration.mail, let app = task.order.app, hasLock(of: app) else { return [] }
        let isOwn = task.reconfigures != nil || task.corrects != nil
        guard let record = try await registered(app) else {
            guard !isOwn else { throw AttemptLaunch.Refusal(description: "there is no app '\(app)'") }
            return []
        }
        if isOwn { try await checkNeed(record, settings) }
        guard task.order.type == settings.configureTask else {
            try await offer(record, settings)
            return []
        }
        return try await give(record.app, settings).map { [("INTERLOCK_MAIL_SERVER", $0.server)] } ?? []
    }

    /// What the log says before anything is written: a file may hold what no task gave, but never what the log does not tell of.
    private func give(_ app: AppRecord, _ settings: MailSettings) async throws -> AppMail? {
        let site = service.site
        _ = try await site.submit(.beginReconfiguration(task.id, by: runner), as: "runner", correlation: task.id.text)
        RunnerStep.reconfiguring.reached()
        let giving = try await registered(app.id)?.app.giving
        let mail = giving?.mailServer.map { AppMail(server: $0, from: giving?.mailFrom ?? "") }
        do {
            try await AppVariables(of: app, mail, settings, site)?.write()
        } catch {
            guard Self.isOfTheFile(error) else { throw error }
            throw AttemptLaunch.Refusal(description: "\(error)")
        }
        RunnerStep.variablesWritten.reached()
        return mail
    }

    /// Another task finds a file where the app had none. Other values of a running app are for the task that gives them: an app
    /// that read them here would have what the log does not tell of. No task is held up by it: one may make the directory.
    private func offer(_ record: Registered, _ settings: MailSettings) async throws {
        let app = record.app
        do {
            let variables = try await AppVariables(of: app, app.wanted(record.name), settings, service.site)
            guard variables?.standing != .different || app.settings.isStopped else { return }
            try variables?.write()
        } catch {
            guard Self.isOfTheFile(error) else { throw error }
            service.logger.warning("app '\(app.id)', before task \(task.id): \(error)")
        }
    }

    private static func isOfTheFile(_ error: any Error) -> Bool {
        error is AppVariables.Failure || error is SecretFailure || error is SystemError
    }

    /// An app, the mail server's name, and whether the task has still something to give it.
    private typealias Registered = (app: AppRecord, name: String?, isNeeded: Bool)

    private func registered(_ app: String) async throws -> Registered? {
        let task = task
        return try await service.site.log.inspectDurably { platform, _ in
            platform.apps[app].map { ($0, platform.mail.name?.text, platform.isNeeded(task)) }
        }
    }

    private func hasLock(of app: String) -> Bool {
        guard let path = Platform.lockPath(of: app) else { return false }
        return task.order.locks.contains { $0.mode == .exclusive && $0.path.covers(path) }
    }

    /// The runner's own orders: what has come right meanwhile is left alone.
    private func checkNeed(_ record: Registered, _ settings: MailSettings) async throws {
        guard task.reconfigures == nil || !record.isNeeded else { return }
        let app = record.app
        guard !app.settings.isStopped else {
            throw AttemptLaunch.Refusal(description: "app '\(app.id)' is stopped: it has its values when it is started")
        }
        let variables = try? await AppVariables(
            of: app, app.wanted(record.name), settings, service.site)
        guard variables?.standing == .different else {
            throw AttemptLaunch.Refusal(description: "app '\(app.id)' has its values already")
        }
    }
}
