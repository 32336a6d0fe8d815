import Events
import Projections

/// What it costs to see what is owed, in memory: the most that can be open, for many people, who were told of all of it.
enum OutboxCosts {
    private static let people = 1000
    /// So many end, and others begin, between two looks; no limit holds back what is owed then.
    private static let changing = 5
    private static let channels = Channels(mail: true)

    static func measure(_ stand: Stand) throws -> [Figure] {
        let open = stand.isQuick ? Platform.maximumOpenNotifications / 10 : Platform.maximumOpenNotifications
        var scene = try Scene(people: people, open: open)
        let size = "\(open) open for \(people) people"
        let whole = try looks(stand, scene, after: Settled())
        var figures = [figure("outbox, \(size), nothing owed, all of it", whole)]
        let before = scene.outbox().settled
        figures.append(figure("the same behind another look", try looks(stand, scene, after: before)))
        var changes = Round()
        for number in 0..<changing {
            let start = Clock.now
            try scene.give(.resolve(kind: "bench", subject: "\(number)", by: nil))
            try scene.raise("raised \(number)")
            changes.record(Clock.now - start)
        }
        let look = try looks(stand, scene, owed: 2 * changing * people, after: before)
        figures.append(
            figure("the same, \(changing) over and \(changing) raised meanwhile: \(2 * changing * people) owed", look))
        return figures + [figure("one is over and one is raised, \(size)", changes)]
    }

    private static func looks(
        _ stand: Stand, _ scene: Scene, owed: Int = 0, after before: Settled
    ) throws -> Round {
        var round = Round()
        for _ in 0..<(stand.isQuick ? 5 : 20) {
            let start = Clock.now
            let outbox = scene.outbox(after: before)
            round.record(Clock.now - start)
            guard outbox.messages.count == owed else {
                throw Failure(description: "\(outbox.messages.count) messages, \(owed) are owed")
            }
        }
        return round
    }

    private static func figure(_ name: String, _ round: Round) -> Figure {
        Figure(name: name, value: round.milliseconds(50), unit: "ms", latencies: round.latencies)
    }

    /// A platform in memory, with a runner that delivers.
    private struct Scene {
        private(set) var platform = Platform()
        private var (position, now) = (0, 0)
        private static let runner = RunnerID("bench")

        init(people: Int, open: Int) throws {
            for number in 0..<people {
                let role = number == 0 ? Role.owner : .admin
                try give(.addUser(UserAdded(user: "user\(number)", role: role, email: "user\(number)@bench.example")))
            }
            let process = ProcessID(bootID: "bench", pidNamespace: "1", pid: 1, startTicks: 1)
            let session = SessionOpened(
                session: SessionID("bench"), host: "bench", user: "root", process: process, program: "interlock")
            try give(
                .registerRunner(
                    RunnerRegistration(runner: Self.runner, host: "bench", holder: .opening(SessionOpening(session)))))
            try give(
                .acquire(
                    Acquisition(
                        holder: .session(session.session), request: RequestID("bench"),
                        locks: [Lock(Platform.outbox, .exclusive)], wait: false)))
            for number in 0..<open { try raise("\(number)") }
            for (line, items) in outbox().owed {
                let since = platform.users[line.recipient]?.addressSince
                try give(.delivered(Message(line: line, since: since, items: items), by: Self.runner))
            }
            // What was told so far does not count any more.
            now += 2 * DeliveryLimit.usual.window
        }

        mutating func raise(_ subject: String) throws {
            let notice = StaffNotice(
                kind: "bench", subject: subject, severity: .warning, title: "a title of \(subject)")
            try give(.notify(notice, StaffAudience(.administrators)))
        }

        func outbox(after settled: Settled = Settled()) -> Outbox {
            Outbox(platform, by: OutboxCosts.channels, limit: .usual, at: Timestamp(microseconds: now), after: settled)
        }

        mutating func give(_ command: Platform.Command) throws {
            now += 1
            var draft = Draft(after: position, at: Timestamp(microseconds: now))
            _ = try platform.decide(command, into: &draft)
            position = draft.head
        }
    }
}
