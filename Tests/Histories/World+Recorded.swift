import Events
import Seeds

/// A run whose events can be recorded.
protocol RecordedWorld {
    /// The facts of each transaction.
    var steps: [[Fact]] { get }
}

extension World: RecordedWorld {}
extension MailWorld: RecordedWorld {}
extension NotificationWorld: RecordedWorld {}

extension RecordedWorld {
    /// Its events as a log records them.
    var recorder: Recorder {
        var recorder = Recorder(after: .empty)
        var versions: [String: Int] = [:]
        for (number, step) in steps.enumerated() {
            let submission = Submission(id: CommandID("c\(number)"), command: (), actor: "u", host: "h0")
            recorder.record(step[...], of: submission) { event in
                versions[event.stream, default: 0] += 1
                return versions[event.stream, default: 0]
            }
        }
        return recorder
    }
}

extension World {
    /// A run of one seed: in turns any actions, and many sessions on few paths.
    static func run(of seed: Int, actions: Int = 60) throws -> World {
        var random = Random(seed: seed)
        var world = World()
        let next = seed.isMultiple(of: 2) ? Action.random : Action.crowded
        for _ in 0..<actions { try world.step(next(&random)) }
        return world
    }
}

extension MailWorld {
    /// A run of one seed, to its end.
    static func run(of seed: Int, actions: Int = 60) throws -> MailWorld {
        var random = Random(seed: seed)
        var world = try MailWorld()
        for _ in 0..<actions { try world.step(&random) }
        _ = try world.settle(&random)
        return world
    }
}

extension NotificationWorld {
    /// A run of one seed, to its end.
    static func run(of seed: Int, actions: Int) throws -> NotificationWorld {
        var random = Random(seed: seed)
        var world = try NotificationWorld()
        for _ in 0..<actions { try world.step(&random) }
        _ = try world.settle(&random)
        return world
    }
}
