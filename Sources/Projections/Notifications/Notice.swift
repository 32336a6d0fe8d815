public import Events

/// What those who run the platform are told. It is no `UserNotice` and cannot become one: what is for them is not sent to
/// ordinary users by a slip.
public struct StaffNotice: Sendable, Equatable {
    /// What sort of thing it is; letters, digits and `. _ - @ :`.
    public let kind: String
    /// What it is about. With `kind` the key: raised again, it is the same notification.
    public let subject: String
    /// How much it matters.
    public let severity: Severity
    /// One line.
    public let title: String
    /// What there is to say besides.
    public let body: String?

    /// Of any kind; checked when it is raised.
    public init(kind: String, subject: String, severity: Severity, title: String, body: String? = nil) {
        (self.kind, self.subject, self.severity) = (kind, subject, severity)
        (self.title, self.body) = (title, body)
    }

    /// Of a built-in kind.
    public init(
        _ kind: BuiltInKind, subject: String, severity: Severity? = nil, title: String, body: String? = nil
    ) {
        self.init(
            kind: kind.rawValue, subject: subject, severity: severity ?? kind.severity, title: title, body: body)
    }
}

/// What everybody with a role is told: written for ordinary users, and never made of a `StaffNotice`.
public struct UserNotice: Sendable, Equatable {
    /// What sort of thing it is; letters, digits and `. _ - @ :`.
    public let kind: String
    /// What it is about. With `kind` the key.
    public let subject: String
    /// How much it matters.
    public let severity: Severity
    /// One line.
    public let title: String
    /// What there is to say besides.
    public let body: String?

    /// Of any kind but the built-in ones; checked when it is raised.
    public init(kind: String, subject: String, severity: Severity, title: String, body: String? = nil) {
        (self.kind, self.subject, self.severity) = (kind, subject, severity)
        (self.title, self.body) = (title, body)
    }
}

/// What the platform tells by itself.
public enum BuiltInKind: String, Sendable, CaseIterable {
    /// A task failed, after its retries. About the task's type, with its app.
    case taskFailed = "task-failed"
    /// The end of a task was not witnessed.
    case taskLost = "task-lost"
    /// A request was refused: it would have waited for ever.
    case deadlockRefused = "deadlock-refused"
    /// An app has not got the mail server's name.
    case appBehind = "app-behind"
    /// The mail server's certificate runs out soon.
    case certificateExpiring = "certificate-expiring"
    /// A reaction failed and waits for somebody to retry it.
    case reactionParked = "reaction-parked"
    /// The log does not hold what it held.
    case logDamaged = "log-damaged"
    /// A follower of the log does not come on.
    case followerStuck = "follower-stuck"
    /// The database was restored from an older dump.
    case databaseRestored = "database-restored"
    /// A file system is nearly full.
    case diskSpace = "disk-space"
    /// A file system has nearly no inodes left.
    case diskInodes = "disk-inodes"
    /// The host has nearly no memory left.
    case memory = "memory"
    /// Processes of the host wait for memory.
    case memoryPressure = "memory-pressure"
    /// The host has nearly no swap left.
    case swap = "swap"
    /// Something on the host is not measured.
    case collectorFailed = "collector-failed"
    /// A rule of the configuration is broken by what was measured.
    case metricAlert = "metric-alert"
    /// Something that a rule looks at is not measured any more.
    case metricMissing = "metric-missing"
    /// Somebody could not be told of something.
    case deliveryFailed = "delivery-failed"
    /// Something is for people of whom there are none.
    case noRecipients = "no-recipients"

    /// Whom it is for, where the configuration says nothing else.
    public var audience: StaffAudience {
        switch self {
        case .appBehind, .certificateExpiring: StaffAudience(.administrators, .mailmanagers)
        default: StaffAudience(.administrators)
        }
    }

    /// How much it matters, where neither the configuration nor who raises it says something else.
    public var severity: Severity {
        switch self {
        case .deadlockRefused, .metricMissing: .info
        case .taskFailed, .taskLost, .appBehind, .certificateExpiring, .reactionParked, .followerStuck, .diskSpace,
            .diskInodes, .memory, .memoryPressure, .swap, .collectorFailed, .metricAlert, .deliveryFailed,
            .noRecipients:
            .warning
        case .logDamaged, .databaseRestored: .critical
        }
    }

    /// The same for what is about an app: its operators are told too, where it is theirs to mend.
    public func audience(of app: String?) -> StaffAudience {
        guard let app, [.taskFailed, .taskLost, .appBehind].contains(self) else { return audience }
        return StaffAudience(audience.staff.union([.operators(of: app)])) ?? audience
    }
}
