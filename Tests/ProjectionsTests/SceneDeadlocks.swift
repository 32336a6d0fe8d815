import Events
import Projections

/// What scenes of slots and deadlocks say.
extension Scene {
    /// So many may hold a slot there.
    @discardableResult
    mutating func slots(_ text: String, _ capacity: Int, onlyMissing: Bool = false) throws -> Platform.Reply {
        try give(.configureSlots([try path(text): capacity], onlyMissing: onlyMissing))
    }

    /// Gives a command as a process does that finds everybody in the way alive.
    @discardableResult
    mutating func judged(_ command: (Set<SessionID>) throws -> Platform.Command) throws -> Platform.Reply {
        var alive: Set<SessionID> = []
        while true {
            let reply = try give(command(alive))
            guard case .deadlock(let parties) = reply else { return reply }
            guard !alive.isSuperset(of: parties) else { throw AskedTwice(parties: parties) }
            alive.formUnion(parties)
        }
    }

    /// Somebody was to be looked after again who was found alive.
    struct AskedTwice: Error {
        var parties: [SessionID]
    }

    /// Asks for locks and finds everybody alive; opens `name` before, if it is new.
    @discardableResult
    mutating func asks(_ name: String, _ wanted: String..., under parent: String? = nil) throws -> Platform.Reply {
        if platform.locks.session(SessionID(name)) == nil { try open(name, under: parent) }
        let request = RequestID("r\(facts.count)")
        let (locks, reason) = (try wanted.map(lock), reason)
        return try judged {
            .acquire(
                Acquisition(
                    holder: .session(SessionID(name)), request: request, locks: locks, reason: reason, wait: true,
                    alive: $0))
        }
    }

    /// Waits for a task's end from inside `name`.
    @discardableResult
    mutating func awaits(_ name: String, _ task: String) throws -> Platform.Reply {
        try judged { .awaitTask(TaskID(task), Awaiting(holder: .session(SessionID(name)), alive: $0)) }
    }

    /// Queues a task and waits for its end from inside `name`, in one command.
    @discardableResult
    mutating func runs(
        _ name: String, _ task: String, _ wanted: String..., notBefore: Int? = nil
    ) throws -> Platform.Reply {
        let order = TaskQueued(
            task: TaskID(task), type: "backup", locks: try wanted.map(lock),
            notBefore: notBefore.map(Timestamp.init(microseconds:)), requestedBy: "me")
        let place = taskSession(task)
        return try judged {
            .queueTask(order, place, awaitedBy: Awaiting(holder: .session(SessionID(name)), alive: $0))
        }
    }
}

extension Platform.Reply {
    /// The ring of a refusal; nil for any other answer.
    var cycle: [DeadlockParty]? {
        if case .refused(let refused, _) = self { refused.cycle } else { nil }
    }

    /// True when it waits in the queue.
    var isQueued: Bool {
        if case .queued = self { true } else { false }
    }
}

extension DeadlockParty {
    /// `a holds /x, wants /y` or `a holds /x, wants task t`.
    var words: String {
        func text(_ lock: Lock) -> String {
            lock.mode == .exclusive ? lock.path.text : "\(lock.path) (\(lock.mode.rawValue))"
        }
        var words = session?.text ?? "task \(holder.task?.text ?? "")"
        if let holds { words += " holds \(text(holds.lock))," }
        switch wants {
        case .lock(let lock, _, _): words += " wants \(text(lock))"
        case .task(let task): words += " wants task \(task)"
        }
        return words
    }
}
