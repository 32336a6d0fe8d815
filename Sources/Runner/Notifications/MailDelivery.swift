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

    /// True when the server was of no use to two one after the other, whoever a mail was for: the others are left for later. One alone
    /// may be one whom it does not serve.
    func send(_ messages: [Message]) async throws -> Bool {
        let server: MailServer
        do {
            server = try self.server()
        } catch {
            // As with a server that does not answer: one try tells it, whoever else waits.
            guard let first = messages.first else { return true }
            let failure = DeliveryFailure("notifications.smtp: \(error)", isOfServer: true)
            try await service.record(failure, of: first, by: runner)
            return true
        }
        var connection = MailConnection(to: server)
        // What came of the mail before is recorded while the next one is sent.
        var last: (failure: DeliveryFailure?, message: Message)?
        let ended = EndedNotifications(service.site.site.endpoint)
        // In a row.
        var useless = 0
        // Who was put off waits for his time, with all that is for him: each try counts.
        var putOff: Set<Line> = []
        for message in messages where useless < 2 && !Task.isCancelled && !putOff.contains(message.line) {
            guard let (message, mail) = try await mail(message, ended) else { continue }
            let before = last
            async let isRecorded: Void = record(before)
            switch mail {
            case .failure(let error):
                let failure = DeliveryFailure("the mail cannot be written: \(error)", isFinal: true)
                last = (failure, message)
            case .success(let mail):
                let outcome = await connection.send(mail, within: MailRounds.time)
                last = (outcome.failure, message)
                if case .transient(let problem, _) = outcome {
                    useless = problem.isOfServer ? useless + 1 : 0
                    putOff.insert(message.line)
                } else {
                    useless = 0
                }
            }
            try await isRecorded
        }
        try await record(last)
        try Task.checkCancellation()
        return useless == 2
    }

    private func record(_ sent: (failure: DeliveryFailure?, message: Message)?) async throws {
        if let sent { try await service.record(sent.failure, of: sent.message, by: runner) }
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
    private func mail(
        _ message: Message, _ ended: EndedNotifications
    ) async throws -> (Message, Result<MailMessage, MailMessageError>)? {
        let over = try await ended.of(message)
        let found = try await service.site.log.inspectDurably {
            platform, _ -> (Message, String, NotificationMail, Timestamp)? in
            guard let message = message.current(in: platform), let user = platform.users[message.line.recipient],
                user.addressSince == message.since, let address = user.email,
                let viewer = platform.viewer(named: user.name)
            else { return nil }
            let told = Told(message, platform, over, for: [viewer])
            guard let first = told.items.first else { return nil }
            return (message, address, NotificationMail(told), first.view.time("lastAt") ?? user.addedAt)
        }
        guard let (message, address, content, date) = found else { return nil }
        do throws(MailMessageError) {
            let mail = try MailMessage(
                from: try Mailbox(settings.from, name: "Interlock on \(service.site.site.host)"),
                to: try Mailbox(address),
                id: "\(Self.digest(message.id))@\(MailAddress.domain(of: settings.from))", date: date,
                subject: content.subject, text: content.text, html: content.html)
            return (message, .success(mail))
        } catch {
            return (message, .failure(error))
        }
    }

    /// The same each time: mail programs and receivers know by it what they have got already.
    static func digest(_ id: String) -> String {
        String("\(SHA256.hash(Array(id.utf8)))".prefix(32))
    }
}
