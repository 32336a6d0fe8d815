import Events
import Projections
import Testing

@testable import Runner

@Suite("What a message tells")
struct ToldTests {
    private let at = Timestamp(microseconds: 1_000_000)

    private func told(_ viewers: [Viewer]) throws -> [String] {
        var platform = Platform()
        var items: [Message.Item] = []
        for (index, staff) in [Staff.mailmanagers, .usermanagers].enumerated() {
            let id = NotificationID("n\(index + 1)")
            let raised = NotificationRaised(
                notification: id, kind: "k", subject: "s\(index)", audience: .staff(StaffAudience(staff)),
                severity: .info, title: "for \(staff.text)")
            try platform.evolve(Fact(position: index + 1, at: at, event: .notificationRaised(raised)))
            items.append(Message.Item(notification: id, telling: .info))
        }
        let message = Message(line: Line(recipient: "hook", channel: .webhook), since: nil, items: items)
        return Told(message, platform, [:], for: viewers).items.map { $0.word("title") }
    }

    @Test("is nothing of what is over since, but for that it is")
    func over() throws {
        var platform = Platform()
        var items: [Message.Item] = []
        for number in 1...2 {
            let id = NotificationID("n\(number)")
            let raised = NotificationRaised(
                notification: id, kind: "k", subject: "s\(number)", audience: .staff(StaffAudience(.owners)),
                severity: .info, title: "t")
            try platform.evolve(Fact(position: number, at: at, event: .notificationRaised(raised)))
            items.append(Message.Item(notification: id, telling: .info))
        }
        let message = Message(line: Line(recipient: "hook", channel: .webhook), since: nil, items: items)
        #expect(message.current(in: platform) == message)
        let resolved = NotificationResolved(notification: NotificationID("n1"), cause: .cleared)
        try platform.evolve(Fact(position: 3, at: at, event: .notificationResolved(resolved)))
        let rest = try #require(message.current(in: platform))
        #expect(rest.items == [items[1]] && rest.id != message.id)
        let first = Message(line: message.line, since: nil, items: [items[0]])
        #expect(first.current(in: platform) == nil)
        let end = Message.Item(notification: NotificationID("n1"), telling: .resolved)
        #expect(Message(line: message.line, since: nil, items: [end]).current(in: platform)?.items == [end])
    }

    @Test("is all that somebody of its readers may see, and nothing that nobody of them may")
    func viewers() throws {
        let mailmanager = Viewer(role: .mailmanager, name: nil, operates: [])
        let usermanager = Viewer(role: .usermanager, name: nil, operates: [])
        #expect(try told([mailmanager]) == ["for mailmanager"])
        #expect(try told([mailmanager, usermanager]) == ["for mailmanager", "for usermanager"])
        #expect(try told([Viewer(role: .user, name: "u", operates: [])]) == [])
    }
}
