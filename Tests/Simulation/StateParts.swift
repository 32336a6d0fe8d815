import Events

@testable import Histories
@testable import Projections

/// The state in words of the tests' own: how it is stored may change, what a log comes to may not.
extension Platform {
    static let parts = [
        "apps", "ended", "grants", "mail", "notifications", "requests", "runners", "sessions", "slots", "tasks",
        "users",
    ]

    /// One part of the state, sorted.
    func part(_ name: String) -> JSONValue {
        switch name {
        case "ended":
            .array(
                locks.ancestry.ended.sorted().map {
                    .fields(("session", .string($0.text)), ("parent", .text(locks.ancestry.parents[$0]?.text)))
                })
        case "grants": .array(locks.standing.map(Self.grant))
        case "requests": .array(locks.requests.values.sorted { $0.position < $1.position }.map(Self.request))
        case "sessions": .array(locks.sessions.values.sorted { $0.position < $1.position }.map(Self.session))
        case "slots":
            .array(
                locks.capacities.sorted { $0.key < $1.key }.map {
                    .fields(("path", .string($0.key.text)), ("capacity", .integer($0.value)))
                })
        case "runners": .array(tasks.runners.values.sorted { $0.host < $1.host }.map(Self.runner))
        case "tasks": .array(tasks.records.values.sorted { $0.position < $1.position }.map(Self.task))
        case "apps": .array(apps.all.map(Self.app))
        case "mail": Self.mail(mail)
        case "notifications":
            .array(notifications.records.values.sorted { $0.position < $1.position }.map(Self.notification))
        case "users":
            .array(
                users.all.map {
                    .fields(
                        ("user", .string($0.name)), ("role", .string($0.role.rawValue)), ("email", .text($0.email)),
                        ("added", .time($0.addedAt)))
                })
        default: .string("unknown")
        }
    }

    private static func grant(_ grant: Grant) -> JSONValue {
        .fields(
            ("token", .integer(grant.token)), ("request", .string(grant.request.text)),
            ("session", .string(grant.session.text)), ("locks", .locks(grant.locks)), ("since", .time(grant.since)),
            ("reason", .text(grant.reason)))
    }

    private static func request(_ request: Request) -> JSONValue {
        .fields(
            ("position", .integer(request.position)), ("request", .string(request.id.text)),
            ("session", .string(request.session.text)), ("locks", .locks(request.locks)),
            ("since", .time(request.since)), ("reason", .text(request.reason)), ("deadline", .time(request.deadline)),
            ("waiter", .process(request.waiter)))
    }

    private static func session(_ session: Session) -> JSONValue {
        .fields(
            ("position", .integer(session.position)), ("session", .string(session.id.text)),
            ("opened", .time(session.openedAt)), ("parent", .text(session.parent?.text)),
            ("host", .string(session.host)), ("user", .string(session.user)), ("label", .text(session.label)),
            ("program", .text(session.program)), ("task", .text(session.task?.text)),
            ("process", .process(session.process)), ("closesWhenIdle", .bool(session.closesWhenIdle)),
            (
                "awaits",
                .array(session.awaits.map { .fields(("task", .string($0.task.text)), ("since", .time($0.since))) })
            ))
    }

    private static func app(_ app: AppRecord) -> JSONValue {
        .fields(
            ("app", .string(app.id)),
            ("settings", .raw(Event.appRegistered(AppRegistered(app: app.id, settings: app.settings)).payload)),
            ("registered", .time(app.registeredAt)), ("server", .text(app.applied?.server)),
            ("from", .text(app.applied?.from)), ("task", .text(app.appliedBy?.task.text)),
            ("generation", app.appliedBy.map { .integer($0.generation) }), ("problem", .text(app.failure?.problem)),
            ("failures", app.failure.map { .integer($0.count) }))
    }

    private static func mail(_ mail: Mail) -> JSONValue {
        .fields(
            ("name", .text(mail.name?.text)), ("generation", .integer(mail.generation)),
            ("previous", .strings(mail.previous.map(\.text))), ("wish", .text(mail.wish?.name)),
            ("served", mail.served.map { .strings($0.names) }), ("certificate", .text(mail.served?.certificate)),
            ("refused", .text(mail.refused?.name)), ("because", .text(mail.refused?.problem)),
            ("problems", .array(MailStep.allCases.compactMap { mail.problems[$0] }.map { .string($0) })))
    }

    private static func notification(_ record: Projections.Notification) -> JSONValue {
        .fields(
            ("notification", .string(record.id.text)), ("kind", .string(record.kind)),
            ("subject", .string(record.subject)), ("audience", .strings(record.audience.texts)),
            ("severity", .string(record.severity.rawValue)), ("title", .string(record.title)),
            ("body", .text(record.body)), ("state", .string(record.state.rawValue)),
            ("count", .integer(record.count)), ("first", .time(record.firstAt)), ("last", .time(record.lastAt)),
            ("acknowledgedBy", .text(record.acknowledgement?.by)),
            (
                "outcomes",
                .array(
                    record.outcomes.sorted { $0.key < $1.key }.map { line, outcome in
                        .fields(
                            ("line", .string(line.words)), ("telling", .string(outcome.telling.rawValue)),
                            ("problem", .text(outcome.problem)), ("told", .time(outcome.toldAt)))
                    })
            ))
    }

    private static func runner(_ runner: Runner) -> JSONValue {
        .fields(
            ("runner", .string(runner.id.text)), ("host", .string(runner.host)),
            ("session", .string(runner.session.text)), ("registered", .time(runner.registeredAt)))
    }

    private static func task(_ task: TaskRecord) -> JSONValue {
        .fields(
            ("position", .integer(task.position)), ("queued", .time(task.queuedAt)),
            ("order", .raw(Event.taskQueued(task.order).payload)), ("phase", .string(task.phase.rawValue)),
            ("attempt", .integer(task.attempt)), ("runner", .text(task.runner?.text)), ("host", .text(task.host)),
            ("claimed", .time(task.claimedAt)), ("start", task.start.map { .raw(Event.taskStarted($0).payload) }),
            ("started", .time(task.startedAt)), ("percent", task.progress.map { .integer($0.percent) }),
            ("message", .text(task.progress?.message)), ("stoppedBy", .text(task.stop?.by)),
            ("stoppedBecause", .text(task.stop?.reason)))
    }
}

extension JSONValue? {
    fileprivate static func text(_ text: String?) -> JSONValue? { text.map { .string($0) } }

    fileprivate static func time(_ time: Timestamp?) -> JSONValue? { time.map { .string($0.description) } }

    fileprivate static func locks(_ locks: [Lock]) -> JSONValue? {
        .array(locks.map { .fields(("path", .string($0.path.text)), ("mode", .string($0.mode.rawValue))) })
    }

    fileprivate static func process(_ process: ProcessID?) -> JSONValue? {
        process.map {
            .fields(
                ("boot", .string($0.bootID)), ("namespace", .string($0.pidNamespace)), ("pid", .integer($0.pid)),
                ("startTicks", .integer($0.startTicks)))
        }
    }
}
