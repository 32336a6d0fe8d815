import PeerTesting
import Testing

/// The runner with a mail server and a receiver of webhooks.
@Suite("Notifications on their way")
struct DeliveryTests {
    private func stand(_ path: String = "200") async throws -> DeliveryStand {
        let stand = try await DeliveryStand()
        try stand.configure(webhooks: [stand.webhook(path)])
        try await stand.people(["olga": "owner", "adam": "admin", "ute": "user", "mel": "mailmanager"])
        return stand
    }

    @Test("reach those who have the roles by then, each in a mail and once; that it is over, those who were told")
    func roles() async throws {
        let stand = try await stand()
        let site = stand.site
        let service = try await Service(site)
        try await stand.notify("/var", to: "admin", "--body", "3 GB of <b>\"200\"</b> left")
        let raised = try await stand.mails(2)
        #expect(Set(raised.compactMap(\.to.last)) == ["olga@example.com", "adam@example.com"])
        #expect(Set(raised.map(\.id)).count == 2 && raised.allSatisfy { $0.subject == "[warning] /var is full" })
        #expect(
            raised.allSatisfy { $0.tags.allSatisfy { $0 != "b" } && $0.text.contains("3 GB of <b>") && $0.defects == 0 }
        )
        _ = try await site.eventually("it is posted") { stand.posts.count == 1 ? true : nil }
        #expect(stand.posts.first?.contains(#""title":"/var is full""#) == true, "\(stand.posts)")

        try await stand.person("ann", "admin", "ann@example.com")
        #expect(Set(try await stand.mails(3).compactMap(\.to.last)).contains("ann@example.com"))
        #expect(try await site.run("user", "set-role", "adam", "user").status == 0)
        let over = ["notification", "resolve", "--kind", "disk-space", "--subject", "/var"]
        #expect(try await site.start(over).answer().status == 0)
        let all = try await stand.mails(5)
        #expect(Set(all.suffix(2).compactMap(\.to.last)) == ["olga@example.com", "ann@example.com"])
        #expect(all.suffix(2).allSatisfy { $0.subject == "[resolved] /var is full" }, "\(all.map(\.subject))")
        _ = try await site.eventually("that is posted too") { stand.posts.count == 2 ? true : nil }
        // Nothing more comes: the next notification's mails are the next ones.
        try await stand.notify("/srv", to: "mailmanager")
        #expect(try await stand.mails(6).last?.to.last == "mel@example.com")
        #expect(try await service.stop().status == 0)
        let got = try stand.mail.mails().count
        #expect(stand.posts.count == 2 && got == 6)
        try await site.expectSound()
    }

    @Test("that are refused for good are listed and told by the inbox; nobody else waits for that")
    func refused() async throws {
        let stand = try await stand()
        let site = stand.site
        #expect(try await site.run("user", "set-email", "adam", "nobody@example.com").status == 0)
        let service = try await Service(site)
        try await stand.notify("/var")
        _ = try await stand.mails(1)
        let failed = try await stand.trouble(of: "mail to adam")
        #expect(failed.body == "See: interlock notification deliveries", "what a server says names addresses")
        let id = try await site.json("notification", "list").elements.first { $0.kind == "disk-space" }
        let rows = try await site.json("notification", "deliveries", id?.notification.text ?? "").elements
        let states = Dictionary(
            uniqueKeysWithValues: rows.map { ("\($0.channel.text ?? "") \($0.recipient.text ?? "")", $0.state.text) })
        let adam = rows.first { $0.recipient == "adam" }
        #expect(adam?.problem.text?.contains("550 5.1.1 nobody of that name") == true)
        #expect(states["mail adam"] == "failed" && states["mail olga"] == "delivered", "\(rows)")
        // He can be reached now: he hears of it, and that it is over.
        #expect(try await site.run("user", "set-email", "adam", "adam@example.com").status == 0)
        _ = try await stand.delivery(to: "adam") { $0.state == "delivered" }
        let over = ["notification", "resolve", "--kind", "disk-space", "--subject", "/var"]
        #expect(try await site.start(over).answer().status == 0)
        try await stand.notify("/srv", to: "mailmanager")
        let resolved = try await site.eventually("what was told is over, and more comes") { () -> [String]? in
            let mails = try await stand.mails(2)
            let resolved = mails.filter { $0.subject == "[resolved] /var is full" }.compactMap(\.to.last)
            return mails.contains { $0.to.last == "mel@example.com" } && resolved.count > 1 ? resolved : nil
        }
        #expect(resolved.sorted() == ["adam@example.com", "olga@example.com"])
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    @Test("wait for a mail server and a receiver that are of no use, and are posted where the mail cannot go")
    func away() async throws {
        let stand = try await stand("500")
        let site = stand.site
        #expect(try await site.run("user", "set-email", "olga", "full@example.com").status == 0)
        let service = try await Service(site)
        try await stand.notify("/var")
        #expect(try await stand.mails(1).first?.to.last == "adam@example.com")
        let mail = try await stand.delivery(to: "olga") { $0.attempts == 1 }
        #expect(mail.state == "pending" && mail.problem.text?.contains("452 4.2.2 the box is full") == true)
        let post = try await stand.delivery(to: "\(stand.hook.address)", "webhook") { $0.attempts == 1 }
        #expect(post.state == "pending" && post.problem.text?.contains("500") == true)
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    @Test("are held back above the limit that is configured, and come as one")
    func limited() async throws {
        let stand = try await stand()
        let site = stand.site
        try stand.configure(webhooks: [], "limit: { messages: 2, per: 1h }")
        for subject in ["/a", "/b", "/c"] { try await stand.notify(subject, to: "mailmanager") }
        let service = try await Service(site)
        let subjects = try await stand.mails(2).map(\.subject)
        #expect(subjects == ["[warning] /a is full", "2 notifications: [warning] /b is full"])
        try await stand.notify("/d", to: "mailmanager")
        try await stand.notify("/e", to: "admin")
        // Who has room gets the next ones.
        #expect(
            Set(try await stand.mails(4).suffix(2).compactMap(\.to.last)) == ["olga@example.com", "adam@example.com"])
        #expect(try await service.stop().status == 0)
        #expect(try await stand.deliveries().filter { $0.state == "pending" }.compactMap(\.recipient.text) == ["mel"])
        try await site.expectSound()
    }
}
