import EventStore
import Events
import Projections
import Runner
import System

/// What it costs to tell people of something.
enum NotificationCosts {
    static func measure(_ stand: Stand) async throws -> [Figure] {
        var figures = try OutboxCosts.measure(stand)
        let box = try MailBox(stand)
        defer { box.end() }
        for (people, notifications) in [(10, 10), (1000, 1)] {
            figures.append(try await deliveries(stand, box, people, notifications))
        }
        figures.append(try await inbox(stand))
        figures += try await ListCosts.measure(stand)
        return figures + (try await RaiseCosts.measure(stand, box))
    }

    /// A log of its own with an owner who has no address, so that nothing but what is raised here is mailed, and `people` who have one.
    static func site(_ stand: Stand, _ name: String, people: Int) async throws -> OpenSite {
        let site = try await Site(
            endpoint: try stand.database(name), stateDirectory: "\(stand.directory)/\(name)"
        ).open()
        _ = try await site.submit(.addUser(UserAdded(user: "owner", role: .owner)))
        for number in 0..<people {
            let user = "\(name)\(number)"
            _ = try await site.submit(
                .addUser(UserAdded(user: user, role: .mailmanager, email: "\(user)@bench.example")))
        }
        return site
    }

    /// `interlock serve` of it, which mails.
    static func serve(_ stand: Stand, _ site: OpenSite) async throws -> ChildProcess {
        let file = stand.directory + "/notifications.yaml"
        let smtp = #"{ server: "smtp://\#(MailBox.address)", tls: none, from: interlock@bench.example }"#
        try DurableFile.write(Array("notifications: { smtp: \(smtp) }\n".utf8), to: file)
        return try await stand.serve(configuration: file, of: site.site)
    }

    static func raise(_ site: OpenSite, _ subject: String) async throws {
        try await site.notify(
            audience: StaffAudience(.mailmanagers), kind: "bench", subject: subject, severity: .warning,
            title: "\(subject) is to be known", body: "There is more to say of \(subject).")
    }

    /// Until all have been told of all of it.
    static func untilTold(_ site: OpenSite, _ people: Int) async throws {
        try await site.until { platform in platform.notifications.open.allSatisfy { $0.outcomes.count == people } }
    }

    /// From the first raise until the last delivery is in the log; each mail arrives once.
    private static func deliveries(
        _ stand: Stand, _ box: MailBox, _ people: Int, _ notifications: Int
    ) async throws -> Figure {
        let count = people * notifications
        let name = "deliveries\(people)x"
        let site = try await site(stand, name, people: people)
        let service = try await serve(stand, site)
        defer { try? service.signal(Signals.kill) }
        let bound = try await box.rate(of: count, stand)
        let start = Clock.now
        for number in 0..<notifications { try await raise(site, "thing \(number)") }
        try await untilTold(site, people)
        let rate = Double(count) / Clock.seconds(since: start)
        try service.signal(Signals.terminate)
        _ = await service.wait()
        let mails = try box.mails(to: name)
        guard mails.count == count, Set(mails.map(\.id)).count == count else {
            throw Failure(description: "\(mails.count) mails arrived, \(count) were owed")
        }
        return Figure(
            name: "mails to \(people) people, of \(notifications) each", value: rate, unit: "/s",
            peer: "a plain client, one connection", peerValue: bound, ratio: rate / bound)
    }

    /// From the raise until the list of one who reads it for the first time has it.
    private static func inbox(_ stand: Stand) async throws -> Figure {
        let site = try await site(stand, "inbox", people: 10)
        let scan = try LogScan(site.site.endpoint)
        var number = 0
        let round = try await repeatedly(stand.isQuick ? 50 : 500) {
            number += 1
            let subject = "thing \(number)"
            try await raise(site, subject)
            let (platform, head) = try await scan.current(Platform.self)
            let list = try await scan.notifications(
                platform, at: head.position, withResolved: false, limit: 100,
                where: NotificationFilter(for: .administrator))
            guard list.contains(where: { $0.subject == subject }) else {
                throw Failure(description: "\(subject) is not in the inbox")
            }
        }
        return Figure(
            name: "raised → in the inbox (\(round.count))", value: round.milliseconds(50), unit: "ms",
            latencies: round.latencies)
    }
}
