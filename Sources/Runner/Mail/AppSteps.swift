internal import EventStore
public import Events
internal import Logging
internal import Projections
internal import System

/// What is done for the apps: their files of variables are written where nobody has to be told, and who lags is reconfigured.
struct AppSteps {
    /// Files are looked at again after this long, though nothing has happened to their app.
    static let fileInterval = Duration.seconds(60)
    /// Tasks that are queued in one pass; the others come with the next one.
    static let maximumQueued = 500

    /// What a file was looked at for, and how it stood.
    private struct Look {
        let app: AppRecord
        let name: String?
        let settings: MailSettings
        let at: MonotonicTime
        var isDifferent = false
        var problem: String?
    }

    private var looks: [String: Look] = [:]
    /// When an app whose reconfiguration failed is tried again, with the number of the failures that this follows from, and what
    /// it was to have.
    private var retries: [String: (count: Int, wanted: AppMail?, due: MonotonicTime)] = [:]
    private var lastComplaint: String?

    /// How long until a failed app is tried again.
    private(set) var nextDue = MailReconciler.longestPause

    /// True when no running app lags.
    mutating func look(_ outlook: MailPass.Outlook, _ settings: MailSettings, _ service: Service) async throws -> Bool {
        let name = outlook.mail.name?.text
        var different: Set<String> = []
        // One that lags is told anyway, and its file written then.
        for app in outlook.apps where app.settings.envFile != nil && (app.settings.isStopped || !app.lags(name)) {
            if try await looksDifferent(app, name, settings, service) { different.insert(app.id) }
        }
        forget(besides: outlook.apps)
        let drifted = outlook.apps.filter {
            different.contains($0.id) && !$0.settings.isStopped && !outlook.underway.contains($0.id)
        }
        let due = Set(outlook.plan.due).union(drifted.map(\.id))
        nextDue = MailReconciler.longestPause
        var queued = 0
        for app in outlook.apps where due.contains(app.id) && isTime(app, name, settings) {
            guard queued < Self.maximumQueued else { break }
            if try await queue(app, name, settings, service) { queued += 1 }
        }
        return due.isEmpty && outlook.underway.isEmpty
    }

    /// Looks at a file, and writes one that no running app has read: a new one, or that of a stopped app. What it says is whether
    /// a running app has other values than it is to have.
    private mutating func looksDifferent(
        _ app: AppRecord, _ name: String?, _ settings: MailSettings, _ service: Service
    ) async throws -> Bool {
        let now = MonotonicTime.now
        let before = looks[app.id]
        if let before, before.app == app, before.name == name, before.settings == settings,
            before.at.advanced(by: Self.fileInterval) > now
        {
            return before.isDifferent
        }
        var look = Look(app: app, name: name, settings: settings, at: now)
        do {
            let variables = try await AppVariables(of: app, app.wanted(name), settings, service.site)
            look.isDifferent = variables?.standing == .different && !app.settings.isStopped
            if !look.isDifferent { try variables?.write() }
        } catch {
            guard error is AppVariables.Failure || error is SecretFailure || error is SystemError else { throw error }
            look.problem = "app '\(app.id)': \(error)"
            // Once, not with each look.
            if look.problem != before?.problem { service.logger.error("\(look.problem ?? "")") }
        }
        looks[app.id] = look
        return look.isDifferent
    }

    private mutating func forget(besides apps: [AppRecord]) {
        let ids = Set(apps.map(\.id))
        looks = looks.filter { ids.contains($0.key) }
        retries = retries.filter { ids.contains($0.key) }
    }

    /// False while an app that failed is left in peace: the longer, the more often it has failed. By the monotonic clock: the
    /// log's may stand still.
    private mutating func isTime(_ app: AppRecord, _ name: String?, _ settings: MailSettings) -> Bool {
        guard let failure = app.failure else {
            retries[app.id] = nil
            return true
        }
        let (now, wanted) = (MonotonicTime.now, app.wanted(name))
        let pause = Self.pause(after: failure.count, settings)
        let before = retries[app.id] ?? (0, wanted, now)
        // What it is to have now has not been tried yet.
        let due = before.wanted != wanted ? now : before.count == failure.count ? before.due : now.advanced(by: pause)
        retries[app.id] = (failure.count, wanted, due)
        guard due > now else { return true }
        nextDue = min(nextDue, due.durationFromNow)
        return false
    }

    /// Doubles with each failure, up to an hour.
    static func pause(after failures: Int, _ settings: MailSettings) -> Duration {
        var pause = settings.retryAfter
        for _ in 1..<max(2, failures) where pause < longestRetry { pause = pause * 2 }
        return min(pause, longestRetry)
    }

    static let longestRetry = Duration.seconds(3600)

    /// Under the app's own lock, and one of the slots.
    private mutating func queue(
        _ app: AppRecord, _ name: String?, _ settings: MailSettings, _ service: Service
    ) async throws -> Bool {
        guard let typeName = settings.configureTask, let type = service.configuration.tasks[typeName] else {
            complain("app '\(app.id)' lags, and no mail.configure-task is configured to tell it", service)
            return false
        }
        do {
            _ = try await service.site.reconfigure(
                app.id, by: type,
                unique: app.lags(name)
                    ? TaskRecord.reconfigurationKey(of: app.id) : TaskRecord.correctionKey(of: app.id),
                capacities: service.configuration.capacities, origin: TaskOrigin(actor: "runner"))
            RunnerStep.appQueued.reached()
            // Behind the task, its file is another one.
            looks[app.id] = nil
            return true
        } catch {
            guard error is TaskRefusal || error is Refusal else { throw error }
            complain("app '\(app.id)' cannot be reconfigured: \(error)", service)
            return false
        }
    }

    /// Once, not with each pass.
    private mutating func complain(_ problem: String, _ service: Service) {
        guard lastComplaint != problem else { return }
        lastComplaint = problem
        service.logger.error("\(problem)")
    }
}

extension OpenSite {
    /// Queues a task that gives an app its values: under the app's lock, and as one of the few at a time.
    public func reconfigure(
        _ app: String, by type: TaskType, unique: String?, capacities: [LockPath: Int],
        origin: TaskOrigin = TaskOrigin()
    ) async throws -> (task: TaskID, isExisting: Bool) {
        let own = Platform.lockPath(of: app).map { [Lock($0, .exclusive)] } ?? []
        return try await start(
            type, app: app, arguments: [:], unique: unique,
            besides: own + [Lock(Configuration.reconfigurationSlot, .slot)], slots: capacities, origin: origin)
    }
}
