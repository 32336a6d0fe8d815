import Events

/// Deadlocks, and waits for a task's end.
extension Platform {
    func asker(_ seat: Seat, at position: Position) -> Asker {
        let session = seat.opened.map(\.parent) ?? seat.session
        return Asker(
            session: session.flatMap(locks.sessions.number), isNew: seat.opened != nil, position: position)
    }

    /// Refuses what would never end, by an event; before that everybody in the way has to be known to live. Nil, and
    /// nothing appended, where there is an order of endings in which `asker` gets through.
    mutating func refuse(
        _ refused: LockRefused, _ seat: Seat, _ asker: Asker, _ demand: Reduction.Demand, _ reason: String?,
        _ alive: Set<SessionID>, _ draft: inout Draft
    ) throws -> Reply? {
        guard let session = asker.session, mayClose(demand, session) else { return nil }
        let reduction = Reduction(locks, asker, demand)
        guard let remainder = reduction.remainder() else { return nil }
        let unknown = reduction.sessions(of: remainder).filter { !alive.contains($0) }
        guard unknown.isEmpty else { return .deadlock(with: unknown) }

        try take(seat, &draft)
        var refused = refused
        refused.cycle = reduction.cycle(
            through: remainder, Reduction.Asking(position: draft.head + 1, at: draft.at, reason: reason))
        try emit(.lockRefused(refused), &draft)
        let position = draft.head
        if seat.opened != nil {
            try close(
                SessionEnded(session: seat.session, cause: .closed, evidence: "its request was refused"), &draft)
        } else {
            try closeIfIdle(seat.session, &draft)
        }
        try settle(&draft)
        return .refused(refused, position: position)
    }

    /// False when surely nobody is in the way who waits for the asker. An awaited task may ask for its locks only later.
    private func mayClose(_ demand: Reduction.Demand, _ session: Int) -> Bool {
        switch demand {
        case .locks, .queued, .nothing: locks.isAwaited(session)
        case .task, .newTask: true
        }
    }

    mutating func reconsider(_ id: RequestID, _ alive: Set<SessionID>, _ draft: inout Draft) throws -> Reply {
        if let grant = locks.grant(of: id) {
            return .granted(token: grant.token, session: grant.session, locks: grant.locks)
        }
        guard let request = locks.request(id) else {
            throw Refusal(.noSuchRequest, "Request \(id) is neither in the queue nor granted.")
        }
        let refused = LockRefused(request: id, session: request.session, locks: request.locks, cycle: [])
        return try refuse(
            refused, Seat(session: request.session), locks.asker(of: request), .queued(request), request.reason, alive,
            &draft) ?? .queued(session: request.session)
    }

    mutating func awaitTask(_ task: TaskID, _ awaiting: Awaiting, _ draft: inout Draft) throws -> Reply {
        guard tasks.task(task) != nil else { return .nothingToAwait }
        let seat = try seat(of: awaiting.holder)
        let isAwaiting = locks.isAwaiting(task, seat.session)
        if let answer = try refuseWait(task, isAwaiting ? .nothing(granted: nil) : .task(task), seat, awaiting, &draft)
        {
            return answer
        }
        if !isAwaiting { try beginWait(task, seat, &draft) }
        return .awaiting(seat.session)
    }

    mutating func refuseWait(
        _ task: TaskID, _ demand: Reduction.Demand, _ seat: Seat, _ awaiting: Awaiting, _ draft: inout Draft
    ) throws -> Reply? {
        var upcoming: [Lock] = []
        if case .newTask(_, let locks) = demand { upcoming = locks }
        return try refuse(
            LockRefused(session: seat.session, task: task, locks: upcoming, cycle: []), seat,
            asker(seat, at: draft.head + 1), demand,
            nil, awaiting.alive, &draft)
    }

    mutating func beginWait(_ task: TaskID, _ seat: Seat, _ draft: inout Draft) throws(HistoryError) {
        try take(seat, &draft)
        try emit(.taskWaitBegan(TaskWaitBegan(session: seat.session, task: task)), &draft)
        try settle(&draft)
    }

    mutating func endWait(_ task: TaskID, _ session: SessionID, _ draft: inout Draft) throws -> Reply {
        guard locks.isAwaiting(task, session) else { return .done }
        try emit(.taskWaitEnded(TaskWaitEnded(session: session, task: task)), &draft)
        try closeIfIdle(session, &draft)
        try settle(&draft)
        return .done
    }

    /// A task is finished: nobody waits for it any more. Returns who did.
    mutating func endWaits(for task: TaskID, _ draft: inout Draft) throws(HistoryError) -> [SessionID] {
        let waiting = locks.awaiting[task]?.sorted() ?? []
        for session in waiting {
            try emit(.taskWaitEnded(TaskWaitEnded(session: session, task: task)), &draft)
        }
        return waiting
    }
}
