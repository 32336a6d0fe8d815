/// Everything that can happen. One case a type of event; the type's name is the one in the log.
public enum Event: Sendable, Equatable {
    case sessionOpened(SessionOpened)
    case sessionEnded(SessionEnded)
    case lockRequested(LockRequested)
    case lockGranted(LockGranted)
    case lockWithdrawn(LockWithdrawn)
    case lockReleased(LockReleased)
    case slotsConfigured(SlotsConfigured)
    case lockRefused(LockRefused)
    case lockDowngraded(LockDowngraded)
    case taskQueued(TaskQueued)
    case taskClaimed(TaskClaimed)
    case taskStarted(TaskStarted)
    case taskProgressed(TaskProgressed)
    case taskStopRequested(TaskStopRequested)
    case taskFinished(TaskFinished)
    case taskRetryScheduled(TaskRetryScheduled)
    case taskWaitBegan(TaskWaitBegan)
    case taskWaitEnded(TaskWaitEnded)
    case runnerRegistered(RunnerRegistered)
    case runnerRetired(RunnerRetired)
    case scheduleConfigured(ScheduleConfigured)
    case reactionParked(ReactionParked)
    case reactionRetried(ReactionRetried)
    case userAdded(UserAdded)
    case userRoleChanged(UserRoleChanged)
    case userEmailChanged(UserEmailChanged)
    case userRemoved(UserRemoved)
    case appRegistered(AppRegistered)
    case appChanged(AppChanged)
    case appRemoved(AppRemoved)
    case appReconfiguring(AppReconfiguration)
    case appReconfigured(AppReconfiguration)
    case appReconfigureFailed(AppReconfigureFailed)
    case mailRenameRequested(MailRenameRequested)
    case mailRenamed(MailRenamed)
    case mailRenameRefused(MailRenameRefused)
    case mailNameRetired(MailNameRetired)
    case mailServed(MailServed)
    case mailDelayed(MailDelayed)
    case notificationRaised(NotificationRaised)
    case notificationRepeated(NotificationRepeated)
    case notificationAcknowledged(NotificationAcknowledged)
    case notificationResolved(NotificationResolved)
    case notificationDelivered(NotificationDelivered)
    case notificationDeliveryFailed(NotificationDeliveryFailed)
    case logRedacted(LogRedacted)
    case logRestored(LogRestored)

    /// The names of the types as the log and the contract spell them; a name once used keeps its meaning.
    public enum Kind: String, Sendable, CaseIterable {
        case sessionOpened = "session.opened"
        case sessionEnded = "session.ended"
        case lockRequested = "lock.requested"
        case lockGranted = "lock.granted"
        case lockWithdrawn = "lock.withdrawn"
        case lockReleased = "lock.released"
        case slotsConfigured = "slots.configured"
        case lockRefused = "lock.refused"
        case lockDowngraded = "lock.downgraded"
        case taskQueued = "task.queued"
        case taskClaimed = "task.claimed"
        case taskStarted = "task.started"
        case taskProgressed = "task.progressed"
        case taskStopRequested = "task.stop-requested"
        case taskFinished = "task.finished"
        case taskRetryScheduled = "task.retry-scheduled"
        case taskWaitBegan = "task.wait-began"
        case taskWaitEnded = "task.wait-ended"
        case runnerRegistered = "runner.registered"
        case runnerRetired = "runner.retired"
        case scheduleConfigured = "schedule.configured"
        case reactionParked = "reaction.parked"
        case reactionRetried = "reaction.retried"
        case userAdded = "user.added"
        case userRoleChanged = "user.role-changed"
        case userEmailChanged = "user.email-changed"
        case userRemoved = "user.removed"
        case appRegistered = "app.registered"
        case appChanged = "app.changed"
        case appRemoved = "app.removed"
        case appReconfiguring = "app.reconfiguring"
        case appReconfigured = "app.reconfigured"
        case appReconfigureFailed = "app.reconfigure-failed"
        case mailRenameRequested = "mail.rename-requested"
        case mailRenamed = "mail.renamed"
        case mailRenameRefused = "mail.rename-refused"
        case mailNameRetired = "mail.name-retired"
        case mailServed = "mail.served"
        case mailDelayed = "mail.delayed"
        case notificationRaised = "notification.raised"
        case notificationRepeated = "notification.repeated"
        case notificationAcknowledged = "notification.acknowledged"
        case notificationResolved = "notification.resolved"
        case notificationDelivered = "notification.delivered"
        case notificationDeliveryFailed = "notification.delivery-failed"
        case logRedacted = "log.redacted"
        case logRestored = "log.restored"

