import Foundation
import PeerTesting
import Projections
import ServerTesting
import Testing

@testable import Runner
@testable import System

@Suite("Mail by a server that misbehaves")
struct MailTroubleTests {
    /// What becomes of a mail to an address, and what is said of it.
    private static let expected: [(name: String, state: String, problem: String?)] = [
        ("cut", "pending", "hung up before it said what became of the message"),
        ("closing", "pending", "421 4.3.2 closing"), ("full", "pending", "452 4.2.2 the box is full"),
        ("hang", "pending", "did not answer in time"), ("later", "pending", "451 4.3.0 another time"),
        ("nobody", "failed", "550 5.1.1 nobody of that name"), ("slow", "delivered", nil),
        ("spam", "failed", "554 5.7.1 not this"),
    ]

    @Test("holds up nobody, is tried again or not as the server said, and what came of it is recorded")
    func manners() async throws {
        let stand = try await DeliveryStand()
        let site = stand.site
        try stand.configure(webhooks: [])
        for (index, row) in Self.expected.enumerated() {
            try await stand.person("p\(index)", "admin", "\(row.name)@example.com")
        }
        try await stand.person("zoe", "admin", "zoe@example.com")
        let service = try await Service(site)
        try await stand.notify("/var")
        // One that hangs takes its minute.
        let time = MailRounds.time + patience
        #expect(try await stand.delivery(to: "zoe", within: time) { $0.state == "delivered" } != .absent)
        let id = try await site.json("notification", "list").elements.first { $0.kind == "disk-space" }
        let rows = try await site.json("notification", "deliveries", id?.notification.text ?? "").elements
        for (index, row) in Self.expected.enumerated() {
            let found = rows.first { $0.recipient.text == "p\(index)" }
            #expect(found?.state.text == row.state, "\(row.name): \(String(describing: found))")
            guard let problem = row.problem else { continue }
            #expect(found?.problem.text?.contains(problem) == true, "\(row.name): \(String(describing: found))")
        }
        let hers = try stand.mail.mails().filter { $0.recipients == ["zoe@example.com"] }
        #expect(hers.count { $0.content.contains("/var is full") } == 1)
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    @Test("that puts somebody off costs him one try a round, however many mails wait for him")
    func putOff() async throws {
        let stand = try await DeliveryStand()
        try stand.configure(webhooks: [])
        try await stand.person("olga", "owner", "full@example.com")
        try await stand.person("zoe", "admin", "zoe@example.com")
        for subject in ["/a", "/b", "/c"] { try await stand.notify(subject) }
        let service = try await Service(stand.site)
        // By name she comes behind olga.
        let rows = try await stand.site.eventually("all of zoe's are delivered") { () -> [JSON]? in
            let rows = try await stand.deliveries()
            return rows.count { $0.recipient == "zoe" && $0.state == "delivered" } == 3 ? rows : nil
        }
        let hers = rows.filter { $0.recipient == "olga" }
        #expect(hers.count == 3 && hers.allSatisfy { $0.attempts == 1 }, "\(hers)")
        let failures = try await stand.site.events().count { $0.type == "notification.delivery-failed" }
        #expect(failures == 1)
        #expect(try await service.stop().status == 0)
        try await stand.site.expectSound()
    }

    @Test(
        "that hung up behind the whole mail comes again with the same Message-ID",
        .enabled(if: ServerKind.current == .mariadb, "the database's clock is moved"))
    func cut() async throws {
        let stand = try await DeliveryStand(hasClock: true)
        try stand.configure(webhooks: [])
        try await stand.person("olga", "owner", "cut@example.com")
        let service = try await Service(stand.site)
        try await stand.notify("/var")
        _ = try await stand.delivery(to: "olga") { $0.attempts == 1 }
        try stand.later(60)
        _ = try await stand.delivery(to: "olga") { $0.attempts == 2 }
        let mails = try await stand.mails(2)
        #expect(mails.count == 2 && Set(mails.map(\.id)).count == 1 && Set(mails.map(\.text)).count == 1)
        #expect(try await service.stop().status == 0)
        try await stand.site.expectSound()
    }

    @Test(
        "that is away for long is told in the inbox and by webhook, and nothing is given up until it is back",
        .enabled(if: ServerKind.current == .mariadb, "the database's clock is moved"))
    func away() async throws {
        let stand = try await DeliveryStand(hasClock: true)
        let site = stand.site
        try stand.configure(smtp: #"server: "smtp://\#(PeerAddress())", tls: none"#)
        try await stand.people(["olga": "owner"])
        let service = try await Service(site)
        try await stand.notify("/var")
        var time = 0
        for attempt in 1...Platform.maximumDeliveryAttempts + 1 {
            _ = try await stand.delivery(to: "olga") { $0.attempts.integer == attempt }
            if attempt == 3 {
                #expect(try await stand.trouble(of: "mail").title == "mail fails, and is tried again")
                try await posted("mail", stand)
            }
            // Another runner: this one lets the server rest by a clock that nobody moves.
            try await service.kill()
            time += 600
            try stand.later(time)
            try await service.restart()
        }
        let waits = try await stand.delivery(to: "olga") { $0.state == "pending" }
        #expect(waits.problem.text?.contains("cannot connect to") == true)
        // It is back.
        try stand.configure()
        try service.process.signal(SIGHUP)
        _ = try await site.eventually("what waited arrives") {
            try await stand.mails(1).contains { $0.text.contains("/var is full") } ? true : nil
        }
        _ = try await site.eventually("the trouble is over") {
            try await site.json("notification", "list").elements.allSatisfy { $0.kind != "delivery-failed" }
                ? true : nil
        }
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    private func posted(_ subject: String, _ stand: DeliveryStand) async throws {
        let words = #""kind":"delivery-failed","subject":"\#(subject)""#
        _ = try await stand.site.eventually("the trouble of \(subject) is posted") {
            stand.posts.contains { $0.contains(words) } ? true : nil
        }
    }
}
