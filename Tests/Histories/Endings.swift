/// Whether there is an order of endings that lets somebody through.
extension Model {
    /// As it would be with a request granted.
    func granting(_ number: Int) -> Model {
        var after = self
        let queued = after.queue.remove(at: number)
        after.held += queued.locks.map { Held(token: Int.max, session: queued.session, lock: $0) }
        return after
    }

    /// Who never ends, however lucky the order: everybody who can end ends, again and again.
    var stuck: [Int] {
        var world = self
        var isMoving = true
        while isMoving {
            isMoving = false
            for one in world.sessions.indices where world.sessions[one].living && world.mayEnd(one) {
                world.end(one)
                isMoving = true
            }
            for task in world.tasks.indices where world.tasks[task].ends == 0 && world.isUpcoming(world.tasks[task]) {
                if world.mayHave(world.tasks[task].locks, nil) {
                    world.tasks[task].ends = 1
                    isMoving = true
                }
            }
        }
        return world.sessions.indices.filter { world.sessions[$0].living }
    }

    private func isUpcoming(_ task: Task) -> Bool {
        !sessions.contains { $0.task == task.id && $0.living }
    }

    mutating func end(_ session: Int) {
        sessions[session].living = false
        held.removeAll { $0.session == session }
        queue.removeAll { $0.session == session }
        waits.removeAll { $0.session == session }
        guard let id = sessions[session].task else { return }
        for task in tasks.indices where tasks[task].id == id { tasks[task].ends = 1 }
    }

    private func mayEnd(_ session: Int) -> Bool {
        for child in sessions.indices where sessions[child].living && isAbove(session, child) { return false }
        for wait in waits where wait.session == session {
            if tasks.contains(where: { $0.id == wait.task && $0.ends == 0 }) { return false }
        }
        for queued in queue where queued.session == session {
            if !mayHave(queued.locks, session) { return false }
        }
        return true
    }

    /// Whatever the queue says.
    func mayHave(_ locks: [Want], _ session: Int?) -> Bool {
        for lock in locks {
            for one in held where conflict(lock, one.lock) {
                if session.map({ related(one.session, $0) }) != true { return false }
            }
            guard lock.mode == .slot else { continue }
            let holders = slotHolders(lock.path)
            if !isServed(session, by: holders), !hasSlot(lock.path, session, holders) { return false }
        }
        return true
    }
}

/// The same question, answered by trying everything: each request may be granted when it can, or later, each session may
/// end when it waits for nothing, in any order.
struct EveryOrder {
    /// More choices than this are not tried: two to the power of it.
    static let maximumChoices = 12
    private var tried: Set<[Bool]> = []
    private let target: Int
    /// The requests of the model that is asked about.
    private let asked: [Int]

    init(target: Int, in model: Model) {
        self.target = target
        asked = model.queue.map(\.position)
    }

    /// Nil when there are too many choices.
    static func letsThrough(_ session: Int, in model: Model) -> Bool? {
        let living = model.sessions.count(where: \.living)
        let upcoming = model.tasks.count { $0.ends == 0 }
        guard living + upcoming + model.queue.count <= maximumChoices else { return nil }
        var search = EveryOrder(target: session, in: model)
        return search.ends(model)
    }

    private mutating func ends(_ model: Model) -> Bool {
        guard model.sessions[target].living else { return true }
        let mark = model.sessions.map(\.living) + model.tasks.map { $0.ends == 0 } + queued(model)
        guard tried.insert(mark).inserted else { return false }
        for number in model.queue.indices where model.mayHave(model.queue[number].locks, model.queue[number].session) {
            if ends(model.granting(number)) { return true }
        }
        for session in model.sessions.indices where model.sessions[session].living && isFree(session, model) {
            var after = model
            after.end(session)
            if ends(after) { return true }
        }
        for task in model.tasks.indices where model.tasks[task].ends == 0 {
            guard !model.sessions.contains(where: { $0.task == model.tasks[task].id && $0.living }),
                model.mayHave(model.tasks[task].locks, nil)
            else { continue }
            var after = model
            after.tasks[task].ends = 1
            if ends(after) { return true }
        }
        return false
    }

    /// Which requests are still queued tells which were granted.
    private func queued(_ model: Model) -> [Bool] {
        let positions = Set(model.queue.map(\.position))
        return asked.map(positions.contains)
    }

    private func isFree(_ session: Int, _ model: Model) -> Bool {
        if model.queue.contains(where: { $0.session == session }) { return false }
        for child in model.sessions.indices where model.sessions[child].living && model.isAbove(session, child) {
            return false
        }
        return !model.waits.contains { wait in
            wait.session == session && model.tasks.contains { $0.id == wait.task && $0.ends == 0 }
        }
    }
}
