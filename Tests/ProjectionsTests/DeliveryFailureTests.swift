import Events
import Testing

@testable import Projections

@Suite("A message that fails")
struct DeliveryFailureTests {
    /// Fails until what is raised first is given up; `between` happens before each try.
    private func failAll(
        _ scene: inout Scene, _ failure: DeliveryFailure = DeliveryFailure("451 later"),
        times: Int = Platform.maximumDeliveryAttempts, between: (inout Scene, Int) throws -> Void = { _, _ in }
    ) throws {
        for attempt in 1...times {
            try between(&scene, attempt)
            let next = scene.platform.state(of: Line(recipient: "olga", channel: .mail)).notBefore
            scene.now = max(scene.now, next?.microseconds ?? 0)
            let message = try #require(scene.outbox().messages.first { $0.line.recipient == "olga" })
            try scene.give(.deliveryFailed(message, failure, by: Scene.deliverer))
        }
    }

    @Test("waits longer with each failure and tells all in one behind it, while nobody else waits")
    func failing() throws {
        var scene = try Scene.withOutbox()
        try scene.raise("a")
        let message = try #require(scene.outbox().messages.first { $0.line.recipient == "adam" })
        var pauses: [Int] = []
        for _ in 0..<3 {
            try scene.give(.deliveryFailed(message, DeliveryFailure("451 later"), by: Scene.deliverer))
            let next = try #require(scene.outbox().next).microseconds
            pauses.append((next - scene.now) / 1_000_000)
            #expect(scene.tellings == ["olga: warning"])
            scene.now = next
        }
        #expect(pauses == [30, 60, 120])
        try scene.raise("b")
        #expect(scene.tellings == ["olga: warning", "olga: warning", "adam: warning warning"], "he holds up nobody")
        let pending = Delivery.all(of: scene.platform.notifications.open, in: scene.platform, by: Channels(mail: true))
        #expect(pending.filter { $0.line.recipient == "adam" }.map(\.attempts) == [3, 3])
    }

    @Test("waits as long as the other side asks, no shorter than by itself, and an hour at the most")
    func retryAfter() throws {
        for (asked, seconds) in [(nil, 30), (7, 30), (31, 31), (3600, 3600), (99_999_999, 3600)] {
            var scene = try Scene.withOutbox()
            try scene.raise("a")
            let message = try #require(scene.outbox().messages.first)
            let failure = DeliveryFailure("429", retryAfter: asked.map { $0 * 1_000_000 })
            try scene.give(.deliveryFailed(message, failure, by: Scene.deliverer))
            let pause = try #require(scene.outbox().next).microseconds - scene.now
            #expect(pause == seconds * 1_000_000, "\(asked ?? 0)")
        }
    }

