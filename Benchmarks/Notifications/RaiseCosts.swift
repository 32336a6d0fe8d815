import EventStore
import Events
import Projections
import Runner
import System

/// The same few things raised again and again: what is kept, what is sent, and what it costs.
enum RaiseCosts {
    private static let (keys, people, concurrent) = (50, 10, 64)

    static func measure(_ stand: Stand, _ box: MailBox) async throws -> [Figure] {
        let count = stand.isQuick ? 10_000 : 100_000
        let site = try await NotificationCosts.site(stand, "raises", people: people)
        let service = try await NotificationCosts.serve(stand, site)
        defer { try? service.signal(Signals.kill) }
        let before = try memory(service)
        let position = try await site.log.head().position
        let start = Clock.now
        try await raise(site, count)
        let rate = Double(count) / Clock.seconds(since: start)
        let after = try memory(service)
        let events = try await site.log.events(after: position, limit: 100_000).map { try $0.fact().event.kind }
        let raised = events.count { $0 == .notificationRaised }
        let told = events.count { $0 == .notificationRaised || $0 == .notificationRepeated }
        let open = try await site.log.inspect { platform, _ in platform.notifications.openCount }
        guard raised == keys, open == keys else {
            throw Failure(description: "\(raised) notifications were raised, \(open) are open: not \(keys)")
        }
        try await sent(stand, site)
        try service.signal(Signals.terminate)
        _ = await service.wait()
        let mails = Dictionary(grouping: try box.mails(to: "raises"), by: \.recipient)
        let most = mails.values.map(\.count).max() ?? 0
        guard mails.count == people, most <= DeliveryLimit.usual.messages,
            mails.values.allSatisfy({ Set($0.map(\.id)).count == $0.count })
        else { throw Failure(description: "\(mails.count) people got mails, up to \(most)") }
        return [
            Figure(name: "raises of \(keys) keys, \(concurrent) concurrent (\(count))", value: rate, unit: "/s"),
            Figure(
                name: "events that tell of them (mails to each at most \(most))", value: Double(told),
                unit: "events"),
            Figure(
                name: "service, resident, behind them", value: after.service, unit: "MB",
                peer: "before them", peerValue: before.service, ratio: after.service / before.service),
            Figure(
                name: "who raises, resident, behind them", value: after.own, unit: "MB",
                peer: "before them", peerValue: before.own, ratio: after.own / before.own),
        ]
    }

    private static func raise(_ site: OpenSite, _ count: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<concurrent {
                group.addTask {
                    for number in stride(from: worker, to: count, by: concurrent) {
                        try await NotificationCosts.raise(site, "thing \(number % keys)")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Until each has got as many messages as the limit allows, or has nothing left to be told.
    private static func sent(_ stand: Stand, _ site: OpenSite) async throws {
        try await site.until { platform in
            let now = Timestamp(microseconds: Int(WallTime.now.microseconds))
            return Outbox(platform, by: Channels(mail: true), limit: .usual, at: now).messages.isEmpty
        }
    }

    private static func memory(_ service: ChildProcess) throws -> (service: Double, own: Double) {
        let own = try ProcessIdentity.current.pid
        return (
            try ProcessFigures.memory(service.identity.pid).residentMegabytes,
            try ProcessFigures.memory(own).residentMegabytes
        )
    }
}
