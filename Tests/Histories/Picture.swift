/// Who waits for whom at one moment.
struct Picture {
    let model: Model
    /// For each request: the tokens in its way, and the earlier requests (by their number in the queue).
    private(set) var holders: [[Int]] = []
    private var earlier: [[Int]] = []
    private var awaited: [[Int]] = []

    init(_ model: Model) {
        self.model = model
        for (number, queued) in model.queue.enumerated() {
            let tokens = tokensInTheWay(of: queued)
            let before = requestsBefore(number)
            holders.append(tokens.map(\.token))
            earlier.append(before)
            awaited.append(tokens.map(\.session) + before.map { model.queue[$0].session })
        }
    }

    private func tokensInTheWay(of queued: Model.Queued) -> [(token: Int, session: Int)] {
        var found: [(Int, Int)] = []
        for lock in queued.locks {
            let slots = lock.mode == .slot ? model.slotHolders(lock.path) : []
            let isFull =
                lock.mode == .slot && !model.isServed(queued.session, by: slots)
                && !model.hasSlot(lock.path, queued.session, slots)
            for held in model.held where !model.related(held.session, queued.session) {
                if model.conflict(lock, held.lock) || (isFull && held.lock == lock) {
                    found.append((held.token, held.session))
                }
            }
        }
        return found
    }

    /// Earlier requests that conflict, and for a slot those that leave none.
    private func requestsBefore(_ number: Int) -> [Int] {
        let queued = model.queue[number]
        var rivals: [Int] = []
        for other in 0..<number
        where model.takesPart(model.queue[other]) && !model.related(model.queue[other].session, queued.session) {
            rivals.append(other)
        }
        var found = rivals.filter { conflict(model.queue[$0], queued) }
        for lock in queued.locks where lock.mode == .slot {
            let slots = model.slotHolders(lock.path)
            guard !model.isServed(queued.session, by: slots) else { continue }
            // One that is served takes none, and one that lacks more than slots holds back nobody.
            let wanting = rivals.filter { other in
                model.queue[other].locks.contains(lock) && !model.isServed(model.queue[other].session, by: slots)
                    && !isBlocked(model.queue[other])
            }
            if !model.hasSlot(lock.path, queued.session, slots, before: wanting.count) { found += wanting }
        }
        return found
    }

    /// True when somebody holds what it needs besides slots.
    private func isBlocked(_ queued: Model.Queued) -> Bool {
        for held in model.held where !model.related(held.session, queued.session) {
            for lock in queued.locks where model.conflict(lock, held.lock) { return true }
        }
        return false
    }

    private func conflict(_ one: Model.Queued, _ other: Model.Queued) -> Bool {
        for mine in one.locks {
            for theirs in other.locks where model.conflict(mine, theirs) { return true }
        }
        return false
    }

    /// True when the request's session waits, through the graph, for another.
    private func reaches(_ number: Int, _ target: Int) -> Bool {
        var seen = [Bool](repeating: false, count: model.sessions.count)
        var open = [model.queue[number].session]
        while let session = open.popLast() {
            if session == target, seen.contains(true) { return true }
            if seen[session] { continue }
            seen[session] = true
            for child in model.sessions.indices where model.sessions[child].parent == session { open.append(child) }
            for other in model.queue.indices where model.queue[other].session == session { open += awaited[other] }
            for wait in model.waits where wait.session == session { open += sessions(towards: wait.task) }
        }
        return false
    }

    /// The session of a task; of one that has none, those who hold what it is going to ask for.
    private func sessions(towards id: String) -> [Int] {
        guard let task = model.tasks.first(where: { $0.id == id && $0.ends == 0 }) else { return [] }
        if let session = model.sessions.firstIndex(where: { $0.task == id && $0.living }) { return [session] }
        var found: [Int] = []
        for lock in task.locks {
            let slots = lock.mode == .slot ? model.slotHolders(lock.path) : []
            if lock.mode == .slot, !model.hasSlot(lock.path, nil, slots) { found += slots }
            for held in model.held where model.conflict(lock, held.lock) { found.append(held.session) }
        }
        return found
    }

    /// The earlier requests that hold this one back: not those that wait for it, and not for a slot those that lack
    /// something else.
    func precedents(_ number: Int) -> [Int] {
        let queued = model.queue[number]
        func isBefore(_ other: Int) -> Bool {
            model.takesPart(model.queue[other]) && !model.related(model.queue[other].session, queued.session)
                && !reaches(other, queued.session)
        }
        var found = earlier[number].filter { conflict(model.queue[$0], queued) && isBefore($0) }
        for lock in queued.locks where lock.mode == .slot {
            let slots = model.slotHolders(lock.path)
            guard !model.isServed(queued.session, by: slots) else { continue }
            let wanting = (0..<number).filter { other in
                model.queue[other].locks.contains(lock) && isBefore(other)
                    && !model.isServed(model.queue[other].session, by: slots) && lacksSlotsOnly(other)
            }
            if !model.hasSlot(lock.path, queued.session, slots, before: wanting.count) { found += wanting }
        }
        return Array(Set(found)).sorted()
    }

    private func lacksSlotsOnly(_ number: Int) -> Bool {
        let queued = model.queue[number]
        if isBlocked(queued) { return false }
        for other in earlier[number] where conflict(model.queue[other], queued) {
            if !reaches(other, queued.session) { return false }
        }
        return true
    }

    func mayHave(_ number: Int) -> Bool {
        holders[number].isEmpty && model.takesPart(model.queue[number]) && precedents(number).isEmpty
            && !model.granting(number).stuck.contains(model.queue[number].session)
    }

    /// The first in the queue that may have what it asks for.
    var first: Int? {
        for number in model.queue.indices where mayHave(number) { return number }
        return nil
    }
}