    @Test(
        "tells of a mail server that is of no use with the third try of a message, once for all, until a mail arrives")
    func server() throws {
        var scene = try Scene.withOutbox()
        try scene.raise("a")
        let trouble = { scene.platform.notifications[kind: "delivery-failed", subject: "mail"] }
        for attempt in 1...5 {
            for message in scene.outbox().messages {
                try scene.give(.deliveryFailed(message, DeliveryFailure("away", isOfServer: true), by: Scene.deliverer))
            }
            #expect((trouble() != nil) == (attempt >= 3))
            scene.now = try #require(scene.outbox().next).microseconds
        }
        #expect(
            trouble()?.body == "See: interlock notification deliveries"
                && trouble()?.audience == .staff(BuiltInKind.deliveryFailed.audience))
        #expect(scene.platform.notifications.open.count == 2, "one for both")
        #expect(
            scene.outbox(mail: false, hooks: [Scene.hook]).messages.flatMap(\.items).count == 2, "by the webhook too")
        try scene.send(to: "olga")
        #expect(trouble() == nil)
    }

    @Test("tells of a webhook that fails, and not of one whose box is full, with the third try")
    func early() throws {
        var scene = try Scene.withOutbox()
        try scene.give(.setRole("adam", .user))
        try scene.raise("a")
        for _ in 1...3 {
            for message in scene.outbox(hooks: [Scene.hook]).messages {
                try scene.give(.deliveryFailed(message, DeliveryFailure("500 or full"), by: Scene.deliverer))
            }
            scene.now = try #require(scene.outbox(hooks: [Scene.hook]).next).microseconds + 1_000_000
        }
        #expect(scene.platform.notifications.open.map(\.subject) == ["webhook to hook", "a"])
        let message = try #require(scene.outbox(hooks: [Scene.hook]).messages.first { $0.line.channel == .webhook })
        try scene.give(.delivered(message, by: Scene.deliverer))
        #expect(scene.platform.notifications.open.map(\.subject) == ["a"])
    }

    @Test("gives up what fails for good or too often; that is a notification itself, until a message arrives")
    func final() throws {
        var scene = try Scene.withOutbox()
        try scene.give(.setRole("adam", .user))
        try scene.raise("a")
        let message = try #require(scene.outbox().messages.first)
        for attempt in 1...Platform.maximumDeliveryAttempts {
            let mark = scene.facts.count
            try scene.give(.deliveryFailed(message, DeliveryFailure("451 later"), by: Scene.deliverer))
            let isLast = attempt == Platform.maximumDeliveryAttempts
            #expect(scene.kinds(since: mark).contains("notification.raised") == isLast)
        }
        let trouble = try #require(scene.platform.notifications[kind: "delivery-failed", subject: "mail to olga"])
        let told = scene.outbox().messages
        #expect(told.flatMap(\.items).map(\.notification) == [trouble.id], "what was given up is owed no more")
        try scene.give(
            .deliveryFailed(told[0], DeliveryFailure("550 no such user", isFinal: true), by: Scene.deliverer))
        #expect(scene.outbox().messages.isEmpty, "no circle")
        #expect(scene.platform.notifications[kind: "delivery-failed", subject: "mail to olga"]?.count == 2)
        try scene.raise("b")
        try scene.send()
        #expect(scene.platform.notifications[kind: "delivery-failed", subject: "mail to olga"] == nil)
    }

    @Test("tries what was raised late as often as what was raised first")
    func late() throws {
        var scene = try Scene.withOutbox()
        try scene.give(.setRole("adam", .user))
        try scene.raise("a")
        try failAll(&scene) { scene, attempt in
            if attempt == 14 { try scene.raise("late") }
        }
        func owed() -> [String] {
            scene.outbox().owed.values.joined().compactMap { scene.platform.notifications[$0.notification]?.subject }
        }
        #expect(owed().contains("late") && !owed().contains("a"))
        try failAll(&scene, times: 12)
        #expect(owed().contains("late"))
        try failAll(&scene, times: 1)
        #expect(!owed().contains("late"), "13 times beside what was given up first")
    }

    @Test("tries what matters more by now as often, though it was raised before")
    func risen() throws {
        var scene = try Scene.withOutbox()
        try scene.give(.setRole("adam", .user))
        try scene.raise("risen")
        try scene.send()
        try scene.raise("a")
        try failAll(&scene) { scene, attempt in
            if attempt == 14 { try scene.raise("risen", .critical) }
        }
        let open = scene.outbox().owed.values.joined().map(\.telling)
        #expect(open.contains(.critical))
    }

    @Test("begins anew with the tries when what failed is over")
    func anew() throws {
        var scene = try Scene.withOutbox()
        try scene.give(.setRole("adam", .user))
        try scene.raise("a")
        try failAll(&scene, times: 13)
        try scene.give(.resolve(kind: "k", subject: "a"))
        try scene.raise("b")
        try failAll(&scene, times: 1)
        let pending = Delivery.all(of: scene.platform.notifications.open, in: scene.platform, by: Channels(mail: true))
        #expect(pending.map(\.state) == [.pending] && pending.map(\.attempts) == [14])
    }

    @Test("gives nothing up while it is the server that is of no use, and waits ten minutes at the most")
    func serverAway() throws {
        var scene = try Scene.withOutbox()
        try scene.give(.setRole("adam", .user))
        try scene.raise("a")
        try failAll(&scene, DeliveryFailure("away", isOfServer: true), times: 40)
        #expect(scene.outbox().owed.values.joined().map(\.telling).contains(.warning))
        let next = try #require(scene.outbox().next)
        #expect(next.microseconds - scene.now <= 600_000_000)
        try failAll(&scene, times: 13)
        #expect(scene.outbox().owed.values.joined().count == 2, "what the server did counts against no message")
        try failAll(&scene, times: 1)
        #expect(scene.platform.notifications[kind: "delivery-failed", subject: "mail to olga"] != nil)
    }

    @Test("does not take one whom the server alone refuses to serve for a server that is of no use")
    func refusedAlone() throws {
        var scene = try Scene.withOutbox()
        try scene.raise("a")
        var told: [String] = []
        try failAll(&scene, DeliveryFailure("421", isOfServer: true), times: 15) { scene, attempt in
            try scene.raise("\(attempt)")
            try scene.send(to: "adam")
            told += scene.platform.notifications.open.filter { $0.kind == "delivery-failed" }.map(\.subject)
        }
        #expect(told == [])
        #expect(scene.platform.notifications[kind: "delivery-failed", subject: "mail to olga"] != nil)
    }

    @Test("counts no outage against one whom the server refuses when it is back, though it serves others")
    func behindOutage() throws {
        var scene = try Scene.withOutbox()
        try scene.raise("a")
        let refused = DeliveryFailure("421", isOfServer: true)
        try failAll(&scene, refused, times: 20)
        try scene.send(to: "adam")
        try failAll(&scene, refused, times: 13)
        #expect(scene.platform.notifications[kind: "delivery-failed", subject: "mail to olga"] == nil)
        try failAll(&scene, refused, times: 1)
        #expect(scene.platform.notifications[kind: "delivery-failed", subject: "mail to olga"] != nil)
    }

    @Test("waits longer, is told of and given up in the end also where it fails by turns")
    func byTurns() throws {
        var scene = try Scene.withOutbox()
        try scene.give(.setRole("adam", .user))
        try scene.raise("a")
        for _ in 1...13 {
            try failAll(&scene, times: 1)
            try failAll(&scene, DeliveryFailure("421", isOfServer: true), times: 1)
        }
        #expect(scene.platform.notifications[kind: "delivery-failed", subject: "mail"] != nil)
        #expect(scene.platform.notifications[kind: "delivery-failed", subject: "mail to olga"] == nil)
        try failAll(&scene, times: 1)
        #expect(scene.platform.notifications[kind: "delivery-failed", subject: "mail to olga"] != nil)
    }

    @Test("is told of where a webhook is dead, though what it is not told comes and goes")
    func comesAndGoes() throws {
        var scene = try Scene.withOutbox()
        for number in 1...3 {
            try scene.raise("a")
            scene.now = max(scene.now, scene.outbox(mail: false, hooks: [Scene.hook]).next?.microseconds ?? 0)
            let message = try #require(scene.outbox(mail: false, hooks: [Scene.hook]).messages.first)
            try scene.give(.deliveryFailed(message, DeliveryFailure("500"), by: Scene.deliverer))
            let trouble = scene.platform.notifications[kind: "delivery-failed", subject: "webhook to hook"]
            #expect((trouble != nil) == (number == 3))
            try scene.give(.resolve(kind: "k", subject: "a"))
        }
    }

    @Test("is no trouble of somebody who is removed, or meant no more, while it is under way")
    func underWay() throws {
        var scene = try Scene.withOutbox()
        try scene.raise("a")
        let message = try #require(scene.outbox().messages.first { $0.line.recipient == "adam" })
        try scene.give(.removeUser("adam"))
        try scene.give(.deliveryFailed(message, DeliveryFailure("550", isFinal: true), by: Scene.deliverer))
        #expect(scene.platform.notifications.openCount == 1)
    }

    @Test("because of the server waits no longer where it may be another, and is not put behind others")
    func tryingServer() throws {
        var scene = try Scene.withOutbox()
        try scene.raise("a")
        let failures = [DeliveryFailure("away", isOfServer: true), DeliveryFailure("451 later")]
        for (message, failure) in zip(scene.outbox().messages, failures) {
            try scene.give(.deliveryFailed(message, failure, by: Scene.deliverer))
        }
        #expect(scene.outbox().messages.isEmpty)
        let anew = Outbox(
            scene.platform, by: Channels(mail: true), limit: Scene.limit, at: Timestamp(microseconds: scene.now),
            tryingServer: true)
        #expect(anew.messages.map(\.line.recipient) == ["adam"])
        scene.now += 100_000_000
        try scene.give(.addUser(UserAdded(user: "zoe", role: .admin, email: "zoe@x.y")))
        #expect(scene.outbox().messages.map(\.line.recipient) == ["adam", "zoe", "olga"])
    }

    @Test("tells at a corrected address what could not be told at the former, at once")
    func corrected() throws {
        var scene = try Scene.withOutbox()
        try scene.give(.setRole("adam", .user))
        try scene.raise("told")
        try scene.raise("failed")
        let messages = scene.outbox().messages
        try scene.give(.delivered(messages[0], by: Scene.deliverer))
        try scene.give(.deliveryFailed(messages[1], DeliveryFailure("550 unknown", isFinal: true), by: Scene.deliverer))
        try scene.raise("told", .critical)
        let risen = try #require(scene.outbox().messages.first)
        try scene.give(.deliveryFailed(risen, DeliveryFailure("550 unknown", isFinal: true), by: Scene.deliverer))
        try scene.raise("waits")
        let waits = try #require(scene.outbox().messages.first)
        try scene.give(.deliveryFailed(waits, DeliveryFailure("451 later"), by: Scene.deliverer))
        #expect(scene.tellings == [])
        try scene.give(.setEmail("olga", "right@x.y"))
        #expect(scene.tellings == ["olga: critical", "olga: warning warning"])
        #expect(scene.platform.notifications.open.allSatisfy { $0.kind == "k" })
        try scene.give(.delivered(waits, by: Scene.deliverer))
        #expect(scene.tellings.count == 2, "what was under way went to the former")
    }

    @Test("tells at a corrected address also what another one of the same name was told before he was removed")
    func sameName() throws {
        var scene = try Scene.withOutbox()
        try scene.raise("a", .info)
        try scene.send(to: "adam")
        try scene.give(.removeUser("adam"))
        try scene.give(.addUser(UserAdded(user: "adam", role: .admin, email: "adan@x.y")))
        let message = try #require(scene.outbox().messages.first { $0.line.recipient == "adam" })
        try scene.give(.deliveryFailed(message, DeliveryFailure("550 unknown", isFinal: true), by: Scene.deliverer))
        try scene.send(to: "olga")
        try scene.give(.setEmail("adam", "adam@x.y"))
        #expect(scene.tellings == ["adam: info", "olga: resolved"])
    }

    @Test("is of no trouble with who was removed, or has no address, and with ways that are configured no more")
    func former() throws {
        for command in [Platform.Command.removeUser("adam"), .setEmail("adam", nil)] {
            var scene = try Scene.withOutbox()
            try scene.raise("a")
            let channels = Channels(mail: true, webhooks: [Scene.hook])
            for message in scene.outbox(hooks: [Scene.hook]).messages where message.line.recipient != "olga" {
                let isMail = message.line.channel == .mail
                try scene.give(.deliveryFailed(message, DeliveryFailure("no", isFinal: isMail), by: Scene.deliverer))
            }
            try scene.raise("b")
            let mail = try #require(scene.outbox().messages.first { $0.line.words == "mail to adam" })
            try scene.give(.deliveryFailed(mail, DeliveryFailure("451 later"), by: Scene.deliverer))
            #expect(scene.platform.failing(by: channels).map(\.line.words) == ["mail to adam", "webhook to hook"])
            #expect(scene.platform.failing(by: Channels(mail: true)).map(\.line.words) == ["mail to adam"])
            try scene.give(command)
            #expect(scene.platform.failing(by: Channels(mail: true)).isEmpty)
            #expect(scene.platform.notifications[kind: "delivery-failed", subject: "mail to adam"] == nil)
        }
    }

    @Test("names the trouble that no message will end")
    func formerWays() throws {
        var scene = try Scene.withOutbox()
        for subject in ["mail", "mail to adam", "webhook to hook", "webhook to other", "something else"] {
            try scene.give(
                .notify(
                    StaffNotice(kind: "delivery-failed", subject: subject, severity: .warning, title: "t"),
                    NotificationTests.admins))
        }
        func former(_ channels: Channels) -> Set<String> { Set(scene.platform.troubleOfFormerWays(channels)) }
        #expect(former(Channels(mail: true, webhooks: [Scene.hook])) == ["webhook to other"])
        #expect(former(Channels()) == ["mail", "mail to adam", "webhook to hook", "webhook to other"])
    }
}
