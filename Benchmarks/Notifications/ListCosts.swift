import EventStore
import Events
import Projections
import Runner

/// What it costs to list notifications that are over, out of a log with many of them.
enum ListCosts {
    private static let concurrent = 64

    static func measure(_ stand: Stand) async throws -> [Figure] {
        let count = stand.isQuick ? 5000 : 100_000
        let site = try await NotificationCosts.site(stand, "over", people: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<concurrent {
                group.addTask {
                    for number in stride(from: worker, to: count, by: concurrent) {
                        try await NotificationCosts.raise(site, "thing \(number)")
                        try await site.resolve(kind: "bench", subject: "thing \(number)", by: nil)
                    }
                }
            }
            try await group.waitForAll()
        }
        let user = Viewer(role: .user, name: "u", operates: ["blog"])
        let filters: [(String, NotificationFilter, Int)] = [
            ("the latest 100", NotificationFilter(for: .administrator), 100),
            ("one by its subject", NotificationFilter(for: .administrator, subject: "thing 7"), 1),
            ("none of a kind", NotificationFilter(for: .administrator, kind: "other"), 0),
            ("none so severe", NotificationFilter(for: .administrator, severity: .critical), 0),
            ("none for a user", NotificationFilter(for: user), 0),
        ]
        let scan = try LogScan(site.site.endpoint)
        var figures: [Figure] = []
        for (name, filter, expected) in filters {
            let (platform, head) = try await scan.current(Platform.self)
            let round = try await repeatedly(stand.isQuick ? 3 : 10) {
                let list = try await scan.notifications(
                    platform, at: head.position, withResolved: true, limit: 100, where: filter)
                guard list.count == expected else {
                    throw Failure(description: "\(name): \(list.count) are listed, not \(expected)")
                }
            }
            figures.append(
                Figure(
                    name: "list, \(count) over: \(name)", value: round.milliseconds(50), unit: "ms",
                    latencies: round.latencies))
        }
        return figures
    }
}
