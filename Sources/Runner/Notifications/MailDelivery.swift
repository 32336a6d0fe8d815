internal import Digest
internal import EventStore
internal import Events
internal import Logging
internal import Network
internal import Projections
internal import System

/// Mails to people, one after the other over one connection, a transaction each.
struct MailDelivery {
    let service: Service
    let runner: RunnerID
    let settings: NotificationSettings.Mail

    /// True when the server was of no use, whoever a mail was for: the others are left for later.
    func send(_ messages: [Message]) async throws -> Bool {
        let server: MailServer
        do {
            server = try self.server()
        } catch {
            // As with a server that does not answer: one try tells it, whoever else waits.
            guard let first = messages.first else { return true }
            let failure = DeliveryFailure("notifications.smtp: \(error)", isOfServer: true)
            try await service.record(.failed(failure), of: first, by: runner)
            return true
        }
        var connection = MailConnection(to: server)
        // What came of the mail before is recorded while the next one is sent.
        var last: (sent: Sent, message: Message)?
        var isUseless = false
        // Who was put off waits for his time, with all that is for him: each try counts.
        var putOff: Set<Line> = []
        for message in messages where !isUseless && !Task.isCancelled && !putOff.contains(message.line) {
            guard let mail = try await mail(message) else { continue }
            let before = last
            async let isRecorded: Void = record(before?.sent, of: before?.message)
            switch mail {
            case .failure(let error):
                let failure = DeliveryFailure("the mail cannot be written: \(error)", isFinal: true)
                last = (.failed(failure), message)
            case .success(let mail):
                let outcome = await connection.send(mail, within: DeliveryRound.mailTime)
                last = (Sent(outcome), message)
                if case .transient(let problem, _) = outcome {
                    isUseless = problem.isOfServer
                    putOff.insert(message.line)
                }
            }
            try await isRecorded
        }
        try await record(last?.sent, of: last?.message)
        try Task.checkCancellation()
        return isUseless
    }

    private func record(_ sent: Sent?, of message: Message?) async throws {
        if let sent, let message { try await service.record(sent, of: message, by: runner) }
    }

    private func server() throws -> MailServer {
        var login: MailServer.Login?
        if let user = settings.user, let file = settings.passwordFile {
            let text = try NotificationSettings.secret(in: file, "the password")
            login = try MailServer.Login(user: user, password: Secret(String(text.prefix { !$0.isNewline })))
        }
        return try MailServer(
            url: settings.server, isEncrypted: settings.isEncrypted, login: login, trust: settings.authorities)
    }

    /// Written for him who gets it, as he is at this moment; nil where nothing of it is for him any more.
    private func mail(_ message: Message) async throws -> Result<MailMessage, MailMessageError>? {
        let over = try await service.resolved(of: message)
        let found = try await service.site.log.inspectDurably { platform, _ -> (String, NotificationMail, Timestamp)? in
            guard let user = platform.users[message.line.recipient], user.addedAt == message.since,
                let address = user.email, let viewer = platform.viewer(named: user.name)
            else { return nil }
            let told = Told(message, platform, over, for: [viewer])
            guard let first = told.items.first else { return nil }
            return (address, NotificationMail(told), first.view.time("lastAt") ?? user.addedAt)
        }
        guard let (address, content, date) = found else { return nil }
        do throws(MailMessageError) {
            return .success(
                try MailMessage(
                    from: try Mailbox(settings.from, name: "Interlock on \(service.site.site.host)"),
                    to: try Mailbox(address),
                    id: "\(Self.digest(message.id))@\(MailAddress.domain(of: settings.from))", date: date,
                    subject: content.subject, text: content.text, html: content.html))
        } catch {
            return .failure(error)
        }
    }

    /// The same each time: mail programs and receivers know by it what they have got already.
    static func digest(_ id: String) -> String {
        String("\(SHA256.hash(Array(id.utf8)))".prefix(32))
    }
}
