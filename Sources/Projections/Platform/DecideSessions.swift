import Events

/// Sessions: open, end, close.
extension Platform {
    /// Sessions nest no deeper than this: relations are found by walking up.
    public static let maximumNesting = 32

    mutating func openSession(_ opening: SessionOpening, _ draft: inout Draft) throws -> Reply {
        let seat = try seat(of: .opening(opening))
        try take(seat, &draft)
        return .opened(seat.session)
    }

    /// The session that a holder is, or will be.
    struct Seat {
        var session: SessionID
        /// Not nil when it is still to be opened.
        var opened: SessionOpened?
    }

    /// Checks a holder, and appends nothing. A process that already is a living session uses it.
    func seat(of holder: Holder) throws -> Seat {
        switch holder {
        case .session(let id):
            guard locks.sessions.contains(id) else {
                throw Refusal(.noSuchSession, "Session \(id) has ended or never was.")
            }
            guard locks.hostOfUnstartedTask(id) == nil else {
                throw Refusal(.wrongState, "Session \(id) is a task's that has not started.")
            }
            return Seat(session: id)
        case .opening(let opening):
            var data = opening.session
            if let process = data.process, let living = locks.session(of: process) { return Seat(session: living.id) }
            guard locks.session(data.session) == nil, !locks.ancestry.ended.contains(data.session) else {
                throw Refusal(.sessionExists, "Session \(data.session) was opened before.")
            }
            guard data.task == nil, data.process != nil else {
                throw Refusal(.invalid, "A session is a process; a task's opens with the task.")
            }
            let line = (data.parent.map { [$0] } ?? []) + opening.ancestors
            data.parent = line.lazy.compactMap { locks.nearestLiving($0) }.first
            if let parent = data.parent, locks.ancestry.depth(of: parent) + 1 >= Self.maximumNesting {
                throw Refusal(.tooMany, "Sessions nest no deeper than \(Self.maximumNesting).")
            }
            return Seat(session: data.session, opened: data)
        }
    }

    mutating func take(_ seat: Seat, _ draft: inout Draft) throws(HistoryError) {
        if let data = seat.opened { try emit(.sessionOpened(data), &draft) }
    }

    mutating func endSessions(_ ends: [SessionEnded], _ draft: inout Draft) throws -> Reply {
        var named: Set<SessionID> = []
        let ends = ends.filter { end in
            guard let session = locks.session(end.session), named.insert(end.session).inserted else { return false }
            return end.cause == .restored || session.task.flatMap(tasks.task) == nil
        }
        var waited: [SessionID] = []
        for end in ends {
            if let task = locks.session(end.session)?.task, let record = tasks.task(task) {
                let outcome: TaskFinished.Outcome = record.phase == .queued ? .notStarted : .lost
                try emitFinished(
                    TaskFinished(task: task, attempt: record.attempt, outcome: outcome, evidence: end.evidence), &draft)
                waited += try endWaits(for: task, &draft)
            }
        }
        for end in ends { try giveBack(end.session, .sessionEnded, &draft) }
        for end in ends { try close(end, &draft) }
        for session in waited { try closeIfIdle(session, &draft) }
        try settle(&draft)
        return .ended(ends.map(\.session))
    }

    /// Releases, withdrawals and ends of waits of a session that is about to end.
    mutating func giveBack(
        _ id: SessionID, _ cause: LockWithdrawn.Cause, _ draft: inout Draft
    ) throws(HistoryError) {
        for grant in locks.grants(of: id) {
            try emit(
                .lockReleased(
                    LockReleased(session: id, locks: grant.locks, token: grant.token, cause: .sessionEnded)), &draft)
        }
        for request in locks.requests(of: id) {
            try emit(.lockWithdrawn(LockWithdrawn(request: request.id, session: id, cause: cause)), &draft)
        }
        for wait in locks.session(id)?.awaits ?? [] {
            try emit(.taskWaitEnded(TaskWaitEnded(session: id, task: wait.task)), &draft)
        }
    }

    /// Ends a living session that gave everything back: its registration as a runner first, then itself. A parent that
    /// only waited for it closes too.
    mutating func close(_ end: SessionEnded, _ draft: inout Draft) throws(HistoryError) {
        guard let session = locks.session(end.session) else { return }
        if let runner = tasks.runner(of: session.id) {
            let cause: RunnerRetired.Cause =
                switch end.cause {
                case .restored: .restored
                case .closed: .stopped
                case .exited, .provenDead, .hostLost: .dead
                }
            try emit(.runnerRetired(RunnerRetired(runner: runner.id, cause: cause)), &draft)
        }
        let parent = session.parent.flatMap { locks.nearestLiving($0) }
        try emit(.sessionEnded(end), &draft)
        if let parent { try closeIfIdle(parent, &draft) }
    }

    /// A session that was opened only to hold something closes with its last lock, request, child and registration.
    mutating func closeIfIdle(_ id: SessionID, _ draft: inout Draft) throws(HistoryError) {
        guard let session = locks.session(id), session.closesWhenIdle, session.tokens.isEmpty,
            session.requests.isEmpty, session.awaits.isEmpty, locks.ancestry.children[id] == nil,
            tasks.runner(of: id) == nil
        else { return }
        try close(
            SessionEnded(session: id, cause: .closed, evidence: "nothing is held under it any more"), &draft)
    }
}
