import Events
import PeerTesting
import ServerTesting
import Testing

@Suite("Webhooks of notifications")
struct WebhookDeliveryTests {
    private func begin(_ stand: DeliveryStand, _ webhooks: [String]) async throws -> Service {
        try stand.configure(smtp: "", webhooks: webhooks)
        let service = try await Service(stand.site)
        try await stand.notify("/var")
        return service
    }

    /// Within TLS, by that name.
    private func secure(_ stand: DeliveryStand, _ path: String = "200") -> String {
        #"url: "https://\#(stand.hook.address)/\#(path)", secret-file: \#(stand.site.scratch.file("secret")), "#
            + "to: [admin], ca: \(stand.authority.file)"
    }

    @Test("are posted within TLS to who proves who it is, signed, and to nobody else")
    func trust() async throws {
        let stand = try await DeliveryStand(webhook: true)
        let other = try await DeliveryStand(webhook: true, name: "other.example.com")
        let (url, rest) = (secure(other), "ca: \(other.authority.file)")
        #expect(url.hasSuffix(rest))
        let service = try await begin(stand, [secure(stand), url])
        _ = try await stand.delivery(to: "\(stand.hook.address)", "webhook") { $0.state == "delivered" }
        let row = try await stand.delivery(to: "\(other.hook.address)", "webhook") { $0.attempts == 1 }
        #expect(row.state == "pending" && row.problem.text?.contains("is not trusted") == true, "\(row)")
        #expect(try await service.stop().status == 0)
        #expect(stand.posts.count == 1 && other.posts.isEmpty)
        try await stand.site.expectSound()
    }

    @Test("with a secret that is not the receiver's are refused for good, and those whose file is not there wait")
    func secrets() async throws {
        let stand = try await DeliveryStand()
        let scratch = stand.site.scratch
        try stand.secretFile("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "other")
        let other = stand.webhook().replacing(scratch.file("secret"), with: scratch.file("other"))
        let none = "name: none, " + stand.webhook().replacing(scratch.file("secret"), with: scratch.file("none"))
        let service = try await begin(stand, [other, none])
        let name = "\(stand.hook.address)"
        let refused = try await stand.delivery(to: name, "webhook") { $0.state == "failed" }
        #expect(refused.problem.text?.hasSuffix("answered 401") == true, "\(refused)")
        let row = try await stand.delivery(to: "none", "webhook") { $0.attempts == 1 }
        #expect(
            row.state == "pending"
                && row.problem.text?.contains("\(scratch.file("none")), its secret, is not there") == true)
        #expect(try await service.stop().status == 0)
        try await stand.site.expectSound()
    }

    @Test("are tried again or given up as the receiver says, and one that hangs or is slow holds up no other")
    func manners() async throws {
        let stand = try await DeliveryStand()
        let site = stand.site
        // The last one is another address: the others' turns come beside it.
        let paths = ["hang", "500", "410", "404", "moved", "slow", "half", "200"]
        let service = try await begin(stand, paths.map { "name: to-\($0), " + stand.webhook($0) })
        func row(_ path: String, _ isRight: (JSON) -> Bool) async throws -> JSON {
            try await stand.delivery(to: "to-\(path)", "webhook", isRight)
        }
        for path in ["slow", "half", "200"] { _ = try await row(path) { $0.state == "delivered" } }
        #expect(try await row("500") { $0.attempts == 1 }.problem.text?.hasSuffix("answered 500") == true)
        for path in ["410", "404"] {
            #expect(try await row(path) { $0.state == "failed" }.problem.text?.hasSuffix("answered \(path)") == true)
        }
        let moved = try await row("moved") { $0.state == "failed" }
        #expect(moved.problem.text?.contains("answered 307: redirects are not followed") == true)
        #expect(try await row("hang") { $0.attempts == 1 }.problem.text?.hasSuffix("did not answer in time") == true)
        #expect(try await stand.trouble(of: "webhook to to-410").body == "See: interlock notification deliveries")
        #expect(try await service.stop().status == 0)
        let seen = stand.posts.filter { $0.contains("/var") }.map { $0.prefix { $0 != " " } }
        #expect(Set(seen) == Set(paths.map { "/\($0)" }), "\(stand.posts)")
        #expect(stand.posts.allSatisfy { !$0.contains("secret") })
        try await site.expectSound()
    }

    @Test("go on to reach one while another hangs")
    func beside() async throws {
        let stand = try await DeliveryStand()
        let service = try await begin(
            stand, ["name: hangs, " + stand.webhook("hang"), "name: answers, " + stand.webhook("200")])
        func arrives(_ count: Int) async throws {
            _ = try await stand.site.eventually("\(count) notifications arrive") {
                stand.posts.count { $0.hasPrefix("/200 ") } >= count ? true : nil
            }
        }
        try await arrives(1)
        try await stand.notify("/srv")
        try await arrives(2)
        _ = try await stand.delivery(to: "hangs", "webhook") { $0.attempts == 1 }
        #expect(try await service.stop().status == 0)
        let outcomes = try await stand.site.events().filter { $0.type.text?.hasPrefix("notification.deliver") == true }
        #expect(outcomes.prefix(2).map(\.data.recipient.text) == ["answers", "answers"])
        try await stand.site.expectSound()
    }

    @Test(
        "come again no sooner than the receiver asks, under the same id",
        .enabled(if: ServerKind.current == .mariadb, "the database's clock is moved"))
    func later() async throws {
        let stand = try await DeliveryStand(hasClock: true)
        try await stand.people(["mel": "mailmanager"])
        try stand.configure(webhooks: [stand.webhook("busy?600")])
        let service = try await Service(stand.site)
        try await stand.notify("/var")
        let name = "\(stand.hook.address)"
        let row = try await stand.delivery(to: name, "webhook") { $0.attempts == 1 }
        #expect(row.problem.text?.hasSuffix("answered 429") == true)
        let failed = try #require(try await stand.site.events().first { $0.type == "notification.delivery-failed" })
        let (at, next) = (try #require(failed.at.text), try #require(failed.data.notBefore.text))
        let pause = try #require(Timestamp(next)).microseconds(since: try #require(Timestamp(at)))
        #expect(pause == 600_000_000)
        // Behind our own pause it is not its turn: who looks then has other things to do.
        try stand.later(300)
        try await stand.notify("/srv", to: "mailmanager")
        _ = try await stand.mails(1)
        #expect(stand.posts.count == 1)
        try stand.later(700)
        _ = try await stand.delivery(to: name, "webhook") { $0.attempts == 2 }
        #expect(stand.posts.count == 2 && stand.postIDs.count == 1)
        #expect(try await service.stop().status == 0)
        try await stand.site.expectSound()
    }
}
