public import Events

/// What there is to do so that every app has what it is to have, and the mail server its name: computed from the state alone,
/// again and again, so that whoever was interrupted, or came late, comes to the same end.
public struct Reconciliation: Sendable, Equatable {
    /// Apps that are to be reconfigured, by id: they run, lag, and no task for it is unfinished.
    public let due: [String]
    /// Tasks that are not claimed and need not run any more: their app has got what it is to have, is stopped or removed.
    public let needless: [TaskID]
    /// The name that the mail server is to have from now on; nil while it was not seen to answer to it.
    public let committed: String?
    /// True when former names are answered that no app may use.
    public let retires: Bool

    /// Of the state as it is.
    public init(_ platform: Platform) {
        let lagging = platform.lagging.filter { !$0.settings.isStopped }
        due = lagging.map(\.id).filter { platform.reconfiguration(of: $0) == nil }
        needless = platform.tasks.unfinished.filter { $0.phase == .queued && !platform.isNeeded($0) }.map(\.id)
        let wish = platform.mail.wish?.name
        committed = wish.flatMap { platform.mail.served?.names.contains($0) == true ? $0 : nil }
        retires = Self.retires(platform)
    }

    static func retires(_ platform: Platform) -> Bool {
        !platform.mail.previous.isEmpty && platform.mail.wish == nil && !platform.mayUseFormerName
    }
}

extension Platform {
    /// The unfinished task that gives an app its values because it lags.
    public func reconfiguration(of app: String) -> TaskRecord? {
        tasks.task(unique: TaskRecord.reconfigurationKey(of: app))
    }

    /// False for a task that was to give an app its values and need not any more. Asked before its command starts: what was
    /// claimed meanwhile is not started.
    public func isNeeded(_ task: TaskRecord) -> Bool {
        guard let app = task.reconfigures else { return true }
        return apps[app].map { !$0.settings.isStopped && $0.lags(mail.name?.text) } ?? false
    }
}

/// Keys of the tasks that nobody asked for: of each there is one at a time.
extension TaskRecord {
    private static let lagging = "reconfigure:"
    private static let drifted = "correct:"

    /// Of the task that tells the mail server its names.
    public static let serverKey = "mail-server"

    /// Of the task that gives an app its values because it lags.
    public static func reconfigurationKey(of app: String) -> String { lagging + app }

    /// Of the task that gives an app its values anew because its file says something else, though it was given the right ones.
    public static func correctionKey(of app: String) -> String { drifted + app }

    /// True for a key that only the runner may give: a task of another's would pass for one of these.
    public static func isReserved(_ key: String) -> Bool {
        key == serverKey || key.hasPrefix(lagging) || key.hasPrefix(drifted)
    }

    /// The app that lagged when it was queued; nil for any other task.
    public var reconfigures: String? { app(behind: Self.lagging) }

    /// The app whose file was another one when it was queued; nil for any other task.
    public var corrects: String? { app(behind: Self.drifted) }

    private func app(behind prefix: String) -> String? {
        order.unique.flatMap { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : nil }
    }
}
