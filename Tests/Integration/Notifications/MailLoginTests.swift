import Foundation
import PeerTesting
import ServerTesting
import Testing

@testable import System

@Suite("Mail to a server that proves who it is, and asks who we are")
struct MailLoginTests {
    private static let password = "canary-password"

    /// All of a server's elements but its address.
    private func smtp(_ stand: DeliveryStand, _ scheme: String, _ password: String? = nil, ca: String? = nil) -> String
    {
        let login = password.map { ", user: interlock, password-file: \(stand.site.scratch.file($0))" } ?? ""
        return #"server: "\#(scheme)://\#(stand.mail.address)", ca: \#(ca ?? stand.authority.file)"# + login
    }

    private func begin(_ stand: DeliveryStand, _ smtp: String) async throws -> Service {
        try stand.configure(smtp: smtp, webhooks: [])
        try await stand.people(["olga": "owner"])
        let service = try await Service(stand.site)
        try await stand.notify("/var")
        return service
    }

    private func expectNoSecret(_ service: Service) async throws {
        let site = service.site
        #expect(try site.rows(holding: Self.password) == 0)
        let arguments = try String(contentsOfFile: "/proc/\(service.process.identity.pid)/cmdline", encoding: .utf8)
        #expect(!arguments.contains(Self.password))
        for command in [["log", "export"], ["notification", "deliveries"], ["notification", "list", "--all"]] {
            let answer = try await site.start(command).answer()
            #expect(!(answer.output + answer.error).contains(Self.password), "\(command)")
        }
        #expect(!(service.process.error + service.process.output).contains(Self.password))
    }

    @Test(
        "is sent by STARTTLS and within TLS, as the user that the server knows; the password is nowhere else",
        arguments: [MailReceiver.Manner.startTLS, .implicit])
    func right(manner: MailReceiver.Manner) async throws {
        let stand = try await DeliveryStand(manner, login: ("interlock", Self.password))
        try stand.secretFile(Self.password + "\n", "password")
        let service = try await begin(stand, smtp(stand, manner == .implicit ? "smtps" : "smtp", "password"))
        _ = try await stand.delivery(to: "olga") { $0.state == "delivered" }
        let kept = try #require(try stand.mail.mails().first)
        #expect(kept.user == "interlock" && kept.isEncrypted)
        try await expectNoSecret(service)
        #expect(try await service.stop().status == 0)
        try await stand.site.expectSound()
    }

    @Test("waits where the password is wrong, which is nowhere told, and goes when it is put right")
    func wrong() async throws {
        let stand = try await DeliveryStand(.startTLS, login: ("interlock", "another"))
        try stand.secretFile(Self.password, "password")
        let service = try await begin(stand, smtp(stand, "smtp", "password"))
        let row = try await stand.delivery(to: "olga") { $0.attempts == 1 }
        #expect(row.state == "pending" && row.problem.text?.hasSuffix("refuses the user or the password (535)") == true)
        #expect(try stand.mail.mails().isEmpty && !stand.mail.lines().contains { $0.hasPrefix("RCPT") })
        try await expectNoSecret(service)
        #expect(try await service.stop().status == 0)
        try await stand.site.expectSound()
    }

    @Test(
        "waits where a file cannot be used: that is listed, the inbox tells it, and it goes when it is put right",
        .enabled(if: ServerKind.current == .mariadb, "the database's clock is moved"))
    func files() async throws {
        let stand = try await DeliveryStand(.startTLS, login: ("interlock", Self.password), hasClock: true)
        let site = stand.site
        try await stand.person("anna", "admin", "anna@example.com")
        let service = try await begin(stand, smtp(stand, "smtp", "password"))
        let file = site.scratch.file("password")
        func tried(_ attempt: Int, _ problem: String) async throws {
            let row = try await stand.delivery(to: "anna") { $0.attempts.integer == attempt }
            #expect(row.problem.text?.contains(problem) == true, "\(row)")
            try await service.kill()
            try stand.later(attempt * 600)
        }
        try await tried(1, "\(file), the password, is not there")
        try stand.secretFile(Self.password, "password")
        try #require(chmod(file, 0o644) == 0)
        try await service.restart()
        try await tried(2, "others may read or write \(file); run: chmod 600 \(file)")
        try #require(chmod(file, 0o600) == 0)
        try stand.configure(smtp: smtp(stand, "smtp", "password", ca: "/nowhere/ca.pem"), webhooks: [])
        try await service.restart()
        try await tried(3, "/nowhere/ca.pem")
        #expect(try await stand.trouble(of: "mail").title == "mail fails, and is tried again")
        let failures = try await site.events().filter { $0.type == "notification.delivery-failed" }
        #expect(failures.count == 4, "one a try, two where the server is asked, whoever else waits: \(failures)")
        try stand.configure(smtp: smtp(stand, "smtp", "password"), webhooks: [])
        try await service.restart()
        _ = try await stand.delivery(to: "olga") { $0.state == "delivered" }
        #expect(try await site.json("notification", "list").elements.allSatisfy { $0.kind != "delivery-failed" })
        try await expectNoSecret(service)
        #expect(try await service.stop().status == 0)
        try await site.expectSound()
    }