        /// The version in which this program writes the type; older ones are upcast when they are read.
        public var schema: Int { 1 }

        /// True for the first event of a new stream: its stream version is 1 and need not be looked up.
        public var beginsStream: Bool {
            self == .sessionOpened || self == .taskQueued || self == .runnerRegistered || self == .notificationRaised
        }
    }

    /// The type, without the data.
    public var kind: Kind {
        switch self {
        case .sessionOpened: .sessionOpened
        case .sessionEnded: .sessionEnded
        case .lockRequested: .lockRequested
        case .lockGranted: .lockGranted
        case .lockWithdrawn: .lockWithdrawn
        case .lockReleased: .lockReleased
        case .slotsConfigured: .slotsConfigured
        case .lockRefused: .lockRefused
        case .lockDowngraded: .lockDowngraded
        case .taskQueued: .taskQueued
        case .taskClaimed: .taskClaimed
        case .taskStarted: .taskStarted
        case .taskProgressed: .taskProgressed
        case .taskStopRequested: .taskStopRequested
        case .taskFinished: .taskFinished
        case .taskRetryScheduled: .taskRetryScheduled
        case .taskWaitBegan: .taskWaitBegan
        case .taskWaitEnded: .taskWaitEnded
        case .runnerRegistered: .runnerRegistered
        case .runnerRetired: .runnerRetired
        case .scheduleConfigured: .scheduleConfigured
        case .reactionParked: .reactionParked
        case .reactionRetried: .reactionRetried
        case .userAdded: .userAdded
        case .userRoleChanged: .userRoleChanged
        case .userEmailChanged: .userEmailChanged
        case .userRemoved: .userRemoved
        case .appRegistered: .appRegistered
        case .appChanged: .appChanged
        case .appRemoved: .appRemoved
        case .appReconfiguring: .appReconfiguring
        case .appReconfigured: .appReconfigured
        case .appReconfigureFailed: .appReconfigureFailed
        case .mailRenameRequested: .mailRenameRequested
        case .mailRenamed: .mailRenamed
        case .mailRenameRefused: .mailRenameRefused
        case .mailNameRetired: .mailNameRetired
        case .mailServed: .mailServed
        case .mailDelayed: .mailDelayed
        case .notificationRaised: .notificationRaised
        case .notificationRepeated: .notificationRepeated
        case .notificationAcknowledged: .notificationAcknowledged
        case .notificationResolved: .notificationResolved
        case .notificationDelivered: .notificationDelivered
        case .notificationDeliveryFailed: .notificationDeliveryFailed
        case .logRedacted: .logRedacted
        case .logRestored: .logRestored
        }
    }

    private var data: any EventData {
        switch self {
        case .sessionOpened(let data): data
        case .sessionEnded(let data): data
        case .lockRequested(let data): data
        case .lockGranted(let data): data
        case .lockWithdrawn(let data): data
        case .lockReleased(let data): data
        case .slotsConfigured(let data): data
        case .lockRefused(let data): data
        case .lockDowngraded(let data): data
        case .taskQueued(let data): data
        case .taskClaimed(let data): data
        case .taskStarted(let data): data
        case .taskProgressed(let data): data
        case .taskStopRequested(let data): data
        case .taskFinished(let data): data
        case .taskRetryScheduled(let data): data
        case .taskWaitBegan(let data): data
        case .taskWaitEnded(let data): data
        case .runnerRegistered(let data): data
        case .runnerRetired(let data): data
        case .scheduleConfigured(let data): data
        case .reactionParked(let data): data
        case .reactionRetried(let data): data
        case .userAdded(let data): data
        case .userRoleChanged(let data): data
        case .userEmailChanged(let data): data
        case .userRemoved(let data): data
        case .appRegistered(let data): data
        case .appChanged(let data): data
        case .appRemoved(let data): data
        case .appReconfiguring(let data): data
        case .appReconfigured(let data): data
        case .appReconfigureFailed(let data): data
        case .mailRenameRequested(let data): data
        case .mailRenamed(let data): data
        case .mailRenameRefused(let data): data
        case .mailNameRetired(let data): data
        case .mailServed(let data): data
        case .mailDelayed(let data): data
        case .notificationRaised(let data): data
        case .notificationRepeated(let data): data
        case .notificationAcknowledged(let data): data
        case .notificationResolved(let data): data
        case .notificationDelivered(let data): data
        case .notificationDeliveryFailed(let data): data
        case .logRedacted(let data): data
        case .logRestored(let data): data
        }
    }

