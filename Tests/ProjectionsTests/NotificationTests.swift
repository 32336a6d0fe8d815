import Events
import Testing

@testable import Projections

@Suite("A notification")
struct NotificationTests {
    static let admins = StaffAudience(.administrators)

    private func scene() throws -> Scene {
        var scene = Scene()
        try scene.give(.addUser(UserAdded(user: "olga", role: .owner, email: "olga@x.y")))
        return scene
    }

    private func notice(
        _ kind: String = "disk", _ severity: Severity = .warning, title: String = "full", body: String? = nil
    ) -> StaffNotice {
        StaffNotice(kind: kind, subject: "/var", severity: severity, title: title, body: body)
    }

    private func only(_ scene: Scene) throws -> Projections.Notification {
        try #require(scene.platform.notifications.open.count == 1)
        return scene.platform.notifications.open[0]
    }

    @Test("that is raised again is the same one: it counts, and has the last title")
    func repeated() throws {
        var scene = try scene()
        let first = try scene.give(.notify(notice(), Self.admins))
        for number in 2...5 {
            let again = try scene.give(.notify(notice(title: "fuller", body: "\(number)"), Self.admins))
            #expect(again == first)
        }
        let record = try only(scene)
        #expect(record.count == 5 && record.title == "fuller" && record.body == "5" && record.severity == .warning)
        #expect(first == .notified(record.id, isRecorded: true) && record.id.text == "n\(record.position)")
        #expect(record.lastAt > record.firstAt)
    }

    @Test("stays acknowledged when it is raised again, and is open again when it matters more")
    func acknowledged() throws {
        var scene = try scene()
        try scene.give(.notify(notice(), Self.admins))
        let id = try only(scene).id
        try scene.give(.acknowledge(id, by: "olga"))
        try scene.give(.notify(notice(), Self.admins))
        try scene.give(.notify(notice("disk", .info), Self.admins))
        #expect(try only(scene).state == .acknowledged && only(scene).acknowledgement?.by == "olga")
        #expect(try only(scene).severity == .warning, "it never falls while it is open")
        let mark = scene.facts.count
        try scene.give(.acknowledge(id, by: "ute"))
        #expect(scene.facts.count == mark)
        try scene.give(.notify(notice("disk", .critical), Self.admins))
        #expect(try only(scene).state == .open && only(scene).severity == .critical)
    }

    @Test("that is over and raised again is another one; to say so twice changes nothing")
    func reopened() throws {
        var scene = try scene()
        try scene.give(.notify(notice(), Self.admins))
        let id = try only(scene).id
        #expect(try scene.give(.resolve(kind: "disk", subject: "/var", by: "olga")) == .resolved(id))
        let mark = scene.facts.count
        #expect(try scene.give(.resolve(kind: "disk", subject: "/var", by: "olga")) == .nothingOpen)
        #expect(scene.facts.count == mark)
        expectRefused(.noSuchNotification) { try scene.give(.acknowledge(id, by: "olga")) }
        try scene.give(.notify(notice(), Self.admins))
        #expect(try only(scene).id != id && only(scene).count == 1)
    }

    @Test("for other people than before is another one: the former must not read what these are told")
    func readdressed() throws {
        var scene = try scene()
        try scene.give(.tell(UserNotice(kind: "disk", subject: "/var", severity: .info, title: "soon back")))
        let mark = scene.facts.count
        try scene.give(.notify(notice(title: "secret"), Self.admins))
        #expect(scene.kinds(since: mark) == ["notification.resolved", "notification.raised"])
        #expect(try only(scene).audience == .staff(Self.admins))
    }

    @Test("is an event in its own stream, and the record is its stream's fold")
    func stream() throws {
        var scene = try scene()
        try scene.give(.notify(notice(body: "b"), Self.admins))
        let id = try only(scene).id
        try scene.give(.acknowledge(id, by: "olga"))
        try scene.give(.notify(notice(), Self.admins))
        let stream = scene.facts.filter { $0.event.stream == "notification-\(id)" }
        #expect(stream.count == 3)
        #expect(try Projections.Notification(folding: stream) == only(scene))
        #expect(try only(scene).count == 2 && only(scene).body == nil)
    }

    @Test("of an audience that resolves to nobody is reported to the administrators, as long as it is so")
    func nobody() throws {
        var scene = try scene()
        try scene.give(.notify(notice(), StaffAudience(.mailmanagers)))
        let report = scene.platform.notifications[kind: "no-recipients", subject: "mailmanager"]
        #expect(report?.audience == .staff(Self.admins))
        try scene.give(.addUser(UserAdded(user: "mel", role: .mailmanager)))
        #expect(scene.platform.notifications[kind: "no-recipients", subject: "mailmanager"] == nil)
        try scene.give(.removeUser("mel"))
        #expect(scene.platform.notifications[kind: "no-recipients", subject: "mailmanager"] != nil)
        try scene.give(.resolve(kind: "disk", subject: "/var"))
        #expect(scene.platform.notifications.open.isEmpty)
    }

