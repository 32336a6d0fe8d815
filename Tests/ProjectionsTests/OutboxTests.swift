import Events
import Testing

@testable import Projections

@Suite("The outbox")
struct OutboxTests {
    static let limit = DeliveryLimit(messages: 3, window: 60_000_000)
    static let hook = Channels.Webhook(name: "hook", staff: [.administrators])
    static let runner = RunnerID("r")

    /// An owner, an admin and a user, with a runner that holds the outbox.
    private func scene() throws -> Scene {
        var scene = Scene()
        for (name, role) in [("olga", Role.owner), ("adam", .admin), ("ute", .user)] {
            try scene.give(.addUser(UserAdded(user: name, role: role, email: "\(name)@x.y")))
        }
        try scene.register("r")
        try scene.acquire("s-r", "x:/notifications/outbox")
        return scene
    }

    private func raise(_ scene: inout Scene, _ subject: String, _ severity: Severity = .warning) throws {
        try scene.give(
            .notify(
                StaffNotice(kind: "k", subject: subject, severity: severity, title: "t"), NotificationTests.admins))
    }

    private func outbox(_ scene: Scene, mail: Bool = true, hooks: [Channels.Webhook] = []) -> Outbox {
        Outbox(
            scene.platform, by: Channels(mail: mail, webhooks: hooks), limit: Self.limit,
            at: Timestamp(microseconds: scene.now))
    }

    private func send(_ scene: inout Scene, to recipient: String? = nil) throws {
        for message in outbox(scene).messages where recipient.map({ $0 == message.line.recipient }) ?? true {
            try scene.give(.delivered(message, by: Self.runner))
        }
    }

    private func tellings(_ scene: Scene) -> [String] {
        outbox(scene).messages.map { message in
            "\(message.line.recipient): " + message.items.map(\.telling.rawValue).joined(separator: " ")
        }
    }

    @Test("has a message for each of those who are meant by now, by each channel, and for nobody else")
    func recipients() throws {
        var scene = try scene()
        try raise(&scene, "a")
        let lines = outbox(scene, hooks: [Self.hook, Channels.Webhook(name: "other", staff: [.mailmanagers])]).messages
            .map(\.line.words)
        #expect(lines == ["mail to adam", "webhook to hook", "mail to olga"])
        try scene.give(.setRole("adam", .user))
        try scene.give(.setEmail("olga", nil))
        #expect(outbox(scene).messages.isEmpty)
        #expect(outbox(scene, mail: false, hooks: [Self.hook]).messages.map(\.line.recipient) == ["hook"])
    }

    @Test("tells once, again when it matters more, and that it is over to those who were told alone")
    func tells() throws {
        var scene = try scene()
        try raise(&scene, "a")
        try send(&scene, to: "adam")
        #expect(tellings(scene) == ["olga: warning"])
        try raise(&scene, "a")
        #expect(tellings(scene) == ["olga: warning"])
        try raise(&scene, "a", .critical)
        #expect(tellings(scene) == ["adam: critical", "olga: critical"])
        try scene.give(.resolve(kind: "k", subject: "a"))
        #expect(tellings(scene) == ["adam: resolved"])
        try send(&scene)
        #expect(tellings(scene) == [])
    }

    @Test("tells nothing to who is meant no more, and takes who comes by a former name for somebody else")
    func removed() throws {
        var scene = try scene()
        try raise(&scene, "a")
        try send(&scene)
        try scene.give(.removeUser("adam"))
        try scene.give(.addUser(UserAdded(user: "adam", role: .admin, email: "a@x.y")))
        #expect(tellings(scene) == ["adam: warning"])
        let late = try #require(outbox(scene).messages.first)
        try scene.give(.removeUser("adam"))
        try scene.give(.addUser(UserAdded(user: "adam", role: .admin, email: "a@x.y")))
        try scene.give(.delivered(late, by: Self.runner))
        #expect(tellings(scene) == ["adam: warning"], "under way to another adam")
        try scene.give(.resolve(kind: "k", subject: "a"))
        #expect(tellings(scene) == ["olga: resolved"])
        try scene.give(.setRole("adam", .owner))
        try scene.give(.setRole("olga", .user))
        #expect(tellings(scene) == [])
    }

    @Test("tells that it is over also where that came to be while the message was under way")
    func underWay() throws {
        var scene = try scene()
        try scene.give(.setRole("adam", .user))
        try raise(&scene, "a")
        let message = try #require(outbox(scene).messages.first)
        try scene.give(.resolve(kind: "k", subject: "a"))
        #expect(tellings(scene) == [])
        try scene.give(.delivered(message, by: Self.runner))
        #expect(tellings(scene) == ["olga: resolved"])
    }

