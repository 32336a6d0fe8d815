import Events

/// How far each app is with the mail server's name.
public struct MailStatus: Sendable {
    /// One that requires a valid certificate, or lags for another reason.
    public struct App: Sendable {
        /// Its id.
        public let app: String
        /// The server that it is to be given; nil for no mail.
        public let wanted: String?
        /// The one that it was given last; nil for no mail.
        public let applied: String?
        /// How far it is.
        public let state: State
        /// Why it has not got it; nil where it has.
        public let reason: String?
    }

    /// How far an app is.
    public enum State: String, Sendable, CaseIterable {
        case current, behind, failed, stopped
    }

    /// The name, and what is on the way.
    public let mail: Mail
    /// By id.
    public let apps: [App]

    /// Of the state as it is. Without the obstacles, what the tasks under way wait for is not told: for each of them that is a walk
    /// along the queue.
    public init(_ platform: Platform, withObstacles: Bool = true) {
        mail = platform.mail
        let name = mail.name?.text
        apps = platform.apps.all.filter {
            ($0.settings.hasMail && $0.settings.requiresValidCertificate) || $0.lags(name)
        }
        .map { App($0, name, platform, withObstacles) }
    }

    /// The name that it was not given, where no other one was asked for since and it was not given later.
    public var refused: Mail.Refused? {
        mail.wish == nil && mail.refused?.name != mail.name?.text ? mail.refused : nil
    }

    /// True when nothing is on the way any more: the name is what was wished for, alone, and every running app has it.
    public var isSettled: Bool {
        mail.wish == nil && mail.previous.isEmpty && apps.allSatisfy { $0.state == .current || $0.state == .stopped }
    }
}

extension MailStatus.App {
    fileprivate init(_ app: AppRecord, _ name: String?, _ platform: Platform, _ withObstacles: Bool) {
        self.app = app.id
        wanted = app.wanted(name)?.server
        applied = app.applied?.server
        let task = withObstacles ? platform.reconfiguration(of: app.id) : nil
        (state, reason) =
            switch true {
            case !app.lags(name): (.current, nil)
            case app.settings.isStopped: (.stopped, "it has it when it is started")
            case app.failure == nil: (.behind, task.map { Self.words($0, platform) } ?? "its turn has not come yet")
            default:
                (
                    .failed,
                    [app.failure?.words, task.map { Self.words($0, platform) }].compactMap { $0 }.joined(
                        separator: "; ")
                )
            }
    }

    private static func words(_ task: TaskRecord, _ platform: Platform) -> String {
        let status = TaskStatus(task, in: platform.locks)
        let obstacle =
            status.waitingFor.first { $0.blocker.path != .root && $0.blocker.kind == .held } ?? status.waitingFor.first
        guard let obstacle else { return "task \(task.id) is \(status.state)" }
        let holder = obstacle.holder?.briefName ?? "another"
        return "task \(task.id) waits for \(obstacle.blocker.path), "
            + (obstacle.blocker.kind == .held ? "held by \(holder)" : "which others asked for before")
    }
}

extension AppRecord.Failure {
    fileprivate var words: String {
        "task \(task) \(problem)" + (count > 1 ? ", the last of \(count) that failed" : "")
    }
}
