import Events
import Foundation
import Network
import PeerTesting
import System
import Testing

@Suite("A mail that is sent", .timeLimit(.minutes(5)))
struct MailSendingTests {
    private let authority: CertificateAuthority
    private let issued: CertificateAuthority.Issued
    private static let time = Duration.seconds(60)
    private static let name = "mail.example.com"

    init() throws {
        authority = try CertificateAuthority()
        issued = try authority.issue([Self.name])
    }

    private func receiver(
        _ manner: MailReceiver.Manner, user: String = "", password: String = ""
    ) async throws -> MailReceiver {
        let receiver = try MailReceiver(manner, issued, user: user, password: password)
        try await eventually { receiver.lines().contains("listening") }
        return receiver
    }

    private func server(
        _ address: PeerAddress, _ scheme: String = "smtp", isEncrypted: Bool = true, login: (String, String)? = nil,
        name: String = name, trust: String? = nil
    ) throws -> MailServer {
        let login = try login.map { try MailServer.Login(user: $0.0, password: Secret($0.1)) }
        return try MailServer(
            url: "\(scheme)://\(name):\(address.port)", isEncrypted: isEncrypted, login: login,
            trust: trust ?? authority.file, at: try address.listenAddress)
    }

    private func mail(_ recipient: String, text: String = "a\n.\n..b\n.") throws
        -> MailMessage
    {
        try MailMessage(
            from: Mailbox("interlock@example.com", name: "Interlock"), to: Mailbox("\(recipient)@inbox.test"),
            id: "n1.\(recipient)@example.com", date: Timestamp(microseconds: 0), subject: "Es ist spät", text: text,
            html: "<p>\(text)</p>")
    }

    private func outcome(_ server: MailServer, _ recipient: String, within time: Duration = time) async throws
        -> SendOutcome
    {
        var connection = MailConnection(to: server)
        return await connection.send(try mail(recipient), within: time)
    }

    /// A problem that comes to an end by itself, or by an administrator.
    private func transient(_ outcome: SendOutcome) -> SendProblem? {
        if case .transient(let problem, after: nil) = outcome { problem } else { nil }
    }

    private func permanent(_ outcome: SendOutcome) -> SendProblem? {
        if case .permanent(let problem) = outcome { problem } else { nil }
    }

    @Test(
        "arrives as it is, by STARTTLS, within TLS, or in the clear where that is meant",
        arguments: ["smtp", "smtps", "clear"])
    func arrives(way: String) async throws {
        let receiver = try await receiver(way == "smtp" ? .startTLS : way == "smtps" ? .implicit : .clear)
        let server = try server(receiver.address, way == "smtps" ? way : "smtp", isEncrypted: way != "clear")
        #expect(try await outcome(server, "carol") == .delivered)
        let kept = try #require(try receiver.mails().first)
        #expect(kept.sender == "interlock@example.com")
        #expect(kept.recipients == ["carol@inbox.test"])
        #expect(kept.isEncrypted == (way != "clear"))
        #expect(Array(kept.content.utf8) == (try mail("carol").bytes))
        // It says good-bye.
        try await eventually { receiver.lines().last == "QUIT" }
    }

    @Test("is sent as the user that the server knows")
    func login() async throws {
        let receiver = try await receiver(.startTLS, user: "interlock", password: "a pässword")
        #expect(try await outcome(server(receiver.address, login: ("interlock", "a pässword")), "carol") == .delivered)
        #expect(try receiver.mails().map(\.user) == ["interlock"])
        let wrong = try transient(await outcome(server(receiver.address, login: ("interlock", "canary")), "carol"))
        #expect(wrong?.kind == .access && wrong?.code == 535 && wrong?.isOfServer == true)
        // The server repeated it.
        #expect(wrong?.description.contains("canary") == false)
        let nobody = try transient(await outcome(server(receiver.address), "carol"))
        #expect(nobody?.kind == .access && nobody?.code == 530 && nobody?.isOfServer == true)
        #expect(try receiver.mails().count == 1)
    }

    @Test("is tried again where the server says so, and not where it refuses that mail")
    func refused() async throws {
        let receiver = try await receiver(.startTLS)
        var connection = MailConnection(to: try server(receiver.address))
        for (recipient, code) in [("full", 452), ("later", 451), ("closing", 421)] {
            let problem = transient(await connection.send(try mail(recipient), within: Self.time))
            #expect(problem?.kind == .refused && problem?.code == code && problem?.isOfServer == (code == 421))
        }
        for (recipient, code) in [("nobody", 550), ("spam", 554)] {
            let problem = permanent(await connection.send(try mail(recipient), within: Self.time))
            #expect(problem?.kind == .refused && problem?.code == code && problem?.isOfServer == false)
        }
        let said = permanent(await connection.send(try mail("nobody"), within: Self.time))
        #expect(said?.description.hasSuffix("refuses the mail: 550 5.1.1 nobody of that name") == true)
        // And the next one goes.
        #expect(await connection.send(try mail("carol"), within: Self.time) == .delivered)
        #expect(try receiver.mails().filter { $0.recipients == ["carol@inbox.test"] }.count == 1)
    }

    @Test("is refused in words that fit a terminal")
    func words() async throws {
        let receiver = try await receiver(.startTLS)
        let problem = try #require(permanent(try await outcome(server(receiver.address), "terminal")))
        #expect(problem.description.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        #expect(problem.description.contains("550 ?[31mred?"))
        #expect(problem.description.utf8.count < SendProblem.maximumWordBytes + 100)
    }

