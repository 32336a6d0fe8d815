import Events

/// The model follows what happened, and says which rule an event breaks.
extension Model {
    /// Follows one transaction. `Order` of kinds: what gives back, then ends, then grants.
    mutating func follow(_ facts: [Fact]) throws(Violation) {
        var hasEnded = false
        var hasGranted = false
        for (index, fact) in facts.enumerated() {
            switch fact.event {
            case .lockReleased, .lockWithdrawn:
                if hasEnded { throw Violation("a release or withdrawal behind session.ended") }
                if hasGranted { throw Violation("a release or withdrawal behind a grant") }
            case .sessionEnded:
                hasEnded = true
                if hasGranted { throw Violation("session.ended behind a grant") }
            case .lockGranted(let data):
                hasGranted = true
                var isNew = false
                if index > 0, case .lockRequested(let asked) = facts[index - 1].event {
                    isNew = asked.request == data.request
                }
                try grant(data, fact.position, isNew)
                let task = session(data.session.text)?.task
                if let task, tasks.contains(where: { $0.id == task && $0.claims == 0 }) {
                    guard index + 1 < facts.count, case .taskClaimed(let claim) = facts[index + 1].event,
                        claim.task.text == task
                    else { throw Violation("a task's grant without its claim") }
                }
            default: break
            }
            try followLocks(fact)
            try followTasks(fact)
        }
        try rest()
    }

    private mutating func grant(_ data: LockGranted, _ position: Int, _ isNew: Bool) throws(Violation) {
        guard let number = queue.firstIndex(where: { $0.request == data.request.text }) else {
            throw Violation("a grant of what was not asked for")
        }
        let queued = queue[number]
        let picture = Picture(self)
        guard takesPart(queued) else { throw Violation("a task is granted its locks without a runner") }
        guard picture.holders[number].isEmpty else { throw Violation("two sessions hold conflicting locks") }
        guard picture.precedents(number).isEmpty else { throw Violation("a grant passes an earlier request") }
        guard !granting(number).stuck.contains(queued.session) else {
            throw Violation("a grant after which nobody gets through")
        }
        guard position > lastToken else { throw Violation("tokens do not rise") }
        lastToken = position
        guard isNew || picture.first == number else { throw Violation("a grant out of the order of the queue") }
        queue.remove(at: number)
        held += queued.locks.map { Held(token: position, session: queued.session, lock: $0) }
    }

    private mutating func followLocks(_ fact: Fact) throws(Violation) {
        switch fact.event {
        case .sessionOpened(let data): try open(data)
        case .sessionEnded(let data):
            guard let index = index(data.session.text), sessions[index].living else {
                throw Violation("a session ends twice")
            }
            if held.contains(where: { $0.session == index }) { throw Violation("an ended session holds") }
            if queue.contains(where: { $0.session == index }) || waits.contains(where: { $0.session == index }) {
                throw Violation("an ended session waits")
            }
            if runners.contains(where: { $0.session == data.session.text }) {
                throw Violation("an ended session serves")
            }
            sessions[index].living = false
        case .lockRequested(let data):
            guard let index = index(data.session.text), sessions[index].living else {
                throw Violation("an ended session asks")
            }
            queue.append(
                Queued(
                    position: fact.position, request: data.request.text, session: index, locks: wants(data.locks)))
        case .lockWithdrawn(let data):
            let before = queue.count
            queue.removeAll { $0.request == data.request.text }
            if queue.count != before - 1 { throw Violation("a withdrawal of nothing") }
        case .lockReleased(let data):
            for lock in data.locks {
                held.remove(at: try held(data.token, data.session, lock))
            }
        case .lockDowngraded(let data):
            let index = try held(data.token, data.session, Lock(data.path, .exclusive))
            held[index].lock.mode = .shared
        case .lockRefused(let data):
            queue.removeAll { $0.request == data.request?.text }
            let session = index(data.session.text)
            waits.removeAll { $0.task == data.task?.text && $0.session == session }
        case .slotsConfigured(let data): capacities[number(data.path.text)] = data.capacity
        case .taskWaitBegan(let data):
            guard let session = index(data.session.text), sessions[session].living else {
                throw Violation("an ended session begins to wait")
            }
            waits.append(Wait(session: session, task: data.task.text))
        case .taskWaitEnded(let data):
            let wait = index(data.session.text).map { Wait(session: $0, task: data.task.text) }
            guard let place = waits.firstIndex(where: { $0 == wait }) else { throw Violation("a wait ends twice") }
            waits.remove(at: place)
        default: break
        }
    }

    mutating func wants(_ locks: [Lock]) -> [Want] {
        locks.map { Want(path: number($0.path.text), mode: Mode(rawValue: $0.mode.rawValue) ?? .exclusive) }
    }

    private mutating func held(_ token: Int, _ session: SessionID, _ lock: Lock) throws(Violation) -> Int {
        let want = wants([lock])[0]
        let session = index(session.text)
        let found = held.firstIndex { $0.token == token && $0.session == session && $0.lock == want }
        guard let found else { throw Violation("something is done to what is not held") }
        return found
    }