    @Test("holds back what is above the limit, and tells it as one, what matters most first")
    func limited() throws {
        var scene = try scene()
        try scene.give(.setRole("adam", .user))
        for number in 0..<5 { try raise(&scene, "\(number)", number == 4 ? .critical : .info) }
        #expect(tellings(scene) == ["olga: critical", "olga: info", "olga: info info info"])
        let messages = outbox(scene).messages
        for message in messages { try scene.give(.delivered(message, by: Self.runner)) }
        try raise(&scene, "more", .critical)
        try raise(&scene, "most", .critical)
        let held = outbox(scene)
        let first = try #require(scene.facts.first { $0.event.kind == .notificationDelivered }?.at.microseconds)
        #expect(held.messages.isEmpty && held.next?.microseconds == first + Self.limit.window)
        scene.now = first + Self.limit.window
        #expect(tellings(scene) == ["olga: critical critical"])
    }

    @Test("waits longer with each failure and tells all in one behind it, while nobody else waits")
    func failing() throws {
        var scene = try scene()
        try raise(&scene, "a")
        let message = try #require(outbox(scene).messages.first { $0.line.recipient == "adam" })
        var pauses: [Int] = []
        for _ in 0..<3 {
            try scene.give(.deliveryFailed(message, DeliveryFailure("451 later"), by: Self.runner))
            let next = try #require(outbox(scene).next).microseconds
            pauses.append((next - scene.now) / 1_000_000)
            #expect(tellings(scene) == ["olga: warning"])
            scene.now = next
        }
        #expect(pauses == [30, 60, 120])
        try raise(&scene, "b")
        #expect(tellings(scene) == ["adam: warning warning", "olga: warning", "olga: warning"])
        let pending = Delivery.all(of: scene.platform.notifications.open, in: scene.platform, by: Channels(mail: true))
        #expect(pending.filter { $0.line.recipient == "adam" }.map(\.attempts) == [3, 3])
    }

    @Test("waits as long as the other side asks, no shorter than by itself, and an hour at the most")
    func retryAfter() throws {
        for (asked, seconds) in [(nil, 30), (7, 30), (31, 31), (3600, 3600), (99_999_999, 3600)] {
            var scene = try scene()
            try raise(&scene, "a")
            let message = try #require(outbox(scene).messages.first)
            let failure = DeliveryFailure("429", retryAfter: asked.map { $0 * 1_000_000 })
            try scene.give(.deliveryFailed(message, failure, by: Self.runner))
            let pause = try #require(outbox(scene).next).microseconds - scene.now
            #expect(pause == seconds * 1_000_000, "\(asked ?? 0)")
        }
    }

