import Foundation
import MySQL
import PeerTesting
import ServerTesting
import Testing

/// A site with people, a mail server (Debian's aiosmtpd) and a receiver of webhooks that judges signatures.
struct DeliveryStand {
    let site: Site
    let authority: CertificateAuthority
    let issued: CertificateAuthority.Issued
    let mail: MailReceiver
    let hook: WebhookReceiver
    /// With what it stands on: both end with it.
    private let clock: (clock: SetClock, scratch: Scratch, server: ScratchServer)?

    static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    /// - Parameters:
    ///   - name: whom the certificate of both is for; nil for their addresses.
    ///   - hasClock: a database server of its own, whose clock can be moved: what is tried again is tried at once. MariaDB only.
    init(
        _ manner: MailReceiver.Manner = .clear, webhook isSecure: Bool = false, login: (String, String) = ("", ""),
        name: String? = nil, hasClock: Bool = false
    ) async throws {
        authority = try CertificateAuthority()
        let (first, second) = (PeerAddress(), PeerAddress())
        issued = try authority.issue(name.map { [$0] } ?? [], addresses: name == nil ? [first.host, second.host] : [])
        mail = try MailReceiver(manner, issued, at: first, user: login.0, password: login.1)
        hook = try WebhookReceiver(secret: Self.secret, isSecure ? issued : nil, at: second)
        if hasClock {
            let scratch = try Scratch()
            let clock = try await SetClock(in: scratch)
            try clock.shift(by: 0)
            let server = try await ScratchServer.start(environment: clock.environment)
            site = try Site(database: try await server.createDatabase().url, configuration: "")
            self.clock = (clock, scratch, server)
        } else {
            (site, clock) = (try await Site.make(), nil)
        }
        let (mail, hook) = (mail, hook)
        _ = try await site.eventually("both listen") {
            mail.lines().contains("listening") && hook.lines().contains("listening") ? true : nil
        }
        try secretFile(Self.secret, "secret")
    }

    /// A file that only its owner may read.
    @discardableResult
    func secretFile(_ text: String, _ name: String) throws -> String {
        try site.scratch.write(text, to: name)
        try #require(chmod(site.scratch.file(name), 0o600) == 0)
        return site.scratch.file(name)
    }

    /// Elements of `smtp` and of `webhooks`; nil: both as they are, in the clear.
    func configure(smtp: String? = nil, webhooks: [String]? = nil, _ more: String = "") throws {
        let smtp = smtp ?? #"server: "smtp://\#(mail.address)", tls: none"#
        let hooks = (webhooks ?? [webhook()]).map { "\n    - { \($0) }" }.joined()
        let mail = smtp.isEmpty ? "" : "smtp: { \(smtp), from: interlock@example.com }"
        try site.scratch.write(
            """
            host: { id: h1 }
            notifications:
              \(mail)
              \(hooks.isEmpty ? "" : "webhooks:\(hooks)")
              \(more)
            """, to: "interlock.yaml")
    }

    /// One that does what its path says.
    func webhook(_ path: String = "200", to staff: String = "admin") -> String {
        #"url: "http://\#(hook.address)/\#(path)", secret-file: \#(site.scratch.file("secret")), to: [\#(staff)]"#
    }

    func people(_ people: KeyValuePairs<String, String>, domain: String = "example.com") async throws {
        for (name, role) in people { try await person(name, role, "\(name)@\(domain)") }
    }

    func person(_ name: String, _ role: String, _ address: String) async throws {
        let answer = try await site.run("user", "add", name, "--role", role, "--email", address)
        #expect(answer.status == 0, "\(answer.error)")
    }

    func notify(_ subject: String, to audience: String = "admin", _ more: String...) async throws {
        let arguments = ["notify", "--to", audience, "--kind", "disk-space", "--subject", subject]
        let answer = try await site.start(
            arguments + ["--title", "\(subject) is full", "--severity", "warning"] + more
        ).answer()
        #expect(answer.status == 0, "\(answer.error)")
    }

    /// All mails that came, when so many have.
    func mails(_ count: Int, within time: Duration = patience) async throws -> [MailReader.Mail] {
        _ = try await site.eventually("\(count) mails", within: time) {
            try mail.mails().count >= count ? true : nil
        }
        return try MailReader.read(try mail.mails().map { Array($0.content.utf8) })
    }

    /// What was posted: path, id, type and body, a line each.
    var posts: [String] { hook.lines().filter { $0.hasPrefix("/") } }

    /// The ids of what was posted.
    var postIDs: Set<Substring> { Set(posts.compactMap { $0.split(separator: " ").dropFirst().first }) }

    /// Of all that is open.
    func deliveries() async throws -> [JSON] { try await site.json("notification", "deliveries").elements }

    /// The delivery to somebody, when it is as it is to be.
    func delivery(
        to recipient: String, _ channel: String = "mail", within time: Duration = patience,
        _ isRight: (JSON) -> Bool
    ) async throws -> JSON {
        try await site.eventually("the delivery to \(recipient)", within: time) {
            try await deliveries().first { $0.recipient.text == recipient && $0.channel.text == channel && isRight($0) }
        }
    }

    /// The open notification that somebody could not be told.
    func trouble(of subject: String) async throws -> JSON {
        try await site.eventually("the trouble of \(subject) is in the inbox") {
            try await site.json("notification", "list").elements.first {
                $0.kind == "delivery-failed" && $0.subject.text == subject
            }
        }
    }

    /// So many seconds from the beginning, for the database.
    func later(_ seconds: Int) throws { try #require(clock).clock.shift(by: seconds) }
}
