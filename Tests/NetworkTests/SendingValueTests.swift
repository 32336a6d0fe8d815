import Network
import System
import Testing

@Suite("Whom messages are sent to")
struct SendingValueTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    @Test(
        "is a mail server with a host and perhaps a port",
        arguments: [
            "smtp://127.0.0.1:2525", "smtp://mail.example.com", "smtps://mail.example.com:465", "smtp://localhost/",
            "smtp://[::1]:25", "smtp://Mail.Exämple.com",
        ])
    func servers(url: String) throws {
        _ = try MailServer(url: url)
    }

    @Test(
        "is nothing that could mean something else",
        arguments: [
            "", "smtp:", "smtp://", "mail.example.com", "http://mail.example.com",
            "smtp://user:password@mail.example.com",
            "smtp://mail.example.com:0", "smtp://mail.example.com:65536", "smtp://mail.example.com:x",
            "smtp://mail.example.com:",
            "smtp://mail", "smtp://127.1", "smtp://::1", "smtp://[127.0.0.1]", "smtp://[::1",
            "smtp://mail.example.com/path",
            "smtp://mail.example.com?x", "smtp://mail.example.com#x", "smtp://mail .example.com",
            "smtp://mail.example.com\r\nX",
            "smtp://mail.example.com\\x", " smtp://mail.example.com", "smtp://mail.example.com:+25",
        ])
    func notServers(url: String) {
        #expect(throws: ServerURLError.self) { try MailServer(url: url) }
    }

    @Test("has the password in the clear only where it is this host")
    func clear() throws {
        let login = try MailServer.Login(user: "interlock", password: Secret("canary"))
        for url in ["smtp://127.0.0.1", "smtp://localhost", "smtp://[::1]"] {
            _ = try MailServer(url: url, isEncrypted: false, login: login)
        }
        let elsewhere = try #require(ListenAddress(written: "192.0.2.1:25"))
        #expect(throws: ServerURLError.self) {
            try MailServer(url: "smtp://mail.example.com", isEncrypted: false, login: login)
        }
        #expect(throws: ServerURLError.self) {
            try MailServer(url: "smtp://localhost", isEncrypted: false, login: login, at: elsewhere)
        }
        #expect(throws: ServerURLError.self) { try MailServer(url: "smtps://mail.example.com", isEncrypted: false) }
        _ = try MailServer(url: "smtp://mail.example.com", isEncrypted: false)
    }

    @Test("keeps its password and its secret to itself")
    func secrets() throws {
        let login = try MailServer.Login(user: "interlock", password: Secret("canary"))
        let server = try MailServer(url: "smtp://localhost", login: login)
        let secret = try WebhookSecret(Self.secret)
        let webhook = try Webhook(url: "https://example.com", secret: secret)
        var dumped = ""
        dump(server, to: &dumped)
        dump(webhook, to: &dumped)
        for text in ["\(server)", String(reflecting: server), "\(webhook)", String(reflecting: webhook), dumped] {
            // The first octets of the key are 49 and 242.
            for word in ["canary", "97", "242", "MfKQ"] { #expect(!text.contains(word)) }
        }
        for (user, password) in [
            ("", "a"), ("a", ""), ("a\0", "b"), ("a", "b\0"), (String(repeating: "a", count: 256), "b"),
        ] {
            #expect(throws: ServerURLError.self) { try MailServer.Login(user: user, password: Secret(password)) }
        }
    }

    @Test("is a webhook within TLS, or on this host")
    func webhooks() throws {
        let secret = try WebhookSecret(Self.secret)
        for url in [
            "https://hooks.example.com", "https://hooks.example.com:8443/a/b?c=d", "http://127.0.0.1:8080/x",
            "http://[::1]/",
            "http://localhost/x",
        ] {
            _ = try Webhook(url: url, secret: secret)
        }
        for url in [
            "http://hooks.example.com", "http://192.0.2.1/", "https://u:p@hooks.example.com/",
            "https://hooks.example.com/a b",
            "https://hooks.example.com/#x", "ftp://hooks.example.com", "file:///etc/passwd",
            "https://hooks.example.com/\r\nX: y",
        ] {
            #expect(throws: ServerURLError.self) { try Webhook(url: url, secret: secret) }
        }
        let elsewhere = try #require(ListenAddress(written: "192.0.2.1:80"))
        #expect(throws: ServerURLError.self) { try Webhook(url: "http://localhost/", secret: secret, at: elsewhere) }
    }

    @Test("has a secret of 24 to 64 octets in base64, written in the one way that there is")
    func webhookSecrets() throws {
        for text in [Self.secret, Self.secret + "\n"] { _ = try WebhookSecret(text) }
        _ = try WebhookSecret("whsec_" + String(repeating: "AAAA", count: 21) + "AA==")
        for text in [
            "", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
            Self.secret + "=",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa==", "whsec_" + String(repeating: "AAAA", count: 22),
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-w", "whsec_" + String(repeating: "AAAA", count: 8) + "AB==",
        ] {
            #expect(throws: WebhookError.notSecret, "\(text)") { try WebhookSecret(text) }
        }
    }

    @Test("is told what has an id without a dot, and is not too long")
    func messages() throws {
        let most = WebhookMessage.maximumBodyBytes
        _ = try WebhookMessage(id: "msg_1-A", body: [UInt8](repeating: 0x20, count: most))
        #expect(throws: WebhookError.tooLong) {
            try WebhookMessage(id: "a", body: [UInt8](repeating: 0x20, count: most + 1))
        }
        for id in [
            "", "a.b", "a b", "a\r\nX: y", "ä", String(repeating: "a", count: WebhookMessage.maximumIDBytes + 1),
        ] {
            #expect(throws: WebhookError.notID) { try WebhookMessage(id: id, body: []) }
        }
    }
}