    /// Canonical JSON (RFC 8785).
    public var payload: [UInt8] { data.payload }

    /// The payload that a redaction leaves in its place: valid, of the same type, and without its texts.
    public var remains: [UInt8] { data.redacted.payload }

    /// Decodes the payload of an event of this `kind`. `schema` newer than this program knows is refused: to guess at
    /// what happened would be worse than to stop.
    public init(kind: Kind, schema: Int, payload: [UInt8]) throws(JSONError) {
        guard schema <= kind.schema else {
            throw JSONError(problem: "\(kind.rawValue) has schema \(schema), newer than this program", offset: 0)
        }
        switch kind {
        case .sessionOpened: self = .sessionOpened(try SessionOpened(payload: payload))
        case .sessionEnded: self = .sessionEnded(try SessionEnded(payload: payload))
        case .lockRequested: self = .lockRequested(try LockRequested(payload: payload))
        case .lockGranted: self = .lockGranted(try LockGranted(payload: payload))
        case .lockWithdrawn: self = .lockWithdrawn(try LockWithdrawn(payload: payload))
        case .lockReleased: self = .lockReleased(try LockReleased(payload: payload))
        case .slotsConfigured: self = .slotsConfigured(try SlotsConfigured(payload: payload))
        case .lockRefused: self = .lockRefused(try LockRefused(payload: payload))
        case .lockDowngraded: self = .lockDowngraded(try LockDowngraded(payload: payload))
        case .taskQueued: self = .taskQueued(try TaskQueued(payload: payload))
        case .taskClaimed: self = .taskClaimed(try TaskClaimed(payload: payload))
        case .taskStarted: self = .taskStarted(try TaskStarted(payload: payload))
        case .taskProgressed: self = .taskProgressed(try TaskProgressed(payload: payload))
        case .taskStopRequested: self = .taskStopRequested(try TaskStopRequested(payload: payload))
        case .taskFinished: self = .taskFinished(try TaskFinished(payload: payload))
        case .taskRetryScheduled: self = .taskRetryScheduled(try TaskRetryScheduled(payload: payload))
        case .taskWaitBegan: self = .taskWaitBegan(try TaskWaitBegan(payload: payload))
        case .taskWaitEnded: self = .taskWaitEnded(try TaskWaitEnded(payload: payload))
        case .runnerRegistered: self = .runnerRegistered(try RunnerRegistered(payload: payload))
        case .runnerRetired: self = .runnerRetired(try RunnerRetired(payload: payload))
        case .scheduleConfigured: self = .scheduleConfigured(try ScheduleConfigured(payload: payload))
        case .reactionParked: self = .reactionParked(try ReactionParked(payload: payload))
        case .reactionRetried: self = .reactionRetried(try ReactionRetried(payload: payload))
        case .userAdded: self = .userAdded(try UserAdded(payload: payload))
        case .userRoleChanged: self = .userRoleChanged(try UserRoleChanged(payload: payload))
        case .userEmailChanged: self = .userEmailChanged(try UserEmailChanged(payload: payload))
        case .userRemoved: self = .userRemoved(try UserRemoved(payload: payload))
        case .appRegistered: self = .appRegistered(try AppRegistered(payload: payload))
        case .appChanged: self = .appChanged(try AppChanged(payload: payload))
        case .appRemoved: self = .appRemoved(try AppRemoved(payload: payload))
        case .appReconfiguring: self = .appReconfiguring(try AppReconfiguration(payload: payload))
        case .appReconfigured: self = .appReconfigured(try AppReconfiguration(payload: payload))
        case .appReconfigureFailed: self = .appReconfigureFailed(try AppReconfigureFailed(payload: payload))
        case .mailRenameRequested: self = .mailRenameRequested(try MailRenameRequested(payload: payload))
        case .mailRenamed: self = .mailRenamed(try MailRenamed(payload: payload))
        case .mailRenameRefused: self = .mailRenameRefused(try MailRenameRefused(payload: payload))
        case .mailNameRetired: self = .mailNameRetired(try MailNameRetired(payload: payload))
        case .mailServed: self = .mailServed(try MailServed(payload: payload))
        case .mailDelayed: self = .mailDelayed(try MailDelayed(payload: payload))
        case .notificationRaised: self = .notificationRaised(try NotificationRaised(payload: payload))
        case .notificationRepeated: self = .notificationRepeated(try NotificationRepeated(payload: payload))
        case .notificationAcknowledged: self = .notificationAcknowledged(try NotificationAcknowledged(payload: payload))
        case .notificationResolved: self = .notificationResolved(try NotificationResolved(payload: payload))
        case .notificationDelivered: self = .notificationDelivered(try NotificationDelivered(payload: payload))
        case .notificationDeliveryFailed:
            self = .notificationDeliveryFailed(try NotificationDeliveryFailed(payload: payload))
        case .logRedacted: self = .logRedacted(try LogRedacted(payload: payload))
        case .logRestored: self = .logRestored(try LogRestored(payload: payload))
        }
    }