    @Test(
        "is sent again where the server fell silent, or the connection ended behind the whole mail; slow ones are waited for"
    )
    func silence() async throws {
        let receiver = try await receiver(.startTLS)
        let server = try server(receiver.address)
        let silent = transient(try await outcome(server, "hang", within: .seconds(3)))
        #expect(silent?.kind == .timedOut)
        let cut = transient(try await outcome(server, "cut"))
        #expect(cut?.kind == .cut && cut?.isOfServer == false)
        #expect(try await outcome(server, "slow") == .delivered)
        // What was cut has arrived: the same mail again is the same mail.
        #expect(try receiver.mails().map(\.recipients) == [["cut@inbox.test"], ["slow@inbox.test"]])
    }

    @Test(
        "is sent over the connection that is there, and over a new one where the server has closed it",
        arguments: ["last", "idle"])
    func connections(manner: String) async throws {
        let receiver = try await receiver(.startTLS)
        func connects() -> Int { receiver.lines().filter { $0 == "connect" }.count }
        var connection = MailConnection(to: try server(receiver.address))
        for index in 0..<20 {
            #expect(await connection.send(try mail("carol\(index)"), within: Self.time) == .delivered)
        }
        #expect(connects() == 1)
        #expect(await connection.send(try mail(manner), within: Self.time) == .delivered)
        try await eventually { receiver.lines().contains("closed") }
        #expect(await connection.send(try mail("carol"), within: Self.time) == .delivered)
        #expect(connects() == 2)
        // One transaction, one recipient.
        let mails = try receiver.mails()
        #expect(mails.count == 22 && mails.allSatisfy { $0.recipients.count == 1 })
    }

    @Test("is not sent to a server that cannot prove who it is, nor in the clear")
    func trust() async throws {
        let receiver = try await receiver(.startTLS)
        let other = try CertificateAuthority()
        let unknown = transient(try await outcome(server(receiver.address, trust: other.file), "carol"))
        #expect(unknown?.kind == .untrusted && unknown?.isOfServer == true)
        let otherName = transient(try await outcome(server(receiver.address, name: "other.example.com"), "carol"))
        #expect(otherName?.kind == .untrusted)
        let missing = transient(try await outcome(server(receiver.address, trust: "/nowhere/ca.pem"), "carol"))
        #expect(missing?.kind == .untrusted && missing?.description.contains("/nowhere/ca.pem") == true)
        let clear = try await self.receiver(.clear, user: "interlock", password: "canary")
        let plain = transient(try await outcome(server(clear.address, login: ("interlock", "canary")), "carol"))
        #expect(plain?.kind == .withoutTLS && plain?.isOfServer == true)
        // Nor by one that speaks no TLS where it must.
        let noTLS = transient(try await outcome(server(clear.address, "smtps"), "carol"))
        #expect(noTLS?.kind == .handshake)
        #expect(try receiver.mails().isEmpty)
        #expect(try clear.mails().isEmpty)
        #expect(!receiver.lines().contains { $0.hasPrefix("RCPT") } && !clear.lines().contains { $0.hasPrefix("RCPT") })
    }

    @Test("is sent later where nobody listens, where somebody says nothing, or wants nobody")
    func unreachable() async throws {
        let nobody = transient(try await outcome(server(PeerAddress()), "carol"))
        #expect(nobody?.kind == .unreachable && nobody?.isOfServer == true)
        let unknown = try MailServer(url: "smtp://nowhere.invalid:25")
        #expect(transient(try await outcome(unknown, "carol", within: .seconds(20)))?.isOfServer == true)
        let silent = try MailStub(.silent, issued)
        try await eventually { silent.lines().contains("listening") }
        let unheard = transient(try await outcome(server(silent.address), "carol", within: .milliseconds(500)))
        #expect(unheard?.isOfServer == true)
        let unwelcome = try MailStub(.noSMTP, issued)
        try await eventually { unwelcome.lines().contains("listening") }
        let refused = transient(try await outcome(server(unwelcome.address), "carol"))
        #expect(refused?.kind == .access && refused?.code == 554 && refused?.isOfServer == true)
    }

    @Test("holds up nobody: many at once to one that hangs, and to one that does not")
    func many() async throws {
        let receiver = try await receiver(.startTLS)
        let server = try server(receiver.address)
        let mails = try (0..<12).map { try mail($0 % 3 == 0 ? "hang" : "carol\($0)") }
        let outcomes = await withTaskGroup(of: SendOutcome.self) { group in
            for mail in mails {
                group.addTask {
                    var connection = MailConnection(to: server)
                    return await connection.send(mail, within: .seconds(5))
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 == .delivered }.count == 8)
        #expect(outcomes.compactMap(transient).map(\.kind) == Array(repeating: .timedOut, count: 4))
    }

    @Test("arrives through postfix, at both ports", .enabled(if: Host.userID == 0, "postfix runs below root only"))
    func postfix() async throws {
        let postfix = try Postfix(issued)
        for (address, scheme) in [(postfix.plain, "smtp"), (postfix.secure, "smtps")] {
            let server = try server(address, scheme)
            var found: SendOutcome?
            try await eventually {
                found = try await outcome(server, scheme)
                return transientKind(found) != .unreachable
            }
            #expect(found == .delivered, "\(postfix.log())")
            try await eventually { postfix.mailbox().contains("Message-ID: <n1.\(scheme)@example.com>") }
        }
        // Dots and all, as another MTA delivers it: each behind a line "From …".
        let mails = postfix.mailbox().split(separator: "\nFrom interlock").map {
            String($0.drop { $0 != "\n" }.dropFirst())
        }
        for read in try MailReader.read(mails.map { Array($0.utf8) }) {
            #expect(read.text.hasPrefix("a\n.\n..b\n.\n"))
            #expect(read.subject == "Es ist spät")
        }
    }

    private func transientKind(_ outcome: SendOutcome?) -> SendProblem.Kind? { outcome.flatMap(transient)?.kind }
}
