import Events
import Projections
import Testing

@Suite("Redacting an event")
struct RedactionTests {
    /// Why it is refused; nil when it is done.
    private func refusal(_ scene: inout Scene, _ position: Position, reason: String = "why") -> Refusal? {
        do {
            try scene.give(.redact(position, by: "me", reason: reason))
            return nil
        } catch {
            return error as? Refusal ?? Refusal(.invalid, "\(error)")
        }
    }

    private func expectNeeded(_ scene: inout Scene, _ kinds: Event.Kind...) throws {
        for kind in kinds {
            let refused = refusal(&scene, try scene.last(kind))
            #expect(refused?.code == .needed && refused?.hint != nil, "\(kind.rawValue): \(refused?.message ?? "done")")
        }
    }

    private func expectDone(_ scene: inout Scene, _ kinds: Event.Kind...) throws {
        for kind in kinds {
            let position = try scene.last(kind)
            let mark = scene.facts.count
            let refused = refusal(&scene, position)
            #expect(refused == nil, "\(kind.rawValue): \(refused?.message ?? "")")
            let told = LogRedacted(
                position: position, by: "me", reason: "why", remains: scene.facts[position - 1].event.remains)
            #expect(scene.facts[mark...].map(\.event) == [.logRedacted(told)])
        }
    }

    @Test("of a session and its locks is refused while they last, and done when they are over")
    func locks() throws {
        var scene = Scene()
        try scene.open("a")
        try scene.acquire("a", "/x")
        try expectNeeded(&scene, .sessionOpened, .lockRequested, .lockGranted)
        let token = try scene.last(.lockGranted)
        try scene.give(.downgrade(token: token, path: try path("/x")))
        try expectNeeded(&scene, .lockDowngraded, .lockGranted, .lockRequested)
        try scene.release("a")
        try expectDone(&scene, .lockRequested, .lockGranted, .lockDowngraded, .lockReleased)
        try expectNeeded(&scene, .sessionOpened)
        try scene.die("a")
        try expectDone(&scene, .sessionOpened, .sessionEnded)
    }