    @Test(
        "tells of a mail server that is of no use with the third try of a message, once for all, until a mail arrives")
    func server() throws {
        var scene = try scene()
        try raise(&scene, "a")
        let trouble = { scene.platform.notifications[kind: "delivery-failed", subject: "mail"] }
        for attempt in 1...5 {
            for message in outbox(scene).messages {
                try scene.give(.deliveryFailed(message, DeliveryFailure("away", isOfServer: true), by: Self.runner))
            }
            #expect((trouble() != nil) == (attempt >= 3))
            scene.now = try #require(outbox(scene).next).microseconds
        }
        #expect(trouble()?.body == "away" && trouble()?.audience == .staff(BuiltInKind.deliveryFailed.audience))
        #expect(scene.platform.notifications.open.count == 2, "one for both")
        #expect(
            outbox(scene, mail: false, hooks: [Self.hook]).messages.flatMap(\.items).count == 2, "by the webhook too")
        try send(&scene, to: "olga")
        #expect(trouble() == nil)
    }

    @Test("tells of a webhook that fails, and not of one whose box is full, with the third try")
    func early() throws {
        var scene = try scene()
        try scene.give(.setRole("adam", .user))
        try raise(&scene, "a")
        for _ in 1...3 {
            for message in outbox(scene, hooks: [Self.hook]).messages {
                try scene.give(.deliveryFailed(message, DeliveryFailure("500 or full"), by: Self.runner))
            }
            scene.now = try #require(outbox(scene, hooks: [Self.hook]).next).microseconds + 1_000_000
        }
        #expect(scene.platform.notifications.open.map(\.subject) == ["webhook to hook", "a"])
        let message = try #require(outbox(scene, hooks: [Self.hook]).messages.first { $0.line.channel == .webhook })
        try scene.give(.delivered(message, by: Self.runner))
        #expect(scene.platform.notifications.open.map(\.subject) == ["a"])
    }

    @Test("gives up what fails for good or too often; that is a notification itself, until a message arrives")
    func final() throws {
        var scene = try scene()
        try scene.give(.setRole("adam", .user))
        try raise(&scene, "a")
        let message = try #require(outbox(scene).messages.first)
        for attempt in 1...Platform.maximumDeliveryAttempts {
            let mark = scene.facts.count
            try scene.give(.deliveryFailed(message, DeliveryFailure("451 later"), by: Self.runner))
            let isLast = attempt == Platform.maximumDeliveryAttempts
            #expect(scene.kinds(since: mark).contains("notification.raised") == isLast)
        }
        let trouble = try #require(scene.platform.notifications[kind: "delivery-failed", subject: "mail to olga"])
        let told = outbox(scene).messages
        #expect(told.flatMap(\.items).map(\.notification) == [trouble.id], "what was given up is owed no more")
        try scene.give(.deliveryFailed(told[0], DeliveryFailure("550 no such user", isFinal: true), by: Self.runner))
        #expect(outbox(scene).messages.isEmpty, "no circle")
        #expect(scene.platform.notifications[kind: "delivery-failed", subject: "mail to olga"]?.count == 2)
        try raise(&scene, "b")
        try send(&scene)
        #expect(scene.platform.notifications[kind: "delivery-failed", subject: "mail to olga"] == nil)
    }

    @Test("walks nothing again of which nothing was owed, until it or those who are meant change")
    func settled() throws {
        var scene = try scene()
        try raise(&scene, "a")
        try send(&scene)
        try raise(&scene, "b")
        let first = outbox(scene).settled
        #expect(first.records.count == 1 && first.ways.count == 1)
        func subjects() -> [String] {
            let outbox = Outbox(
                scene.platform, by: Channels(mail: true), limit: Self.limit, at: Timestamp(microseconds: scene.now),
                after: first)
            #expect(outbox == self.outbox(scene))
            return outbox.messages.map { message in
                let subjects = message.items.compactMap { scene.platform.notifications[$0.notification]?.subject }
                return "\(message.line.recipient): \(subjects.joined(separator: " "))"
            }
        }
        #expect(subjects() == ["adam: b", "olga: b"])
        try scene.give(.addUser(UserAdded(user: "ann", role: .admin, email: "ann@x.y")))
        #expect(subjects() == ["adam: b", "ann: a", "ann: b", "olga: b"])
        try raise(&scene, "a", .critical)
        #expect(subjects() == ["adam: a", "adam: b", "ann: a", "ann: b", "olga: a", "olga: b"])
    }

    @Test("is written to by the runner alone that holds it")
    func lease() throws {
        var scene = try scene()
        try raise(&scene, "a")
        let message = try #require(outbox(scene).messages.first)
        try scene.register("other", host: "h2")
        expectRefused(.noSuchToken) { try scene.give(.delivered(message, by: RunnerID("other"))) }
        expectRefused(.noSuchRunner) { try scene.give(.delivered(message, by: RunnerID("none"))) }
        try scene.acquire("s-other", "x:/notifications/outbox")
        try scene.register("next", afterDeathOf: "r")
        #expect(scene.holds("s-other", "/notifications/outbox"))
        expectRefused(.noSuchRunner) { try scene.give(.delivered(message, by: Self.runner)) }
        try scene.give(.delivered(message, by: RunnerID("other")))
    }

    @Test("makes the same message again under the same id, and another one under another")
    func ids() throws {
        var scene = try scene()
        try raise(&scene, "a")
        let before = outbox(scene).messages.map(\.id)
        #expect(outbox(scene).messages.map(\.id) == before && Set(before).count == 2)
        try raise(&scene, "a", .critical)
        #expect(Set(outbox(scene).messages.map(\.id)).isDisjoint(with: before))
        func summary(_ tellings: Telling...) -> String {
            let items = tellings.enumerated().map {
                Message.Item(notification: NotificationID("n\($0)"), telling: $1)
            }
            return Message(line: Line(recipient: "olga", channel: .mail), since: nil, items: items).id
        }
        let different = [
            summary(.info), summary(.info, .info), summary(.info, .critical), summary(.info, .info, .info),
        ]
        #expect(Set(different).count == 4 && summary(.info, .critical) == different[2])
    }
}