    @Test("is not sent to a server with another's certificate", arguments: ["smtp", "smtps"])
    func otherName(scheme: String) async throws {
        let stand = try await DeliveryStand(scheme == "smtp" ? .startTLS : .implicit, name: "other.example.com")
        let service = try await begin(stand, smtp(stand, scheme))
        let row = try await stand.delivery(to: "olga") { $0.attempts == 1 }
        #expect(row.problem.text?.contains("is not trusted") == true, "\(row)")
        #expect(try await service.stop().status == 0)
        #expect(try stand.mail.mails().isEmpty && !stand.mail.lines().contains { $0.hasPrefix("RCPT") })
        try await stand.site.expectSound()
    }

    @Test("is not sent in the clear where TLS is required, nor is the password")
    func clear() async throws {
        let stand = try await DeliveryStand(.clear, login: ("interlock", Self.password))
        try stand.secretFile(Self.password, "password")
        let service = try await begin(stand, smtp(stand, "smtp", "password"))
        let row = try await stand.delivery(to: "olga") { $0.attempts == 1 }
        #expect(row.problem.text?.hasSuffix("does not offer STARTTLS, and nothing is sent in the clear") == true)
        #expect(try await service.stop().status == 0)
        #expect(try stand.mail.mails().isEmpty && !stand.mail.lines().contains { $0.hasPrefix("RCPT") })
        #expect(!stand.mail.lines().contains { $0.hasPrefix("AUTH") })
        try await stand.site.expectSound()
    }

    @Test(
        "arrives through postfix, at both ports", .enabled(if: Host.userID == 0, "postfix runs below root only"),
        arguments: ["smtp", "smtps"])
    func postfix(scheme: String) async throws {
        let stand = try await DeliveryStand()
        let address = PeerAddress()
        let postfix = try Postfix(stand.authority.issue([], addresses: [address.host]), at: address)
        let server = scheme == "smtp" ? postfix.plain : postfix.secure
        _ = try await stand.site.eventually("postfix listens") { postfix.log().contains("starting") ? true : nil }
        try stand.configure(smtp: #"server: "\#(scheme)://\#(server)", ca: \#(stand.authority.file)"#, webhooks: [])
        try await stand.people(["olga": "owner", "adam": "admin"], domain: "inbox.test")
        let service = try await Service(stand.site)
        try await stand.notify("/var", to: "admin", "--body", "ein Täter")
        _ = try await stand.site.eventually("both mails are in the mailbox: \(postfix.log())") {
            ["olga", "adam"].allSatisfy { postfix.mailbox().contains("To: \($0)@inbox.test") } ? true : nil
        }
        let mails = postfix.mailbox().split(separator: "\nFrom interlock").map {
            String($0.drop { $0 != "\n" }.dropFirst())
        }
        let read = try MailReader.read(mails.map { Array($0.utf8) })
        #expect(read.count == 2 && Set(read.map(\.id)).count == 2)
        #expect(read.allSatisfy { $0.subject == "[warning] /var is full" && $0.text.contains("ein Täter") })
        #expect(try await service.stop().status == 0)
        #expect(try await stand.deliveries().allSatisfy { $0.state == "delivered" })
        try await stand.site.expectSound()
    }
}