    @Test("of an app's notes is refused while they are its notes, and done when they are overwritten, even by nothing")
    func notes() throws {
        var scene = Scene()
        let settings = AppSettings(domain: "blog.x.y", notes: "one")
        try scene.give(.changeApps(registered: [AppRegistered(app: "blog", settings: settings)], changed: []))
        try expectNeeded(&scene, .appRegistered)
        for notes in ["two", ""] {
            var changes = AppChanges()
            changes.notes = notes
            try scene.give(.changeApps(registered: [], changed: [AppChanged(app: "blog", changes: changes)]))
            try expectNeeded(&scene, .appChanged)
        }
        try expectDone(&scene, .appRegistered)
        var replayed = Platform()
        let erased = try scene.last(.appRegistered)
        for fact in scene.facts {
            let rest = try scene.recorded(fact.position)?.redacted(to: fact.event.remains).fact()
            try replayed.evolve(fact.position == erased ? try #require(rest) : fact)
        }
        #expect(replayed.apps["blog"] == scene.platform.apps["blog"] && replayed.apps["blog"]?.settings.notes == nil)
    }

    @Test("of a request is refused while it is in the queue")
    func queued() throws {
        var scene = Scene()
        #expect(try scene.takes("a", "/x"))
        #expect(try !scene.takes("b", "/x"))
        try expectNeeded(&scene, .lockRequested)
        try scene.die("b")
        try expectDone(&scene, .lockRequested, .lockWithdrawn)
    }

    @Test("of a session that ended is refused as long as one below it lives")
    func ancestors() throws {
        var scene = Scene()
        try scene.open("a")
        let position = try scene.last(.sessionOpened)
        try scene.open("b", under: "a")
        try scene.die("a")
        #expect(refusal(&scene, position)?.code == .needed)
        try scene.die("b")
        #expect(refusal(&scene, position) == nil)
    }

    @Test("of a task, its runner and who waits for it is refused while they last")
    func tasks() throws {
        var scene = Scene()
        try scene.register("run")
        try scene.queue("t", "/x", unique: "k")
        try scene.start("t", by: "run")
        try scene.give(.taskProgressed(TaskProgressed(task: TaskID("t"), attempt: 1, percent: 5, message: "m")))
        try scene.open("w")
        try scene.give(.awaitTask(TaskID("t"), Awaiting(holder: .session(SessionID("w")))))
        try scene.give(.stopTask(TaskID("t"), by: "me", reason: "why"))
        try expectNeeded(
            &scene, .runnerRegistered, .taskQueued, .taskClaimed, .taskStarted, .taskProgressed, .taskStopRequested,
            .taskWaitBegan)
        try scene.finish("t", .stopped, by: "run")
        try expectDone(
            &scene, .taskQueued, .taskClaimed, .taskStarted, .taskProgressed, .taskStopRequested, .taskWaitBegan,
            .taskWaitEnded, .taskFinished)
        try expectNeeded(&scene, .runnerRegistered)
        try scene.give(.retireRunner(RunnerID("run"), cause: .stopped))
        try expectDone(&scene, .runnerRegistered, .runnerRetired)
    }

    @Test("of an attempt that failed is refused as long as another one follows, and of its end and the delay too")
    func retries() throws {
        var scene = Scene()
        try scene.register("run")
        let order = TaskQueued(task: TaskID("t"), type: "backup", locks: [], retries: 1, backoff: 1, requestedBy: "me")
        try scene.give(.queueTask(order, scene.taskSession("t")))
        try scene.start("t", by: "run")
        try scene.finish("t", .failed, by: "run")
        try expectNeeded(
            &scene, .taskQueued, .taskClaimed, .taskStarted, .taskFinished, .taskRetryScheduled)
        try scene.give(.stopTask(TaskID("t"), by: "me", reason: "why"))
        #expect(scene.phase("t") == nil)
        try expectDone(
            &scene, .taskQueued, .taskClaimed, .taskStarted, .taskFinished, .taskRetryScheduled)
    }

    @Test("of a capacity is refused while it is the one that holds")
    func slots() throws {
        var scene = Scene()
        try scene.give(.configureSlots([try path("/s"): 2], onlyMissing: false))
        let position = try scene.last(.slotsConfigured)
        #expect(refusal(&scene, position)?.code == .needed)
        try scene.give(.configureSlots([try path("/s"): 3], onlyMissing: false))
        #expect(refusal(&scene, position) == nil)
    }

    @Test("that is not there, is of a redaction, or is given no reason is refused")
    func refused() throws {
        var scene = Scene()
        try scene.open("a")
        try scene.die("a")
        for position in [-1, 0, 3, Int.max] { #expect(refusal(&scene, position)?.code == .noSuchPosition) }
        #expect(refusal(&scene, 1, reason: "")?.code == .invalid)
        #expect(refusal(&scene, 1, reason: String(repeating: "x", count: 5000))?.code == .invalid)
        #expect(scene.facts.count == 2)
        #expect(refusal(&scene, 1) == nil)
        #expect(refusal(&scene, 3)?.code == .wrongState)
        let event = try #require(scene.recorded(1))
        let erased = event.redacted(to: try event.fact().event.remains)
        #expect(throws: Refusal.self) { try scene.platform.remains(of: erased, at: 1, head: 3) }
    }

    @Test("names what is erased, and shows what remains")
    func view() throws {
        var scene = Scene()
        try scene.queue("t", unique: "k")
        let event = try #require(scene.recorded(1))
        let remains = try event.fact().event.remains
        let redaction = try Redaction(of: event, remains: remains, isDone: true)
        #expect(redaction.erased == ["arguments", "requestedBy", "unique"])
        #expect(
            Projections.view(of: redaction, for: .administrator).text
                == #"{"position":1,"type":"task.queued","redacted":true,"erased":["arguments","requestedBy","unique"],"#
                + #""remains":"# + String(decoding: remains, as: UTF8.self) + "}")
        #expect(Projections.view(of: redaction, for: Viewer(role: .user, name: nil, operates: [])).text == "{}")
        let erased = event.redacted(to: remains)
        let line = Projections.view(ofLine: erased, for: .administrator)
        #expect(line.string("what") == "(redacted) t backup, asked for by redacted")
        let shown = Projections.view(of: erased, for: .administrator).text
        #expect(!shown.contains(#""data""#) && shown.contains(#""remains":{"arguments":{},"#))
    }
}

@Suite("Redacting what a notification says")
struct NotificationRedactionTests {
    @Test("is refused while it is open, and done when it is over, though people are still to hear so")
    func open() throws {
        var scene = Scene()
        try scene.give(.addUser(UserAdded(user: "olga", role: .owner, email: "o@x.y")))
        try scene.register("r")
        try scene.acquire("s-r", "x:/notifications/outbox")
        let notice = StaffNotice(kind: "k", subject: "secret", severity: .info, title: "secret")
        for _ in 0..<2 { try scene.give(.notify(notice, NotificationTests.admins)) }
        let id = try #require(scene.platform.notifications.open.first?.id)
        let message = Message(
            line: Line(recipient: "olga", channel: .mail), since: scene.platform.users["olga"]?.addressSince,
            items: [.init(notification: id, telling: .info)])
        try scene.give(.deliveryFailed(message, DeliveryFailure("secret"), by: RunnerID("r")))
        let (raised, failed) = (try scene.last(.notificationRaised), try scene.last(.notificationDeliveryFailed))
        for position in [raised, try scene.last(.notificationRepeated), failed] {
            expectRefused(.needed) { try scene.give(.redact(position, by: "me", reason: "why")) }
        }
        try scene.give(.delivered(message, by: RunnerID("r")))
        try scene.give(.redact(failed, by: "me", reason: "why"))
        try scene.give(.resolve(kind: "k", subject: "secret", by: "me"))
        #expect(scene.platform.notifications[id] != nil, "olga is still to hear that it is over")
        #expect(!String(decoding: scene.platform.encodeProjection("notifications"), as: UTF8.self).contains("secret"))
        try scene.give(.redact(raised, by: "me", reason: "why"))
        try scene.give(.redact(try scene.last(.notificationResolved), by: "me", reason: "why"))
        var replayed = Platform()
        for fact in scene.facts {
            var fact = fact
            if [.notificationRaised, .notificationResolved, .notificationDeliveryFailed].contains(fact.event.kind) {
                fact.event = try Event(kind: fact.event.kind, schema: 1, payload: fact.event.remains)
            }
            try replayed.evolve(fact)
        }
        #expect(
            replayed.encodeProjection("notifications") == scene.platform.encodeProjection("notifications"))
    }
}
