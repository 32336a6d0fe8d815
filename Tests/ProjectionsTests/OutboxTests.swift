import Events
import Testing

@testable import Projections

@Suite("The outbox")
struct OutboxTests {
    @Test("has a message for each of those who are meant by now, by each channel, and for nobody else")
    func recipients() throws {
        var scene = try Scene.withOutbox()
        try scene.raise("a")
        let lines = scene.outbox(hooks: [Scene.hook, Channels.Webhook(name: "other", staff: [.mailmanagers])]).messages
            .map(\.line.words)
        #expect(lines == ["mail to adam", "webhook to hook", "mail to olga"])
        try scene.give(.setRole("adam", .user))
        try scene.give(.setEmail("olga", nil))
        #expect(scene.outbox().messages.isEmpty)
        #expect(scene.outbox(mail: false, hooks: [Scene.hook]).messages.map(\.line.recipient) == ["hook"])
    }

    @Test("tells once, again when it matters more, and that it is over to those who were told alone")
    func tells() throws {
        var scene = try Scene.withOutbox()
        try scene.raise("a")
        try scene.send(to: "adam")
        #expect(scene.tellings == ["olga: warning"])
        try scene.raise("a")
        #expect(scene.tellings == ["olga: warning"])
        try scene.raise("a", .critical)
        #expect(scene.tellings == ["adam: critical", "olga: critical"])
        try scene.give(.resolve(kind: "k", subject: "a"))
        #expect(scene.tellings == ["adam: resolved"])
        try scene.send()
        #expect(scene.tellings == [])
    }

    @Test("tells nothing to who is meant no more, and takes who comes by a former name for somebody else")
    func removed() throws {
        var scene = try Scene.withOutbox()
        try scene.raise("a")
        try scene.send()
        try scene.give(.removeUser("adam"))
        try scene.give(.addUser(UserAdded(user: "adam", role: .admin, email: "a@x.y")))
        #expect(scene.tellings == ["adam: warning"])
        let late = try #require(scene.outbox().messages.first)
        try scene.give(.removeUser("adam"))
        try scene.give(.addUser(UserAdded(user: "adam", role: .admin, email: "a@x.y")))
        try scene.give(.delivered(late, by: Scene.deliverer))
        #expect(scene.tellings == ["adam: warning"], "under way to another adam")
        try scene.give(.resolve(kind: "k", subject: "a"))
        #expect(scene.tellings == ["olga: resolved"])
        try scene.give(.setRole("adam", .owner))
        try scene.give(.setRole("olga", .user))
        #expect(scene.tellings == [])
    }

    @Test("tells that it is over also where that came to be while the message was under way")
    func underWay() throws {
        var scene = try Scene.withOutbox()
        try scene.give(.setRole("adam", .user))
        try scene.raise("a")
        let message = try #require(scene.outbox().messages.first)
        try scene.give(.resolve(kind: "k", subject: "a"))
        #expect(scene.tellings == [])
        try scene.give(.delivered(message, by: Scene.deliverer))
        #expect(scene.tellings == ["olga: resolved"])
    }

    @Test("holds back what is above the limit, and tells it as one, what matters most first")
    func limited() throws {
        var scene = try Scene.withOutbox()
        try scene.give(.setRole("adam", .user))
        for number in 0..<5 { try scene.raise("\(number)", number == 4 ? .critical : .info) }
        #expect(scene.tellings == ["olga: critical", "olga: info", "olga: info info info"])
        let messages = scene.outbox().messages
        for message in messages { try scene.give(.delivered(message, by: Scene.deliverer)) }
        try scene.raise("more", .critical)
        try scene.raise("most", .critical)
        let held = scene.outbox()
        let first = try #require(scene.facts.first { $0.event.kind == .notificationDelivered }?.at.microseconds)
        #expect(held.messages.isEmpty && held.next?.microseconds == first + Scene.limit.window)
        scene.now = first + Scene.limit.window
        #expect(scene.tellings == ["olga: critical critical"])
    }

    @Test("does not tell that it is over where it made room, or was raised for others")
    func notOver() throws {
        for cause in NotificationResolved.Cause.allCases {
            var scene = try Scene.withOutbox()
            try scene.raise("a")
            try scene.send()
            let id = try #require(scene.platform.notifications.open.first?.id)
            var platform = scene.platform
            let resolved = NotificationResolved(notification: id, cause: cause)
            try platform.evolve(
                Fact(position: 1000, at: Timestamp(microseconds: scene.now), event: .notificationResolved(resolved)))
            let owed = platform.owed(by: Channels(mail: true)).values.joined().map(\.telling)
            #expect(owed == ([.cleared, .requested].contains(cause) ? [.resolved, .resolved] : []), "\(cause)")
        }
    }

    @Test("walks nothing again of which nothing was owed, until it or those who are meant change")
    func settled() throws {
        var scene = try Scene.withOutbox()
        try scene.raise("a")
        try scene.send()
        try scene.raise("b")
        let first = scene.outbox().settled
        #expect(first.records.count == 1 && first.ways.count == 1)
        func subjects() -> [String] {
            let outbox = Outbox(
                scene.platform, by: Channels(mail: true), limit: Scene.limit, at: Timestamp(microseconds: scene.now),
                after: first)
            #expect(outbox == scene.outbox())
            return outbox.messages.map { message in
                let subjects = message.items.compactMap { scene.platform.notifications[$0.notification]?.subject }
                return "\(message.line.recipient): \(subjects.joined(separator: " "))"
            }
        }
        #expect(subjects() == ["adam: b", "olga: b"])
        try scene.give(.addUser(UserAdded(user: "ann", role: .admin, email: "ann@x.y")))
        #expect(subjects() == ["adam: b", "ann: a", "ann: b", "olga: b"])
        try scene.raise("a", .critical)
        #expect(subjects() == ["adam: a", "adam: b", "ann: a", "ann: b", "olga: a", "olga: b"])
    }

    @Test("is written to by the runner alone that holds it")
    func lease() throws {
        var scene = try Scene.withOutbox()
        try scene.raise("a")
        let message = try #require(scene.outbox().messages.first)
        try scene.register("other", host: "h2")
        expectRefused(.noSuchToken) { try scene.give(.delivered(message, by: RunnerID("other"))) }
        expectRefused(.noSuchRunner) { try scene.give(.delivered(message, by: RunnerID("none"))) }
        try scene.acquire("s-other", "x:/notifications/outbox")
        try scene.register("next", afterDeathOf: "r")
        #expect(scene.holds("s-other", "/notifications/outbox"))
        expectRefused(.noSuchRunner) { try scene.give(.delivered(message, by: Scene.deliverer)) }
        try scene.give(.delivered(message, by: RunnerID("other")))
    }

    @Test("makes the same message again under the same id, and another one under another")
    func ids() throws {
        var scene = try Scene.withOutbox()
        try scene.raise("a")
        let before = scene.outbox().messages.map(\.id)
        #expect(scene.outbox().messages.map(\.id) == before && Set(before).count == 2)
        try scene.raise("a", .critical)
        #expect(Set(scene.outbox().messages.map(\.id)).isDisjoint(with: before))
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
