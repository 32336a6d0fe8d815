import Events
import Projections
import Seeds
import Testing

@testable import Histories

/// Every deadlock of random histories, looked at from every earlier moment, beside the brute-force model.
@Suite("Since when a deadlock was inevitable")
struct InevitabilityTests {
    static let seeds = 150
    static let soakSeeds = 20_000

    @Test("At each earlier moment the same is said as by trying who can end")
    func moments() throws {
        let seeds = Setting.seed.map { [$0] } ?? Array(0..<(Setting.isSoak ? Self.soakSeeds : Self.seeds))
        var judged = (inevitable: 0, open: 0)
        for seed in seeds {
            let history = try Self.history(of: seed)
            for index in history.steps.indices {
                for fact in history.steps[index] {
                    guard let deadlock = RefusedDeadlock(fact) else { continue }
                    let past = try Past(deadlock, in: history, at: index)
                    for moment in 0..<index {
                        let isThere = past.inevitability.isThere(in: history.platforms[moment])
                        let isStuck = past.isStuck(in: history.models[moment])
                        #expect(
                            isThere == isStuck,
                            "INTERLOCK_SEED=\(seed): the deadlock at \(deadlock.position), behind step \(moment)")
                        if isThere { judged.inevitable += 1 } else { judged.open += 1 }
                    }
                }
            }
        }
        // Both answers are given often enough for this to mean something.
        if seeds.count > 1 { #expect(judged.inevitable > 100 && judged.open > 100, "\(judged)") }
    }

    /// What was behind each transaction.
    struct History {
        var steps: [[Fact]] = []
        var platforms: [Platform] = []
        var models: [Model] = []
    }

    static func history(of seed: Int) throws -> History {
        var random = Random(seed: seed)
        var world = World()
        for _ in 0..<SimulationTests.actions { try world.step(Action.crowded(&random)) }
        var (platform, model) = (Platform(), Model())
        var history = History()
        for step in world.steps {
            for fact in step { try platform.evolve(fact) }
            try model.follow(step)
            history.steps.append(step)
            history.platforms.append(platform)
            history.models.append(model)
        }
        return history
    }
}

/// A refusal, with what everybody wanted then.
private struct Past {
    let inevitability: Inevitability
    private let deadlock: RefusedDeadlock
    /// The refused state, the refused one's session in it.
    private let refused: Model
    private let session: Int
    /// Who wanted something, and their ancestors.
    private let wanting: Set<Int>

    init(_ deadlock: RefusedDeadlock, in history: InevitabilityTests.History, at step: Int) throws {
        self.deadlock = deadlock
        var platform = step > 0 ? history.platforms[step - 1] : Platform()
        var model = step > 0 ? history.models[step - 1] : Model()
        for fact in history.steps[step].prefix(while: { $0.position < deadlock.position }) {
            try platform.evolve(fact)
            if case .sessionOpened(let data) = fact.event { try model.open(data) }
        }
        inevitability = Inevitability(deadlock, before: platform)
        session = try #require(model.index(deadlock.refused.session.text))
        let named = [session] + model.queue.map(\.session) + model.waits.map(\.session)
        wanting = named.reduce(into: []) { $0.formUnion([$1] + model.sessions[$1].line) }
        refused = model
    }

    func isStuck(in past: Model) -> Bool {
        var world = past
        for path in refused.paths { _ = world.number(path) }
        for index in past.sessions.count..<max(past.sessions.count, refused.sessions.count) {
            var session = refused.sessions[index]
            session.living = session.living && wanting.contains(index)
            world.sessions.append(session)
        }
        for queued in refused.queue where !world.queue.contains(where: { $0.request == queued.request }) {
            world.queue.append(queued)
        }
        for wait in refused.waits where !world.waits.contains(wait) { world.waits.append(wait) }
        for task in refused.tasks where task.ends == 0 && !world.tasks.contains(where: { $0.id == task.id }) {
            let runs = refused.sessions.indices.first {
                refused.sessions[$0].task == task.id && refused.sessions[$0].living
            }
            if runs.map(wanting.contains) ?? true { world.tasks.append(task) }
        }
        ask(&world)
        return world.stuck.contains(session)
    }

    private func ask(_ world: inout Model) {
        if let task = deadlock.refused.task?.text {
            if !world.tasks.contains(where: { $0.id == task }), !deadlock.refused.locks.isEmpty {
                world.tasks.append(Model.Task(id: task, key: nil, locks: world.wants(deadlock.refused.locks)))
            }
            let wait = Model.Wait(session: session, task: task)
            if !world.waits.contains(wait) { world.waits.append(wait) }
        } else if !world.queue.contains(where: { $0.request == deadlock.refused.request?.text }) {
            let locks = world.wants(deadlock.refused.locks)
            world.queue.append(
                Model.Queued(position: deadlock.position, request: "wish", session: session, locks: locks))
        }
    }
}
