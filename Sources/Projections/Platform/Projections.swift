public import Events

/// What is stored of the platform: each projection is a fold over some kinds of events.
extension Platform {
    /// The stored projections, in the order in which they are written.
    public static let projectionNames = ["apps", "locks", "mail", "notifications", "tasks", "users"]

    /// The projection that an event of `kind` moves.
    public static func projection(of kind: Event.Kind) -> String {
        switch kind {
        case .sessionOpened, .sessionEnded, .lockRequested, .lockGranted, .lockWithdrawn, .lockReleased, .lockRefused,
            .lockDowngraded, .slotsConfigured, .taskWaitBegan, .taskWaitEnded:
            "locks"
        // It moves no state, but is counted: by its count a log that was cut is found.
        case .logRedacted, .logRestored: "locks"
        case .taskQueued, .taskClaimed, .taskStarted, .taskProgressed, .taskStopRequested, .taskFinished,
            .taskRetryScheduled, .runnerRegistered, .runnerRetired, .scheduleConfigured, .reactionParked,
            .reactionRetried:
            "tasks"
        case .appRegistered, .appChanged, .appRemoved, .appReconfiguring, .appReconfigured, .appReconfigureFailed:
            "apps"
        case .mailRenameRequested, .mailRenamed, .mailRenameRefused, .mailNameRetired, .mailServed, .mailDelayed: "mail"
        case .notificationRaised, .notificationRepeated, .notificationAcknowledged, .notificationResolved,
            .notificationDelivered, .notificationDeliveryFailed:
            "notifications"
        case .userAdded, .userRoleChanged, .userEmailChanged, .userRemoved: "users"
        }
    }

    /// A task that is to be tried again is unfinished.
    public func needsSecrets(of task: TaskID) -> Bool {
        tasks.task(task).map { !$0.order.secrets.isEmpty } ?? false
    }

    /// Nobody acts on hearing that he has to wait, or that there was nothing to do.
    public static func tellsOfOthers(_ reply: Reply) -> Bool {
        switch reply {
        case .busy, .deadlock, .queued, .ended, .done, .awaiting, .nothingToAwait, .configured, .ranBefore, .retried,
            .notified, .nothingOpen:
            false
        default: true
        }
    }

    /// One projection as canonical JSON; equal states give equal bytes. Empty for an unknown name.
    public func encodeProjection(_ name: String) -> [UInt8] {
        switch name {
        case "apps": apps.encoded
        case "locks": locks.encoded
        case "mail": mail.encoded
        case "notifications": notifications.encoded
        case "tasks": tasks.encoded
        case "users": users.encoded
        default: []
        }
    }

    /// From all stored projections, taken at the same position; a missing one is as before the first event.
    public init(projections: [String: [UInt8]]) throws(JSONError) {
        if let bytes = projections["apps"] { apps = try Apps(encoded: bytes) }
        if let bytes = projections["mail"] { mail = try Mail(encoded: bytes) }
        if let bytes = projections["notifications"] { notifications = try Notifications(encoded: bytes) }
        if let bytes = projections["users"] { users = try Users(encoded: bytes) }
        if let bytes = projections["locks"] { locks = try Locks(encoded: bytes) }
        if let bytes = projections["tasks"] { tasks = try Tasks(encoded: bytes) }
        for record in tasks.records.values {
            if let start = record.start { locks.adopt(start.process, as: start.session) }
            locks.foresee(record.id, record.order.locks)
        }
        for host in tasks.runnersByHost.keys { locks.serve(host) }
    }
}