    mutating func open(_ data: SessionOpened) throws(Violation) {
        if index(data.session.text) != nil { throw Violation("a session opens twice") }
        let parent = data.parent.flatMap { index($0.text) }
        if data.parent != nil, parent.map({ sessions[$0].living }) != true {
            throw Violation("a session opens under one that ended")
        }
        sessions.append(
            Session(
                id: data.session.text, line: parent.map { sessions[$0].line + [$0] } ?? [], parent: parent,
                host: data.host, task: data.task?.text, closes: data.closesWhenIdle,
                hasProcess: data.process != nil))
    }

    private mutating func followTasks(_ fact: Fact) throws(Violation) {
        switch fact.event {
        case .taskQueued(let data):
            if tasks.contains(where: { $0.key != nil && $0.key == data.unique && $0.ends == 0 }) {
                throw Violation("two unfinished tasks of one key")
            }
            queue(data)
        case .taskClaimed(let data):
            if !runners.contains(where: { $0.id == data.runner.text && $0.host == data.host }) {
                throw Violation("a claim without a runner")
            }
            try move(data.task.text) {
                $0.claims += 1
                $0.state = "claimed"
            }
        case .taskStarted(let data):
            try move(data.task.text) {
                $0.starts += 1
                if $0.state == "claimed" { $0.state = "running" }
            }
            for index in sessions.indices where sessions[index].id == data.session.text {
                sessions[index].hasProcess = true
            }
        case .taskStopRequested(let data):
            try move(data.task.text) { if $0.state != "queued" { $0.state = "stopping" } }
        case .taskFinished(let data):
            try move(data.task.text) {
                if data.retry {
                    ($0.state, $0.claims, $0.starts) = ("queued", 0, 0)
                } else {
                    $0.ends += 1
                    $0.state = "finished"
                }
            }
        case .taskRetryScheduled(let data):
            if data.order != nil { try revive(data.task.text) }
            if sessions.contains(where: { $0.living && $0.task == data.task.text }) {
                throw Violation("a task is tried again while its session lives")
            }
        case .runnerRegistered(let data):
            if runners.contains(where: { $0.host == data.host }) { throw Violation("two runners of one host") }
            if session(data.session.text)?.living != true { throw Violation("a runner without a session") }
            runners.append(Runner(id: data.runner.text, host: data.host, session: data.session.text))
        case .runnerRetired(let data): runners.removeAll { $0.id == data.runner.text }
        default: break
        }
    }

    mutating func queue(_ data: TaskQueued) {
        tasks.append(Task(id: data.task.text, key: data.unique, locks: wants(data.locks)))
    }

    /// One more attempt of a task that was over.
    private mutating func revive(_ id: String) throws(Violation) {
        guard let index = tasks.firstIndex(where: { $0.id == id && $0.ends == 1 }) else {
            throw Violation("a task is revived that is not over")
        }
        if let key = tasks[index].key, tasks.contains(where: { $0.key == key && $0.ends == 0 }) {
            throw Violation("two unfinished tasks of one key")
        }
        (tasks[index].state, tasks[index].claims, tasks[index].starts, tasks[index].ends) = ("queued", 0, 0, 0)
    }

    private mutating func move(_ id: String, _ change: (inout Task) -> Void) throws(Violation) {
        guard let index = tasks.firstIndex(where: { $0.id == id && $0.ends == 0 }) else {
            throw Violation("something happens to a task that is over")
        }
        change(&tasks[index])
        let task = tasks[index]
        if task.claims > 1 || task.starts > 1 || task.ends > 1 || task.starts > task.claims {
            throw Violation("one start at most and one outcome exactly")
        }
    }

    /// What holds between two transactions.
    func rest() throws(Violation) {
        let picture = Picture(self)
        if let number = picture.first { throw Violation("\(queue[number].request) may be granted and is not") }
        for one in held {
            for other in held
            where one.token < other.token && conflict(one.lock, other.lock) && !related(one.session, other.session) {
                throw Violation("two sessions hold conflicting locks")
            }
        }
        for index in sessions.indices where sessions[index].living { try rest(index) }
        for wait in waits where tasks.contains(where: { $0.id == wait.task && $0.ends == 1 }) {
            throw Violation("a finished task is waited for")
        }
        for session in sessions where session.living {
            for task in tasks where task.id == session.task && task.ends == 1 {
                throw Violation("a finished task's session lives")
            }
        }
    }

    private func rest(_ index: Int) throws(Violation) {
        let session = sessions[index]
        if session.closes {
            let isIdle =
                !held.contains { $0.session == index } && !queue.contains { $0.session == index }
                && !waits.contains { $0.session == index } && !runners.contains { $0.session == session.id }
                && !sessions.contains { $0.living && $0.line.contains(index) }
            if isIdle { throw Violation("an idle session did not close") }
        }
        if let id = session.task, let task = tasks.first(where: { $0.id == id }), task.state == "queued",
            task.locks.isEmpty, runners.contains(where: { $0.host == session.host })
        {
            throw Violation("a task without locks is not claimed though a runner is there")
        }
    }
}
