public import Events

/// What an app is told of the mail server; where one of these differs it has to be told again.
public struct AppMail: Sendable, Equatable {
    /// `mail`, or the mail server's full name.
    public var server: String
    /// The address that it sends from.
    public var from: String

    /// What an app is called by that is content with any certificate, or while the mail server has no name.
    public static let plainServer = "mail"

    /// Values; nothing is checked.
    public init(server: String, from: String) {
        self.server = server
        self.from = from
    }
}

/// An app of the platform.
public struct AppRecord: Sendable, Equatable {
    /// The platform's name for it.
    public let id: String
    /// What is registered of it.
    public internal(set) var settings: AppSettings
    /// The time of `app.registered`.
    public let registeredAt: Timestamp
    /// What it was given last; nil where it was given no mail. An app begins with the plain server, which is never wrong for
    /// it: so it is started.
    public internal(set) var applied: AppMail?
    /// The task that gave it that; nil while it has what it began with.
    public internal(set) var appliedBy: Application?
    /// What the task that works on it is giving it; nil while none does.
    public internal(set) var giving: AppReconfiguration?
    /// Why it has not got what it is to have; nil once it has.
    public internal(set) var failure: Failure?

    /// A reconfiguration that ended well.
    public struct Application: Sendable, Equatable {
        /// The task that did it.
        public let task: TaskID
        /// Of the mail server's name at that time.
        public let generation: Int
        /// The time of `app.reconfigured`.
        public let at: Timestamp
    }

    /// Reconfigurations that did not end well, since the last one that did.
    public struct Failure: Sendable, Equatable {
        /// The last one.
        public let task: TaskID
        /// Its outcome with the evidence.
        public let problem: String
        /// The time of the last `app.reconfigure-failed`.
        public let at: Timestamp
        /// How many tasks failed in a row.
        public let count: Int
    }

    init(_ data: AppRegistered, at: Timestamp) {
        (id, settings, registeredAt) = (data.app, data.settings, at)
        applied = data.settings.mail(server: AppMail.plainServer)
    }

    init(
        id: String, settings: AppSettings, registeredAt: Timestamp, applied: AppMail?, appliedBy: Application?,
        giving: AppReconfiguration?, failure: Failure?
    ) {
        self.id = id
        self.settings = settings
        self.registeredAt = registeredAt
        self.applied = applied
        self.appliedBy = appliedBy
        self.giving = giving
        self.failure = failure
    }

    /// True where it is to be told: what it has is something else or, behind a task that failed after it had written the
    /// values, may be.
    public func lags(_ name: String?) -> Bool { failure != nil || applied != wanted(name) }

    /// What it is to have while the mail server is called `name`; nil for no mail.
    public func wanted(_ name: String?) -> AppMail? {
        settings.mail(server: settings.requiresValidCertificate ? name ?? AppMail.plainServer : AppMail.plainServer)
    }
}

extension AppSettings {
    fileprivate func mail(server: String) -> AppMail? {
        hasMail ? AppMail(server: server, from: from) : nil
    }
}
