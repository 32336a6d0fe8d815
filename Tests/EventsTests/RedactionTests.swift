import Events
import Seeds
import Testing

@Suite("What a redaction leaves of an event")
struct RedactionTests {
    @Test("is a payload of the same type and subject, of which nothing more can go", arguments: Event.Kind.allCases)
    func remains(of kind: Event.Kind) throws {
        var random = Random(seed: 11)
        for _ in 0..<300 {
            let event = Event.random(kind, &random)
            let rest = try Event(kind: kind, schema: kind.schema, payload: event.remains)
            #expect(rest.payload == event.remains)
            #expect(rest.remains == event.remains)
            #expect(rest.stream == event.stream)
        }
    }

    static let word = "canary"
    private static let lock = Lock(.root, .exclusive)
    private static let party = DeadlockParty(
        session: SessionID("s"),
        holder: DeadlockParty.Holder(host: "h1", label: word, pid: 7, program: word, task: TaskID("t"), user: word),
        holds: DeadlockParty.Holding(lock: lock, token: 3, since: Timestamp(microseconds: 5), reason: word),
        wants: .lock(lock, position: 9, reason: word), since: Timestamp(microseconds: 6))

    /// Every type that has texts, with the word wherever a person or a program may have put one.
    static let telling: [Event] = [
        .sessionOpened(
            SessionOpened(
                session: SessionID("s"), parent: SessionID("p"), host: "h1", user: word, label: word, task: TaskID("t"),
                process: ProcessID(bootID: "b", pidNamespace: "n", pid: 1, startTicks: 2), program: word,
                closesWhenIdle: true)),
        .sessionEnded(SessionEnded(session: SessionID("s"), cause: .provenDead, evidence: word)),
        .lockRequested(
            LockRequested(
                request: RequestID("r"), session: SessionID("s"), locks: [lock], reason: word,
                deadline: Timestamp(microseconds: 9))),
        .lockReleased(
            LockReleased(
                session: SessionID("s"), locks: [lock], token: 3, cause: .broken, by: word, reason: word)),
        .lockRefused(LockRefused(request: RequestID("r"), session: SessionID("s"), locks: [lock], cycle: [party])),
        .taskQueued(
            TaskQueued(
                task: TaskID("t"), type: "backup", app: "blog", arguments: ["a": word, word: "b"], secrets: [word],
                locks: [lock], unique: word, notBefore: Timestamp(microseconds: 1), timeout: 2, grace: 3,
                requestedBy: word)),
        .taskProgressed(TaskProgressed(task: TaskID("t"), attempt: 1, percent: 50, message: word)),
        .taskStopRequested(TaskStopRequested(task: TaskID("t"), attempt: 1, by: word, reason: word)),
        .taskFinished(
            TaskFinished(
                task: TaskID("t"), attempt: 1, outcome: .failed, exitCode: 3, evidence: word,
                usage: Usage(cpuMilliseconds: 5, maxResidentBytes: 6))),
        .taskRetryScheduled(
            TaskRetryScheduled(
                task: TaskID("t"), attempt: 2, notBefore: Timestamp(microseconds: 1), by: word,
                order: TaskQueued(
                    task: TaskID("t"), type: "backup", arguments: [word: word], locks: [lock], requestedBy: word))),
        .reactionParked(ReactionParked(reaction: "r", position: 4, problem: word)),
        .reactionRetried(ReactionRetried(reaction: "r", by: word, positions: [4])),
        .userAdded(UserAdded(user: "u", role: .owner, email: word)),
        .userEmailChanged(UserEmailChanged(user: "u", email: word)),
        .appRegistered(
            AppRegistered(
                app: "blog", settings: AppSettings(domain: "d.x", mailFrom: word, operators: [word], notes: word))),
        .appReconfigured(
            AppReconfiguration(app: "blog", mailServer: "mail", mailFrom: word, generation: 1, task: TaskID("t"))),
        .appReconfigureFailed(AppReconfigureFailed(app: "blog", task: TaskID("t"), problem: word)),
        .mailRenameRequested(MailRenameRequested(from: nil, to: "m.x", by: word)),
        .mailRenameRefused(MailRenameRefused(to: "m.x", problem: word)),
        .mailDelayed(MailDelayed(step: .probe, problem: word)),
        .notificationRaised(
            NotificationRaised(
                notification: NotificationID("n1"), kind: "k", subject: word, audience: .users, severity: .info,
                title: word, body: word)),
        .notificationRepeated(
            NotificationRepeated(notification: NotificationID("n1"), count: 2, title: word, body: word)),
        .notificationAcknowledged(NotificationAcknowledged(notification: NotificationID("n1"), by: word)),
        .notificationResolved(
            NotificationResolved(notification: NotificationID("n1"), cause: .requested, by: word)),
        .notificationDeliveryFailed(
            NotificationDeliveryFailed(
                notification: NotificationID("n1"), recipient: "ann", channel: .mail, telling: .info, problem: word,
                isFinal: true)),
    ]

    @Test("holds none of its texts", arguments: telling)
    func texts(_ event: Event) {
        #expect(String(decoding: event.payload, as: UTF8.self).contains(Self.word))
        #expect(!String(decoding: event.remains, as: UTF8.self).contains(Self.word))
    }

    @Test("holds all else: ids, paths, modes, tokens, times, outcomes, numbers")
    func rest() {
        let texts = Self.telling.map { String(decoding: $0.remains, as: UTF8.self) }
        #expect(
            texts[0]
                == #"{"bootId":"b","closesWhenIdle":true,"host":"h1","parent":"p","pid":1,"pidNamespace":"n","#
                + #""session":"s","startTicks":2,"task":"t","user":"redacted"}"#)
        #expect(
            texts[4]
                == #"{"cause":"deadlock","cycle":[{"holder":{"host":"h1","pid":7,"task":"t"},"#
                + #""holds":{"mode":"exclusive","path":"/","since":"1970-01-01T00:00:00.000005Z","token":3},"#
                + #""session":"s","wants":{"mode":"exclusive","path":"/","position":9,"#
                + #""since":"1970-01-01T00:00:00.000006Z"}}],"#
                + #""locks":[{"mode":"exclusive","path":"/"}],"request":"r","session":"s"}"#)
        #expect(
            texts[5]
                == #"{"app":"blog","arguments":{},"grace":3,"locks":[{"mode":"exclusive","path":"/"}],"#
                + #""notBefore":"1970-01-01T00:00:00.000001Z","requestedBy":"redacted","task":"t","timeout":2,"#
                + #""type":"backup"}"#)
        #expect(
            texts[8]
                == #"{"attempt":1,"evidence":"redacted","exitCode":3,"outcome":"failed","task":"t","#
                + #""usage":{"cpuSeconds":0.005,"maxResidentBytes":6}}"#)
    }

    @Test("is named, byte for byte, by the event that tells of the redaction")
    func told() throws {
        let remains = Self.telling[8].remains
        let told = Event.logRedacted(LogRedacted(position: 4, by: "eve", reason: "why", remains: remains))
        #expect(
            String(decoding: told.payload, as: UTF8.self)
                == #"{"by":"eve","position":4,"reason":"why","remains":"# + String(decoding: remains, as: UTF8.self)
                + "}")
        guard case .logRedacted(let data) = try Event(kind: .logRedacted, schema: 1, payload: told.payload) else {
            return
        }
        #expect(data.remains == remains)
    }
}
