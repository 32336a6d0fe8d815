import Events
import Projections
import Testing

/// Deadlocks with how they came about.
extension Scene {
    /// The story of the last refusal, with the moment found by trying every one.
    func story() throws -> DeadlockStory {
        let deadlock = try #require(facts.compactMap { RefusedDeadlock($0) }.last)
        let before = try states(upTo: deadlock.position - 1)
        let inevitability = Inevitability(deadlock, before: before[before.count - 1])
        let since = (before.lastIndex { !inevitability.isThere(in: $0) } ?? -1) + 1
        var asked: [Position: DeadlockStory.Moment] = [:]
        for token in deadlock.refused.cycle.compactMap(\.holds?.token) {
            guard let grant = before[before.count - 1].locks.grant(token),
                let request = before[token - 1].locks.request(grant.request)
            else { continue }
            asked[token] = DeadlockStory.Moment(position: request.position, at: request.since)
        }
        var replay = Replay(from: before[since - 1])
        return DeadlockStory(
            deadlock, inevitable: try replay.step(facts[since - 1]), before: before[before.count - 1], asked: asked)
    }

    /// The tokens that `name` was ever given, in order.
    func tokens(of name: String) -> [Position] {
        facts.compactMap { fact in
            if case .lockGranted(let data) = fact.event, data.session.text == name { fact.position } else { nil }
        }
    }

    /// The states behind 0, 1, 2 … events.
    private func states(upTo position: Position) throws -> [Platform] {
        var states = [Platform()]
        for fact in facts.prefix(position) {
            var next = states[states.count - 1]
            try next.evolve(fact)
            states.append(next)
        }
        return states
    }

    /// Two who hold what the other wants; one holds more.
    static func two() throws -> Scene {
        var scene = Scene()
        try scene.asks("backup", "/type/backup", "/mail")
        try scene.asks("copy", "/app/blog")
        try scene.asks("copy", "/type/backup")
        try scene.asks("backup", "/app/blog")
        return scene
    }

    /// Two who share one lock and want it for themselves.
    static func upgraders() throws -> Scene {
        var scene = Scene()
        try scene.asks("a", "s:/app/wiki")
        try scene.asks("b", "s:/app/wiki")
        try scene.asks("a", "/app/wiki")
        try scene.asks("b", "/app/wiki")
        return scene
    }

    /// Five, with a lock above another one, a slot, a child, and a wait that was over before.
    static func ring() throws -> Scene {
        var scene = Scene()
        try scene.slots("/slots/copy", 1)
        try scene.asks("one", "/a/deep/below")
        try scene.asks("two", "t:/slots/copy")
        try scene.asks("three", "/c")
        try scene.asks("four", "s:/d")
        try scene.asks("five", "/d")
        try scene.release("four")
        try scene.asks("four", "/e")
        try scene.asks("one", "t:/slots/copy")
        try scene.asks("child", "/c", under: "two")
        try scene.asks("three", "/d")
        try scene.asks("five", "/e")
        try scene.asks("four", "/a")
        return scene
    }

    /// One that waits for a task which wants what it holds.
    static func task() throws -> Scene {
        var scene = Scene()
        try scene.asks("update", "/app/blog")
        try scene.runs("update", "t1", "/app/blog")
        return scene
    }
}
