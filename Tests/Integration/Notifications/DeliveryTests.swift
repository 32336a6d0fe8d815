import Events
import Foundation
import PeerTesting
import Testing

@testable import Runner
@testable import System

/// The runner with a mail server (Debian's aiosmtpd) and a receiver of webhooks that judges signatures.
@Suite("Notifications on their way")
struct DeliveryTests {
    private let authority: CertificateAuthority
    private let mail: MailReceiver
    private let hook: WebhookReceiver
    private let site: Site
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    init() async throws {
        authority = try CertificateAuthority()
        let issued = try authority.issue(["mail.example.com"])
        mail = try MailReceiver(.clear, issued)
        hook = try WebhookReceiver(secret: Self.secret, nil)
        site = try await Site.make()
        let (mail, hook) = (mail, hook)
        _ = try await site.eventually("both listen") {
            mail.lines().contains("listening") && hook.lines().contains("listening") ? true : nil
        }
        try site.scratch.write(Self.secret, to: "secret")
        try #require(chmod(site.scratch.file("secret"), 0o600) == 0)
        try configure()
        for (name, role, address) in [
            ("olga", "owner", "olga"), ("adam", "admin", "adam"), ("ute", "user", "ute"), ("mel", "mailmanager", "mel"),
        ] {
            let answer = try await site.run(
                "user", "add", name, "--role", role, "--email", "\(address)@example.com")
            #expect(answer.status == 0, "\(answer.error)")
        }
    }

    private func configure(path: String = "200") throws {
        try site.scratch.write(
            """
            host: { id: h1 }
            notifications:
              smtp: { server: "smtp://\(mail.address)", tls: none, from: interlock@example.com }
              webhooks: [{ url: "http://\(hook.address)/\(path)", secret-file: \(site.scratch.file("secret")), to: [admin] }]
            """, to: "interlock.yaml")
    }

    private func notify(_ subject: String, to audience: String = "admin", _ more: String...) async throws {
        let arguments = ["notify", "--to", audience, "--kind", "disk-space", "--subject", subject]
        let answer = try await site.start(
            arguments + ["--title", "\(subject) is full", "--severity", "warning"] + more
        )
        .answer()
        #expect(answer.status == 0, "\(answer.error)")
    }

    private func mails(_ count: Int) async throws -> [MailReader.Mail] {
        _ = try await site.eventually("\(count) mails") { try mail.mails().count >= count ? true : nil }
        return try MailReader.read(try mail.mails().map { Array($0.content.utf8) })
    }

    private func posts() -> [String] { hook.lines().filter { $0.hasPrefix("/") } }

    @Test("reach those who have the roles by then, each in a mail and once; that it is over, those who were told")
    func roles() async throws {
        let service = try await Service(site)
        try await notify("/var", to: "admin", "--body", "3 GB of <b>\"200\"</b> left")
        let raised = try await mails(2)
        #expect(Set(raised.compactMap(\.to.last)) == ["olga@example.com", "adam@example.com"])
        #expect(Set(raised.map(\.id)).count == 2 && raised.allSatisfy { $0.subject == "[warning] /var is full" })
        #expect(
            raised.allSatisfy { $0.tags.allSatisfy { $0 != "b" } && $0.text.contains("3 GB of <b>") && $0.defects == 0 }
        )
        _ = try await site.eventually("it is posted") { posts().count == 1 ? true : nil }
        #expect(posts().first?.contains(#""title":"/var is full""#) == true, "\(posts())")

