import Events
import Testing

@testable import Projections

func required<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw Sample.Missing() }
    return value
}

/// Tasks, the log, and what the store tells.
extension Sample {
    private static let at = Timestamp(microseconds: 1)
    private static let secret = Array(#"{"a":"\#(canary("data"))"}"#.utf8)

    /// The facts of a task of the app `blog`; its first attempt failed, the second one as well where it is over.
    private static func facts(isOver: Bool) throws -> [Fact] {
        let task = TaskID("t")
        let process = ProcessID(bootID: "b", pidNamespace: "n", pid: 7, startTicks: 1)
        func end(_ attempt: Int, retry: Bool) -> Event {
            .taskFinished(
                TaskFinished(
                    task: task, attempt: attempt, outcome: .failed, exitCode: 1, signal: 9,
                    evidence: canary("evidence"),
                    usage: Usage(cpuMilliseconds: 1, maxResidentBytes: 2), retry: retry))
        }
        func claim(_ attempt: Int) -> [Event] {
            [
                .taskClaimed(TaskClaimed(task: task, attempt: attempt, runner: RunnerID("r"), host: "h")),
                .taskStarted(TaskStarted(task: task, attempt: attempt, session: SessionID("s"), process: process)),
            ]
        }
        var events: [Event] = [
            .taskQueued(
                TaskQueued(
                    task: task, type: "backup", app: "blog", arguments: ["word": canary("argument")],
                    secrets: [canary("name-of-secret")], locks: [try lock("x:/app/blog")], unique: canary("unique"),
                    retries: 1, scheduled: ScheduledRun(host: "h", at: at), requestedBy: canary("requester")))
        ]
        events += claim(1) + [end(1, retry: true)]
        events.append(
            .taskRetryScheduled(TaskRetryScheduled(task: task, attempt: 2, notBefore: at)))
        events += claim(2)
        events.append(
            .taskProgressed(TaskProgressed(task: task, attempt: 2, percent: 50, message: canary("message"))))
        events.append(
            .taskStopRequested(
                TaskStopRequested(
                    task: task, attempt: 2, by: canary("stopper"), reason: canary("why"), now: true)))
        if isOver { events.append(end(2, retry: false)) }
        return events.enumerated().map { Fact(position: $0 + 1, at: at, event: $1) }
    }

    static func record(isOver: Bool = false) throws -> TaskRecord {
        try required(TaskRecord(folding: try facts(isOver: isOver)))
    }

    /// Its events as a log has them.
    static func life() throws -> [RecordedEvent] { try facts(isOver: true).map { event($0.position, $0.event) } }

    static func event(_ position: Position, _ event: Event) -> RecordedEvent {
        RecordedEvent(
            position: position, id: canary("id"), stream: event.stream, streamVersion: 1, type: event.kind.rawValue,
            schema: 1, at: at, actor: canary("actor"), host: canary("host"), correlation: canary("correlation"),
            causation: 1, payload: event.payload, payloadHash: RecordedEvent.genesis, hash: RecordedEvent.genesis)
    }

    static func tasks() throws -> [Sample] {
        let (running, over) = (try record(), try record(isOver: true))
        let blocker = Blocker(
            session: SessionID("s"), path: try path("/app/blog"), kind: .held, position: 3)
        let status = TaskStatus(
            record: running, state: "waiting", waitingFor: [Obstacle(blocker, of: session())], isExisting: true)
        let finished = TaskStatus(finished: over)
        let life = TaskLife(status: status, events: try life())
        return [
            Sample("task", taskFields, status, finished), Sample("life", lifeFields, life),
            Sample("taskLife", taskLifeFields, life, TaskLife(status: finished, events: try Self.life())),
            Sample("progress", progressFields, try required(running.progress)),
            Sample("stop", stopFields, try required(running.stop)),
            Sample("usage", usageFields, try required(over.end?.usage)),
            Sample(
                "count", countFields,
                TaskCounts(counts: ["running": 1, "stopping": 1, "claimed": 1, "waiting": 1, "queued": 1])),
            Sample(
                "logLine", logLineFields,
                TaskLogLine(
                    app: "blog", at: "T", stream: "out", text: Array(canary("output").utf8) + [0xFF], continues: true,
                    bytes: Array(canary("output").utf8))),
            Sample(
                "plan", planFields, TaskPlan(command: [canary("command")], locks: [try lock("x:/app/blog")])),
            Sample(
                "type", typeFields,
                TaskTypeRow(name: "backup", arguments: ["word"], locks: ["/app/{app}"], needsApp: true)),
        ]
    }

    static func platform() throws -> [Sample] {
        var settings = AppSettings(domain: "blog.example.com")
        (settings.operators, settings.notes) = ([canary("operator")], canary("notes"))
        (settings.envFile, settings.envOwner) = (canary("file"), canary("owner"))
        settings.mailFrom = canary("from")
        let app = AppRecord(
            id: "blog", settings: settings, registeredAt: at,
            applied: AppMail(server: canary("server"), from: canary("from")),
            appliedBy: AppRecord.Application(task: TaskID("t"), generation: 1, at: at),
            giving: nil,
            failure: AppRecord.Failure(task: TaskID("t"), problem: canary("problem"), at: at, count: 1))
        var mail = Mail()
        mail.name = Mail.Name(text: "mail.example.com", generation: 1)
        mail.wish = Mail.Wish(name: canary("wish"), by: canary("by"), at: at)
        mail.served = Mail.Served(names: [canary("served")], certificate: canary("certificate"), at: at)
        mail.refused = Mail.Refused(name: canary("refused"), problem: canary("problem"), position: 1)
        mail.problems = [.resolver: canary("problem")]
        let status = MailStatus.App(
            app: "blog", wanted: canary("wanted"), applied: canary("applied"), state: .behind, reason: canary("reason"))
        let platform = try renaming(["blog", canary("removed"), canary("changed")], settings)
        var refusing = platform
        try refusing.evolve(
            Fact(
                position: 100, at: at,
                event: .mailRenameRefused(MailRenameRefused(to: canary("wish"), problem: canary("problem")))))
        var other = settings
        other.notes = nil
        let wanted = ["blog", canary("new"), canary("changed")].map {
            AppRegistered(app: $0, settings: $0 == "blog" ? settings : other)
        }
        var verifying = app
        verifying.settings.requiresValidCertificate = true
        let plan = ReconfigurationPlan(verifying, canary("name"), task: canary("task"))
        return try notifications() + [
            Sample("app", appFields, app),
            Sample(
                "user", userFields,
                User(name: "bob", role: .admin, email: canary("address"), addedAt: at, addressSince: at)),
            Sample("mail", mailFields, mail), Sample("mailApp", mailAppFields, status),
            Sample("mailStatus", mailStatusFields, MailStatus(platform), MailStatus(refusing)),
            Sample("mailProblem", mailProblemFields, MailProblem(step: .resolver, problem: canary("problem"))),
            Sample("wish", wishFields, try required(mail.wish)),
            Sample("served", servedFields, try required(mail.served)),
            Sample("refusedName", refusedNameFields, try required(mail.refused)),
            Sample("appPlan", appPlanFields, AppPlan(wanted, in: platform.apps)),
            Sample("rename", renameFields, RenamePlan(to: canary("to"), platform)),
            Sample("reconfiguration", reconfigurationFields, plan),
            Sample(
                "credential", credentialFields, MailCredential(user: canary("user"), saltedHash: Array("canary".utf8))),
        ]
    }

    /// With a mail server that is to be called something else, and with these apps.
    private static func renaming(_ apps: [String], _ settings: AppSettings) throws -> Platform {
        let name = "mail.example.com"
        var settings = settings
        settings.requiresValidCertificate = true
        let events: [Event] =
            apps.map { .appRegistered(AppRegistered(app: $0, settings: settings)) } + [
                .mailRenameRequested(MailRenameRequested(from: nil, to: name, by: "root")),
                .mailRenamed(MailRenamed(from: nil, to: name, generation: 1)),
                .mailRenameRequested(MailRenameRequested(from: name, to: canary("wish"), by: "root")),
                .mailDelayed(MailDelayed(step: .resolver, problem: canary("problem"))),
            ]
        var platform = Platform()
        for (index, event) in events.enumerated() {
            try platform.evolve(Fact(position: index + 1, at: at, event: event))
        }
        return platform
    }

    /// For administrators, with everything in it.
    private static func notifications() throws -> [Sample] {
        let id = NotificationID(canary("id"))
        let raised = NotificationRaised(
            notification: id, kind: canary("kind"), subject: canary("subject"),
            audience: .staff(StaffAudience(.administrators)), severity: .critical, title: canary("title"),
            body: canary("body"))
        let events: [Event] = [
            .notificationRaised(raised),
            .notificationAcknowledged(NotificationAcknowledged(notification: id, by: canary("by"))),
            .notificationDeliveryFailed(
                NotificationDeliveryFailed(
                    notification: id, recipient: canary("recipient"), channel: .mail, telling: .critical,
                    problem: canary("problem"), isFinal: true)),
            .notificationResolved(NotificationResolved(notification: id, cause: .requested, by: canary("resolver"))),
        ]
        let record = try required(
            Notification(folding: events.enumerated().map { Fact(position: $0 + 1, at: at, event: $1) }))
        var platform = Platform()
        try platform.evolve(Fact(position: 1, at: at, event: .notificationRaised(raised)))
        let hook = Channels.Webhook(name: canary("hook"), staff: [.administrators])
        let deliveries =
            Delivery.all(of: platform.notifications.open, in: platform, by: Channels(webhooks: [hook]))
            + Delivery.all(of: [record], in: Platform(), by: Channels())
        try #require(deliveries.count == 2)
        return [
            Sample("notification", notificationFields, record),
            Sample("delivery", deliveryFields, deliveries[0], deliveries[1]),
            Sample(
                "metric", metricFields,
                MetricRow(
                    name: canary("name"), app: canary("app"), labels: [("mount", canary("label"))], isRate: true,
                    at: at,
                    milliseconds: 1500, resolution: 1000,
                    levels: MetricLevels(count: 2, low: 1, mean: 1.5, high: 2, last: 2))),
            Sample("receipt", receiptFields, NotificationReceipt(id, isRecorded: true)),
        ]
    }

    static func log() throws -> [Sample] {
        let first = try life()[0]
        let erased = first.redacted(to: secret)
        let parked = Reactions.Parked(reaction: "r", position: 4, problem: canary("problem"), at: at)
        return [
            Sample("event", eventFields, first, erased), Sample("eventLine", eventLineFields, first, erased),
            Sample("redaction", redactionFields, try Redaction(of: first, remains: secret, isDone: true)),
            Sample("parked", parkedFields, parked),
            Sample(
                "reaction", reactionFields,
                ReactionRow(
                    name: canary("reaction"), on: ["task.finished"], does: canary("does"), isConfigured: true,
                    position: 3, lag: 1, parked: [parked])),
            Sample("retried", retriedFields, RetriedReaction(name: canary("reaction"), positions: [4])),
        ]
    }

    static func store() throws -> [Sample] {
        let end = SessionEnded(session: SessionID("s"), cause: .restored, evidence: canary("evidence"))
        let lost = TaskFinished(task: TaskID("t"), attempt: 1, outcome: .lost, evidence: canary("evidence"))
        let stray = Adoption.Stray(task: TaskID("t"), attempt: 1, pid: 7, logPath: canary("path"))
        var adoption = Adoption(
            Restoration(previousHead: 1, highest: 2, by: "root", ends: [end], attempts: [lost]),
            kept: [SessionID("s")], running: [TaskID("t")], over: [TaskID("u")], strays: [stray])
        adoption.names = [SessionID("s"): canary("label")]
        let follower = LogFigures.Follower(name: canary("follower"), position: 1, lag: 1)
        return [
            Sample("adoption", adoptionFields, adoption), Sample("ended", endedFields, end),
            Sample("finished", finishedFields, lost), Sample("stray", strayFields, stray),
            Sample("schema", schemaFields, SchemaStanding(installed: 1, needed: 2)),
            Sample(
                "configuration", configurationFields,
                ConfigurationSummary(file: canary("file"), tasks: [canary("type")], notices: [canary("notice")])),
            Sample(
                "check", checkFields,
                HealthCheck(name: "disk", finding: canary("finding"), isOK: false, hint: canary("hint"))),
            Sample(
                "verdict", verdictFields, LogVerdict(.damaged(position: 1, problem: canary("problem"))),
                LogVerdict(.whole(events: 1, head: 1, tip: canary("tip")))),
            Sample(
                "figure", figureFields,
                LogFigures(
                    events: 1, bytes: 1, types: [("task.queued", 1)], oldest: at, newest: at, followers: [follower])),
            Sample("follower", followerFields, follower),
            Sample(
                "projection", projectionFields, ProjectionStatus(name: "locks", version: 1, position: 1, bytes: 1)),
            Sample(
                "checked", checkedFields,
                ProjectionVerdict(name: "locks", version: 1, position: 1, difference: canary("difference"))),
        ]
    }
}
