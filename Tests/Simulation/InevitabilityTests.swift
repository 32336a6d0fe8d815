import Events
import Projections
import Seeds
import Testing

@testable import Histories

/// Every deadlock of random histories, looked at from every earlier moment, beside the brute-force model.
@Suite("Since when a deadlock was inevitable")
struct InevitabilityTests {
    static let defaultSeeds = 150
    static let soakSeeds = 20_000

    @Test("At each earlier moment the same is said as by trying who can end")
    func moments() throws {
        let seeds = Setting.seeds(Self.defaultSeeds, soak: Self.soakSeeds)
        var judged = (inevitable: 0, open: 0)
        for seed in seeds {
            var random = Random(seed: seed)
            let actions = (0..<SimulationTests.actions).map { _ in Action.crowded(&random) }
            let broken = SimulationTests.shrunk(actions) { actions in
                do {
                    let history = try History(of: actions)
                    return try Self.violation(in: history, &judged).map {
                        SimulationTests.Broken($0, step: actions.count - 1, history.steps.flatMap(\.self))
                    }
                } catch {
                    return nil
                }
            }
            if let broken { Issue.record("INTERLOCK_SEED=\(seed): \(broken)") }
        }
        // Both answers are given often enough for this to mean something.
        if seeds.count > 1 { #expect(judged.inevitable > 100 && judged.open > 100, "\(judged)") }
    }

    /// What is said otherwise of some moment than the model says.
    private static func violation(
        in history: History, _ judged: inout (inevitable: Int, open: Int)
    ) throws -> String? {
        for index in history.steps.indices {
            for fact in history.steps[index] {
                guard let deadlock = RefusedDeadlock(fact) else { continue }
                let past = try Past(deadlock, in: history, at: index)
                for moment in 0..<index {
                    let isThere = past.inevitability.isThere(in: history.platforms[moment])
                    let isStuck = past.isStuck(in: history.models[moment])
                    if isThere != isStuck {
                        return isThere ? "inevitable already where it was not" : "not yet inevitable where it was"
                    }
                    if isThere { judged.inevitable += 1 } else { judged.open += 1 }
                }
            }
        }
        return nil
    }

    /// What was behind each transaction.
    struct History {
        var steps: [[Fact]] = []
        var platforms: [Platform] = []
        var models: [Model] = []

        init(of actions: [Action]) throws {
            var world = World()
            for action in actions { try world.step(action) }
            var (platform, model) = (Platform(), Model())
            for step in world.steps {
                for fact in step { try platform.evolve(fact) }
                try model.follow(step)
                steps.append(step)
                platforms.append(platform)
                models.append(model)
            }
        }
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