    /// The stream it belongs to: one per session, task, runner, reaction, user, app and
    /// notification, one for all locks, all schedules,
    /// the mail server, and what is done to the log.
    public var stream: String {
        switch self {
        case .sessionOpened(let data): "session-\(data.session)"
        case .sessionEnded(let data): "session-\(data.session)"
        case .lockRequested, .lockGranted, .lockWithdrawn, .lockReleased, .lockRefused, .lockDowngraded,
            .slotsConfigured:
            "locks"
        case .taskQueued(let data): "task-\(data.task)"
        case .taskClaimed(let data): "task-\(data.task)"
        case .taskStarted(let data): "task-\(data.task)"
        case .taskProgressed(let data): "task-\(data.task)"
        case .taskStopRequested(let data): "task-\(data.task)"
        case .taskFinished(let data): "task-\(data.task)"
        case .taskRetryScheduled(let data): "task-\(data.task)"
        case .taskWaitBegan(let data): "task-\(data.task)"
        case .taskWaitEnded(let data): "task-\(data.task)"
        case .runnerRegistered(let data): "runner-\(data.runner)"
        case .runnerRetired(let data): "runner-\(data.runner)"
        case .scheduleConfigured: "schedules"
        case .reactionParked(let data): "reaction-\(data.reaction)"
        case .reactionRetried(let data): "reaction-\(data.reaction)"
        case .userAdded(let data): "user-\(data.user)"
        case .userRoleChanged(let data): "user-\(data.user)"
        case .userEmailChanged(let data): "user-\(data.user)"
        case .userRemoved(let data): "user-\(data.user)"
        case .appRegistered(let data): "app-\(data.app)"
        case .appChanged(let data): "app-\(data.app)"
        case .appRemoved(let data): "app-\(data.app)"
        case .appReconfiguring(let data): "app-\(data.app)"
        case .appReconfigured(let data): "app-\(data.app)"
        case .appReconfigureFailed(let data): "app-\(data.app)"
        case .mailRenameRequested, .mailRenamed, .mailRenameRefused, .mailNameRetired, .mailServed, .mailDelayed: "mail"
        case .notificationRaised(let data): "notification-\(data.notification)"
        case .notificationRepeated(let data): "notification-\(data.notification)"
        case .notificationAcknowledged(let data): "notification-\(data.notification)"
        case .notificationResolved(let data): "notification-\(data.notification)"
        case .notificationDelivered(let data): "notification-\(data.notification)"
        case .notificationDeliveryFailed(let data): "notification-\(data.notification)"
        case .logRedacted, .logRestored: "log"
        }
    }
}
