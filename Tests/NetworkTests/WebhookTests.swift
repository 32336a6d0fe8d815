import Digest
import Events
import Foundation
import Network
import PeerTesting
import System
import Testing

@Suite("A webhook", .timeLimit(.minutes(5)))
struct WebhookTests {
    private let authority: CertificateAuthority
    private let issued: CertificateAuthority.Issued
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let time = Duration.seconds(60)

    init() throws {
        authority = try CertificateAuthority()
        issued = try authority.issue(["hooks.example.com"])
    }

    private func receiver() async throws -> WebhookReceiver {
        let receiver = try WebhookReceiver(secret: Self.secret, issued)
        try await eventually { receiver.lines().contains("listening") }
        return receiver
    }

    private func webhook(
        _ address: PeerAddress, _ path: String, name: String = "hooks.example.com", trust: String? = nil,
        secret: String = secret
    ) throws -> Webhook {
        try Webhook(
            url: "https://\(name):\(address.port)/\(path)", secret: WebhookSecret(secret),
            trust: trust ?? authority.file,
            at: try address.listenAddress)
    }

    private func send(_ webhook: Webhook, id: String = "msg_1", within time: Duration = time) async throws
        -> SendOutcome
    {
        let message = try WebhookMessage(id: id, body: Array(#"{"kind":"disk-space"}"#.utf8))
        let now = Timestamp(microseconds: Int(Date().timeIntervalSince1970 * 1_000_000))
        return await webhook.send(message, at: now, within: time)
    }

    private func transient(_ outcome: SendOutcome) -> (problem: SendProblem, after: Duration?)? {
        if case .transient(let problem, let after) = outcome { (problem, after) } else { nil }
    }

    private func permanent(_ outcome: SendOutcome) -> SendProblem? {
        if case .permanent(let problem) = outcome { problem } else { nil }
    }

    @Test(
        "is taken by a receiver that judges the signature, with any status of 2xx",
        arguments: ["200", "201", "202", "204"])
    func taken(path: String) async throws {
        let receiver = try await receiver()
        #expect(try await send(webhook(receiver.address, path)) == .delivered)
        #expect(receiver.lines() == ["listening", "/\(path) msg_1 application/json {\"kind\":\"disk-space\"}"])
    }

    @Test("has the same id and body each time it is sent")
    func again() async throws {
        let receiver = try await receiver()
        for path in ["500", "200"] { _ = try await send(webhook(receiver.address, path), id: "msg_7") }
        #expect(Set(receiver.lines().dropFirst().map { $0.dropFirst(4) }).count == 1)
    }

    @Test("with another secret is refused for good")
    func forged() async throws {
        let receiver = try await receiver()
        let other = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        let problem = permanent(try await send(webhook(receiver.address, "200", secret: other)))
        #expect(problem?.kind == .refused && problem?.code == 401)
    }

    @Test("that is too old is refused by who receives it")
    func old() async throws {
        let receiver = try await receiver()
        let message = try WebhookMessage(id: "a", body: [])
        let problem = permanent(
            try await webhook(receiver.address, "200").send(message, at: Timestamp(microseconds: 0), within: Self.time))
        #expect(problem?.code == 401)
    }

    @Test(
        "is final where it is refused or is to go elsewhere",
        arguments: [400, 401, 403, 404, 410, 422, 300, 301, 302, 308])
    func final(status: Int) async throws {
        let receiver = try await receiver()
        let problem = permanent(try await send(webhook(receiver.address, "\(status)")))
        #expect(problem?.code == status)
        #expect(problem?.kind == (status < 400 ? .redirected : .refused))
    }

    @Test("is tried again where the receiver has trouble", arguments: [408, 425, 429, 500, 502, 503, 504, 507])
    func trouble(status: Int) async throws {
        let receiver = try await receiver()
        let found = transient(try await send(webhook(receiver.address, "\(status)")))
        #expect(found?.problem.kind == .refused && found?.problem.code == status && found?.after == nil)
    }

    @Test("is tried again not before the receiver says, nor much later than that")
    func later() async throws {
        let receiver = try await receiver()
        #expect(transient(try await send(webhook(receiver.address, "busy")))?.after == .seconds(7))
        #expect(transient(try await send(webhook(receiver.address, "away")))?.after == SendOutcome.maximumDelay)
    }

    @Test("does not follow a redirect")
    func redirect() async throws {
        let receiver = try await receiver()
        let problem = permanent(try await send(webhook(receiver.address, "moved")))
        #expect(problem?.kind == .redirected && problem?.code == 307)
        #expect(receiver.lines().count == 2)
    }

    @Test("is tried again where nothing was answered")
    func silence() async throws {
        let receiver = try await receiver()
        let silent = transient(try await send(webhook(receiver.address, "hang"), within: .seconds(2)))
        #expect(silent?.problem.kind == .timedOut && silent?.problem.code == nil)
        let cut = transient(try await send(webhook(receiver.address, "cut")))
        #expect(cut?.problem.kind == .cut && cut?.problem.code == nil)
        let nobody = transient(try await send(webhook(PeerAddress(), "200")))
        #expect(nobody?.problem.kind == .unreachable && nobody?.problem.isOfServer == true)
    }

    @Test("is taken with the status, whatever comes behind it; a very long answer is not listened to")
    func answers() async throws {
        let receiver = try await receiver()
        #expect(try await send(webhook(receiver.address, "half")) == .delivered)
        #expect(try await send(webhook(receiver.address, "endless")) == .delivered)
        try await eventually { receiver.lines().last?.hasSuffix("listens") == true }
        #expect(receiver.lines().last == "nobody listens")
    }

    @Test("leaves no connection behind")
    func end() async throws {
        let receiver = try await receiver()
        #expect(try await send(webhook(receiver.address, "kept")) == .delivered)
        try await eventually { receiver.lines().last == "end" }
    }

    @Test("is told to nobody who cannot prove who it is")
    func trust() async throws {
        let receiver = try await receiver()
        let other = try CertificateAuthority()
        let unknown = transient(try await send(webhook(receiver.address, "200", trust: other.file)))
        #expect(unknown?.problem.kind == .untrusted && unknown?.problem.isOfServer == true)
        let otherName = transient(try await send(webhook(receiver.address, "200", name: "other.example.com")))
        #expect(otherName?.problem.kind == .untrusted)
        #expect(receiver.lines() == ["listening"])
    }

    @Test("may go without TLS on this host")
    func clear() async throws {
        let receiver = try WebhookReceiver(secret: Self.secret, nil)
        try await eventually { receiver.lines().contains("listening") }
        let webhook = try Webhook(url: "http://\(receiver.address)/200", secret: WebhookSecret(Self.secret))
        #expect(try await send(webhook) == .delivered)
    }

    @Test("tells of a problem without its path, which may be a secret")
    func words() async throws {
        let receiver = try await receiver()
        for path in ["500?canary", "410?canary", "moved?canary", "cut?canary"] {
            switch try await send(webhook(receiver.address, path)) {
            case .transient(let problem, _), .permanent(let problem): #expect(!problem.description.contains("canary"))
            case .delivered: Issue.record("\(path) was taken")
            }
        }
    }
}