        #expect(try await site.run("user", "add", "ann", "--role", "admin", "--email", "ann@example.com").status == 0)
        #expect(Set(try await mails(3).compactMap(\.to.last)).contains("ann@example.com"))
        #expect(try await site.run("user", "set-role", "adam", "user").status == 0)
        let over = ["notification", "resolve", "--kind", "disk-space", "--subject", "/var"]
        #expect(try await site.start(over).answer().status == 0)
        let all = try await mails(5)
        #expect(Set(all.suffix(2).compactMap(\.to.last)) == ["olga@example.com", "ann@example.com"])
        #expect(all.suffix(2).allSatisfy { $0.subject == "[resolved] /var is full" }, "\(all.map(\.subject))")
        _ = try await site.eventually("that is posted too") { posts().count == 2 ? true : nil }
        // Nothing more comes: the next notification's mails are the next ones.
        try await notify("/srv", to: "mailmanager")
        #expect(try await mails(6).last?.to.last == "mel@example.com")
        #expect(try await service.stop().status == 0)
        let got = try mail.mails().count
        #expect(posts().count == 2 && got == 6)
        try await site.expectSound()
    }

    @Test("that are refused for good are listed and told by the inbox; nobody else waits for that")
    func refused() async throws {
        #expect(try await site.run("user", "set-email", "adam", "nobody@example.com").status == 0)
        let service = try await Service(site)
        try await notify("/var")
        _ = try await mails(1)
        let failed = try await site.eventually("the refusal is told") { () -> JSON? in
            try await site.json("notification", "list").elements.first { $0.kind == "delivery-failed" }
        }
        #expect(failed.subject == "mail to adam" && failed.body.text?.contains("550 5.1.1 nobody of that name") == true)
        let id = try await site.json("notification", "list").elements.first { $0.kind == "disk-space" }
        let rows = try await site.json("notification", "deliveries", id?.notification.text ?? "").elements
        let states = Dictionary(
            uniqueKeysWithValues: rows.map { ("\($0.channel.text ?? "") \($0.recipient.text ?? "")", $0.state.text) })
        #expect(states["mail adam"] == "failed" && states["mail olga"] == "delivered", "\(rows)")
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    @Test(
        "are not lost by a runner that is killed: who was sent one and it was not said gets it again, with the same ids",
        arguments: [RunnerStep.messageSent, .deliveryRecorded])
    func killed(at step: RunnerStep) async throws {
        let service = try await Service(site, environment: ["INTERLOCK_RUNNER_STOP_AT": step.rawValue])
        try await notify("/var")
        try await stands(service.process.identity)
        try await service.kill()
        try await service.restart()
        _ = try await site.eventually("all is delivered") { () -> Bool? in
            let id = try await site.json("notification", "list").elements.first?.notification.text ?? ""
            let rows = try await site.json("notification", "deliveries", id).elements
            return rows.count == 3 && rows.allSatisfy { $0.state == "delivered" } ? true : nil
        }
        #expect(try await service.stop().status == 0)
        let mails = try await mails(2)
        for address in ["olga@example.com", "adam@example.com"] {
            let own = mails.filter { $0.to.last == address }
            #expect(!own.isEmpty && Set(own.map(\.id)).count == 1, "\(address)")
        }
        #expect(Set(mails.compactMap(\.to.last)) == ["olga@example.com", "adam@example.com"])
        let ids = Set(posts().compactMap { $0.split(separator: " ").dropFirst().first })
        #expect(ids.count == 1 && posts().count <= 2 && mails.count <= 4)
        try await site.expectSound()
    }

    @Test("wait for a mail server and a receiver that are of no use, and are posted where the mail cannot go")
    func away() async throws {
        try configure(path: "500")
        #expect(try await site.run("user", "set-email", "olga", "full@example.com").status == 0)
        let service = try await Service(site)
        try await notify("/var")
        #expect(try await mails(1).first?.to.last == "adam@example.com")
        let rows = try await site.eventually("both are tried") { () -> [JSON]? in
            let id = try await site.json("notification", "list").elements.first?.notification.text ?? ""
            let pending = try await site.json("notification", "deliveries", id).elements.filter {
                $0.state == "pending" && $0.attempts.integer == 1
            }
            return pending.count == 2 ? pending : nil
        }
        let problems = rows.compactMap(\.problem.text)
        #expect(problems.contains { $0.contains("452 4.2.2 the box is full") }, "\(problems)")
        #expect(problems.contains { $0.contains("500") }, "\(problems)")
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }
}
