import Events
import LogChecking
import Projections
import Seeds
import Testing

@testable import Histories

/// A run of the simulation as a log, in which events are redacted.
private struct RedactedLog {
    private(set) var platform: Platform
    private(set) var events: [RecordedEvent]
    private var recorder: Recorder
    private var redactions = 0

    init(_ world: World) {
        platform = world.platform
        recorder = world.recorder
        events = recorder.events
    }

    /// False where the machine refuses.
    mutating func redact(_ position: Position) throws -> Bool {
        let head = events.count
        var draft = Draft(after: head, at: events.last?.at ?? .latest)
        draft.subject = events[position - 1]
        do {
            _ = try platform.decide(.redact(position, by: "u", reason: "why"), into: &draft)
        } catch {
            guard error is Refusal, draft.facts.isEmpty else { throw error }
            return false
        }
        guard case .logRedacted(let data)? = draft.facts.first?.event, draft.facts.count == 1 else { return false }
        redactions += 1
        let version = redactions
        let submission = Submission(id: CommandID("redact\(version)"), command: (), actor: "u", host: "h0")
        recorder.record(draft.facts[...], of: submission) { _ in version }
        events =
            Array(events.prefix(position - 1)) + [events[position - 1].redacted(to: data.remains)]
            + events.dropFirst(position) + recorder.events.suffix(1)
        return true
    }

    /// What is stored of the state at the end of `events`.
    static func fold(_ events: some Sequence<RecordedEvent>) throws -> [String] {
        var platform = Platform()
        for event in events { try platform.evolve(try event.fact()) }
        return platform.stored
    }
}

extension Platform {
    fileprivate var stored: [String] {
        Platform.projectionNames.map { String(decoding: encodeProjection($0), as: UTF8.self) }
    }
}

extension Event {
    /// What a state that needs the event must name, as it is stored.
    fileprivate func names(at position: Position) -> [String] {
        switch self {
        case .sessionOpened(let data): ["\"\(data.session)\""]
        case .lockRequested(let data): ["\"\(data.request)\""]
        case .lockGranted(let data): ["[\(position),\"\(data.request)\""]
        case .lockDowngraded(let data): ["[\(data.token),"]
        case .slotsConfigured(let data): ["{\"capacity\":\(data.capacity),\"path\":\"\(data.path)\"}"]
        case .taskQueued(let data): ["\"\(data.task)\""]
        case .taskClaimed(let data): ["\"\(data.task)\""]
        case .taskStarted(let data): ["\"\(data.task)\""]
        case .taskProgressed(let data): ["\"\(data.task)\""]
        case .taskStopRequested(let data): ["\"\(data.task)\""]
        // Where another attempt follows.
        case .taskFinished(let data): ["\"\(data.task)\""]
        case .taskRetryScheduled(let data): ["\"\(data.task)\""]
        case .taskWaitBegan(let data): ["\"\(data.task)\"", "\"\(data.session)\""]
        case .runnerRegistered(let data): ["\"\(data.runner)\""]
        // Of these nothing is ever needed.
        default: ["nothing names it"]
        }
    }
}

@Suite("Redactions in simulated logs")
struct RedactionTests {
    static let defaultSeeds = 120
    static let soakSeeds = 2_000
    /// Events of each log that are to be redacted.
    private static let attempts = 15

    @Test("leave the state at the head, and all that follows, byte for byte; what is refused, the state names")
    func seeds() throws {
        var (done, refused) = (0, 0)
        var logs: [[String]] = []
        for seed in Setting.seeds(Self.defaultSeeds, soak: Self.soakSeeds) {
            var random = Random(seed: seed)
            var world = World()
            let next = seed.isMultiple(of: 2) ? Action.random : Action.crowded
            let count = random.below(SimulationTests.actions)
            for _ in 0..<count { try world.step(next(&random)) }
            var log = RedactedLog(world)
            let before = log.platform.stored
            for _ in 0..<Self.attempts {
                let position = 1 + random.below(world.facts.count)
                guard log.events[position - 1].payload != nil else { continue }
                if try log.redact(position) {
                    done += 1
                    #expect(log.platform.stored == before, "INTERLOCK_SEED=\(seed) \(position)")
                    #expect(try RedactedLog.fold(log.events) == before, "INTERLOCK_SEED=\(seed) \(position)")
                } else {
                    refused += 1
                    let names = world.facts[position - 1].event.names(at: position)
                    let isNamed = names.allSatisfy { name in before.contains { $0.contains(name) } }
                    #expect(isNamed, "INTERLOCK_SEED=\(seed) \(position) \(world.facts[position - 1].event.kind)")
                }
            }
            logs.append(log.events.map(\.exported.text))
            try expectSameEnd(world, log.events, random, seed)
        }
        #expect(done > 100 && refused > 100 || Setting.seed != nil)
        try expectHolds(logs)
    }

    /// The run goes on: behind redacted events everything comes to what it would have come to.
    private func expectSameEnd(_ world: World, _ redacted: [RecordedEvent], _ random: Random, _ seed: Int) throws {
        var (world, random) = (world, random)
        let count = world.facts.count
        let next = seed.isMultiple(of: 2) ? Action.random : Action.crowded
        for _ in 0..<SimulationTests.actions / 3 { try world.step(next(&random)) }
        // Without the events that tell of the redactions: they would move the tokens that follow.
        let events = redacted.prefix(count) + world.recorder.events.dropFirst(count)
        #expect(try RedactedLog.fold(events) == world.platform.stored, "INTERLOCK_SEED=\(seed)")
    }
}
