import PeerTesting
import Testing

@testable import Runner

@Suite("Notifications of a deliverer that is killed")
struct KilledDelivererTests {
    /// Kills the runner at a step, starts another one, and returns when all is delivered, of so many deliveries.
    private func kill(at step: RunnerStep, _ stand: DeliveryStand, deliveries count: Int) async throws {
        let service = try await Service(stand.site, environment: ["INTERLOCK_RUNNER_STOP_AT": step.rawValue])
        try await stands(service.process.identity)
        try await service.kill()
        try await service.restart()
        _ = try await stand.site.eventually("all is delivered") { () -> Bool? in
            let rows = try await stand.deliveries()
            return rows.count == count && rows.allSatisfy { $0.state == "delivered" } ? true : nil
        }
        #expect(try await service.stop().status == 0)
        try await stand.site.expectSound()
    }

    @Test(
        "are not lost: who was sent one and it was not said gets it again, with the same ids",
        arguments: [RunnerStep.messageSent, .deliveryRecorded])
    func recipients(step: RunnerStep) async throws {
        let stand = try await DeliveryStand()
        try stand.configure()
        try await stand.people(["olga": "owner", "adam": "admin", "ann": "admin", "ute": "user"])
        try await stand.notify("/var")
        try await kill(at: step, stand, deliveries: 4)
        let mails = try await stand.mails(3)
        for name in ["olga", "adam", "ann"] {
            let own = mails.filter { $0.to.last == "\(name)@example.com" }
            #expect(!own.isEmpty && Set(own.map(\.id)).count == 1, "\(name)")
        }
        #expect(Set(mails.map(\.id)).count == 3 && mails.count <= 4, "\(mails.map(\.to))")
        #expect(stand.postIDs.count == 1 && stand.posts.count <= 2)
    }

    @Test(
        "come as the same summary, once where it was recorded",
        arguments: [RunnerStep.messageSent, .deliveryRecorded])
    func summary(step: RunnerStep) async throws {
        let stand = try await DeliveryStand()
        try stand.configure(webhooks: [], "limit: { messages: 1, per: 1h }")
        try await stand.people(["olga": "owner"])
        for subject in ["/a", "/b", "/c"] { try await stand.notify(subject) }
        try await kill(at: step, stand, deliveries: 3)
        let mails = try await stand.mails(1)
        #expect(mails.count == (step == .messageSent ? 2 : 1) && Set(mails.map(\.id)).count == 1)
        #expect(mails.allSatisfy { $0.subject == "3 notifications: [warning] /a is full" }, "\(mails.map(\.subject))")
    }

    @Test(
        "are posted again under the same id, once where it was recorded",
        arguments: [RunnerStep.messageSent, .deliveryRecorded])
    func webhook(step: RunnerStep) async throws {
        let stand = try await DeliveryStand()
        try stand.configure(smtp: "")
        try await stand.people(["olga": "owner"])
        try await stand.notify("/var")
        try await kill(at: step, stand, deliveries: 1)
        #expect(stand.posts.count == (step == .messageSent ? 2 : 1) && stand.postIDs.count == 1)
        #expect(Set(stand.posts).count == 1, "\(stand.posts)")
    }
}