    @Test("of an app's operators is theirs, whatever their role, and theirs alone")
    func operators() throws {
        var scene = try scene()
        for name in ["ann", "bob"] { try scene.give(.addUser(UserAdded(user: name, role: .user))) }
        let settings = AppSettings(domain: "blog.x.y", operators: ["ann"])
        try scene.give(.changeApps(registered: [AppRegistered(app: "blog", settings: settings)], changed: []))
        let audience = Addressees.staff(StaffAudience(.operators(of: "blog")))
        #expect(scene.platform.recipients(of: audience).map(\.name) == ["ann"])
        #expect(scene.platform.recipients(of: .staff(Self.admins)).map(\.name) == ["olga"])
        #expect(scene.platform.recipients(of: .users).map(\.name) == ["ann", "bob", "olga"])
        expectRefused(.noSuchApp) { try scene.give(.notify(notice(), StaffAudience(.operators(of: "wiki")))) }
    }

    @Test("of a built-in kind is never told to ordinary users; its texts are lines without control characters")
    func refusals() throws {
        var scene = try scene()
        expectRefused(.invalid) {
            try scene.give(.tell(UserNotice(kind: "disk-space", subject: "/", severity: .info, title: "t")))
        }
        for text in ["", "a\r\nBcc: x@y.z", "a\u{0}", "a\u{7f}", String(repeating: "t", count: 256)] {
            expectRefused(.invalid) { try scene.give(.notify(notice(title: text), Self.admins)) }
            expectRefused(.invalid) {
                try scene.give(
                    .notify(StaffNotice(kind: "k", subject: text, severity: .info, title: "t"), Self.admins))
            }
        }
        expectRefused(.invalid) { try scene.give(.notify(notice(body: "a\u{0}"), Self.admins)) }
        expectRefused(.invalid) { try scene.give(.notify(notice("a b"), Self.admins)) }
        #expect(scene.platform.notifications.openCount == 0)
    }

    @Test("gives way to a more severe one where there are too many: the oldest of the least severe")
    func crowded() throws {
        var scene = try scene()
        func raise(_ number: Int, _ severity: Severity) throws {
            try scene.give(
                .notify(StaffNotice(kind: "k", subject: "\(number)", severity: severity, title: "t"), Self.admins))
        }
        for number in 0..<Platform.maximumOpenNotifications { try raise(number, number == 0 ? .critical : .warning) }
        expectRefused(.tooMany) { try raise(-1, .info) }
        try raise(-2, .warning)
        let open = scene.platform.notifications
        #expect(open.openCount == Platform.maximumOpenNotifications)
        #expect(open[kind: "k", subject: "1"] == nil && open[kind: "k", subject: "0"] != nil)
    }

    @Test("every built-in kind has an audience that is never empty, and a name of its own")
    func kinds() {
        #expect(Set(BuiltInKind.allCases.map(\.rawValue)).count == BuiltInKind.allCases.count)
        for kind in BuiltInKind.allCases { #expect(kind.audience.staff.contains(.administrators), "\(kind)") }
        #expect(BuiltInKind.taskFailed.audience(of: "blog").staff == [.administrators, .operators(of: "blog")])
        #expect(BuiltInKind.logDamaged.audience(of: "blog").staff == [.administrators])
    }

    @Test("a hundred thousand raises of fifty keys make fifty, a bounded log, and a count that is right")
    func storm() throws {
        var (platform, head) = (Platform(), 0)
        var (events, bytes) = (0, 0)
        for number in 0..<100_000 {
            let notice = StaffNotice(
                kind: "disk", subject: "/\(number % 50)", severity: .warning, title: "full", body: "\(number) left")
            // Ten thousand a second.
            var draft = Draft(after: head, at: Timestamp(microseconds: number * 100))
            _ = try platform.decide(.notify(notice, Self.admins), into: &draft)
            (head, events) = (draft.head, events + draft.facts.count)
        }
        bytes = platform.encodeProjection("notifications").count
        #expect(platform.notifications.openCount == 50)
        #expect(events < 50 * 30, "\(events) events")
        #expect(bytes < 50 * 300, "\(bytes) bytes")
        let told = platform.notifications.open.map { $0.count + (platform.untold[$0.id] ?? 0) }
        #expect(told == Array(repeating: 2000, count: 50))
    }

    @Test("that goes on for a month is told of a few times a day, and was seen last within an hour")
    func month() throws {
        var (platform, head, events) = (Platform(), 0, 0)
        let minutes = 30 * 24 * 60
        for minute in 0..<minutes {
            var draft = Draft(after: head, at: Timestamp(microseconds: minute * 60_000_000))
            _ = try platform.decide(.notify(notice(), Self.admins), into: &draft)
            (head, events) = (draft.head, events + draft.facts.count)
        }
        #expect(events < 30 * 24 + 60, "\(events) events")
        let last = try #require(platform.notifications.open.first)
        #expect(minutes * 60_000_000 - last.lastAt.microseconds <= 3_660_000_000)
        #expect(last.count > minutes - 62)
    }
}
