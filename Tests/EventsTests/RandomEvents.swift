import Events
import Seeds

extension Random {
    mutating func text() -> String {
        let pieces = Array("aZ0-\"\\/\n\u{1}\u{1f}é€😀 \u{7f}{]").map(String.init)
        return (0..<below(12)).map { _ in pieces[below(pieces.count)] }.joined()
    }

    mutating func maybe<Value>(_ value: (inout Random) -> Value) -> Value? {
        below(2) == 0 ? nil : value(&self)
    }

    mutating func int() -> Int { below(2) == 0 ? below(100) : Int(next() >> 11) }

    mutating func time() -> Timestamp { Timestamp(microseconds: Int(next() >> 13)) }

    mutating func process() -> ProcessID {
        ProcessID(bootID: text(), pidNamespace: text(), pid: int(), startTicks: int())
    }

    mutating func path() -> LockPath { LockPath(pick(["/", "/a", "/a/b", "/x-1/y.2/z_3/@:"])) ?? .root }

    mutating func lock() -> Lock { Lock(path(), pick([.exclusive, .shared, .slot])) }

    mutating func locks() -> [Lock] { (0..<below(4)).map { _ in lock() } }

    mutating func arguments() -> [String: String] {
        var arguments: [String: String] = [:]
        for _ in 0..<below(4) { arguments[text()] = text() }
        return arguments
    }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }
}

extension Event {
    static func random(_ kind: Kind, _ r: inout Random) -> Event {
        switch kind {
        case .sessionOpened, .sessionEnded: randomSession(kind, &r)
        case .lockRequested, .lockGranted, .lockWithdrawn, .lockReleased: randomLock(kind, &r)
        case .lockRefused: .lockRefused(randomRefusal(&r))
        case .lockDowngraded:
            .lockDowngraded(LockDowngraded(session: SessionID(r.text()), path: r.path(), token: r.int()))
        case .slotsConfigured: .slotsConfigured(SlotsConfigured(path: r.path(), capacity: r.int()))
        case .scheduleConfigured:
            .scheduleConfigured(
                ScheduleConfigured(host: r.text(), type: r.text(), schedule: r.maybe { $0.text() }, from: r.time()))
        case .reactionParked:
            .reactionParked(ReactionParked(reaction: r.text(), position: r.int(), problem: r.text()))
        case .reactionRetried:
            .reactionRetried(
                ReactionRetried(reaction: r.text(), by: r.text(), positions: (0..<r.below(4)).map { _ in r.int() }))
        case .taskWaitBegan: .taskWaitBegan(TaskWaitBegan(session: SessionID(r.text()), task: TaskID(r.text())))
        case .taskWaitEnded: .taskWaitEnded(TaskWaitEnded(session: SessionID(r.text()), task: TaskID(r.text())))
        case .runnerRegistered:
            .runnerRegistered(
                RunnerRegistered(runner: RunnerID(r.text()), host: r.text(), session: SessionID(r.text())))
        case .runnerRetired:
            .runnerRetired(RunnerRetired(runner: RunnerID(r.text()), cause: r.pick([.stopped, .dead, .restored])))
        case .logRedacted: .logRedacted(randomRedaction(&r))
        case .logRestored: .logRestored(LogRestored(previousHead: r.int(), by: r.text()))
        case .userAdded, .userRoleChanged, .userEmailChanged, .userRemoved, .appRegistered, .appChanged, .appRemoved,
            .appReconfiguring, .appReconfigured, .appReconfigureFailed, .mailRenameRequested, .mailRenamed,
            .mailRenameRefused,
            .mailNameRetired, .mailServed, .mailDelayed:
            randomOfPlatform(kind, &r)
        case .notificationRaised, .notificationRepeated, .notificationAcknowledged, .notificationResolved,
            .notificationDelivered, .notificationDeliveryFailed:
            randomNotification(kind, &r)
        default: randomTask(kind, &r)
        }
    }

    private static func randomRedaction(_ r: inout Random) -> LogRedacted {
        let kind = r.pick(Kind.allCases.filter { $0 != .logRedacted })
        return LogRedacted(position: r.int(), by: r.text(), reason: r.text(), remains: random(kind, &r).remains)
    }

    private static func randomSession(_ kind: Kind, _ r: inout Random) -> Event {
        kind == .sessionOpened
            ? .sessionOpened(
                SessionOpened(
                    session: SessionID(r.text()), parent: r.maybe { SessionID($0.text()) }, host: r.text(),
                    user: r.text(), label: r.maybe { $0.text() }, task: r.maybe { TaskID($0.text()) },
                    process: r.maybe { $0.process() }, program: r.maybe { $0.text() },
                    closesWhenIdle: r.below(2) == 0))
            : .sessionEnded(
                SessionEnded(
                    session: SessionID(r.text()),
                    cause: r.pick([.closed, .exited, .provenDead, .hostLost, .restored]), evidence: r.text()))
    }

    private static func randomLock(_ kind: Kind, _ r: inout Random) -> Event {
        let request = RequestID(r.text())
        let session = SessionID(r.text())
        switch kind {
        case .lockRequested:
            return .lockRequested(
                LockRequested(
                    request: request, session: session, locks: r.locks(), reason: r.maybe { $0.text() },
                    deadline: r.maybe { $0.time() }, waiter: r.maybe { $0.process() }))
        case .lockGranted:
            return .lockGranted(LockGranted(request: request, session: session, locks: r.locks()))
        case .lockWithdrawn:
            return .lockWithdrawn(
                LockWithdrawn(
                    request: request, session: session, cause: r.pick([.timedOut, .cancelled, .sessionEnded])))
        default:
            return .lockReleased(
                LockReleased(
                    session: session, locks: r.locks(), token: r.int(),
                    cause: r.pick([.released, .broken, .sessionEnded]), by: r.maybe { $0.text() },
                    reason: r.maybe { $0.text() }))
        }
    }

    private static func randomRefusal(_ r: inout Random) -> LockRefused {
        let session = SessionID(r.text())
        let cycle = (0..<r.below(4)).map { _ in randomParty(&r) }
        guard r.below(2) == 0 else { return LockRefused(session: session, task: TaskID(r.text()), cycle: cycle) }
        return LockRefused(request: RequestID(r.text()), session: session, locks: r.locks(), cycle: cycle)
    }

    private static func randomParty(_ r: inout Random) -> DeadlockParty {
        let holds = r.maybe { r in
            DeadlockParty.Holding(lock: r.lock(), token: r.int(), since: r.time(), reason: r.maybe { $0.text() })
        }
        let wants: DeadlockParty.Want =
            r.below(2) == 0
            ? .task(TaskID(r.text())) : .lock(r.lock(), position: r.int(), reason: r.maybe { $0.text() })
        return DeadlockParty(
            session: r.maybe { SessionID($0.text()) },
            holder: DeadlockParty.Holder(
                host: r.maybe { $0.text() }, label: r.maybe { $0.text() }, pid: r.maybe { $0.int() },
                program: r.maybe { $0.text() }, task: r.maybe { TaskID($0.text()) }, user: r.maybe { $0.text() }),
            holds: holds, wants: wants, since: r.time())
    }

    private static func randomTask(_ kind: Kind, _ r: inout Random) -> Event {
        let task = TaskID(r.text())
        switch kind {
        case .taskQueued:
            return .taskQueued(
                TaskQueued(
                    task: task, type: r.text(), app: r.maybe { $0.text() }, arguments: r.arguments(),
                    secrets: r.maybe { [$0.text(), $0.text()] } ?? [], locks: r.locks(), unique: r.maybe { $0.text() },
                    notBefore: r.maybe { $0.time() },
                    timeout: r.maybe { $0.int() }, grace: r.maybe { $0.int() }, retries: r.maybe { $0.int() },
                    backoff: r.maybe { $0.int() }, idempotent: r.below(2) == 0,
                    scheduled: r.maybe { ScheduledRun(host: $0.text(), at: $0.time()) }, requestedBy: r.text()))
        case .taskClaimed:
            return .taskClaimed(
                TaskClaimed(task: task, attempt: r.int(), runner: RunnerID(r.text()), host: r.text()))
        case .taskStarted:
            return .taskStarted(
                TaskStarted(
                    task: task, attempt: r.int(), session: SessionID(r.text()), process: r.process(),
                    cgroup: r.maybe { $0.text() }))
        case .taskProgressed:
            return .taskProgressed(
                TaskProgressed(task: task, attempt: r.int(), percent: r.below(101), message: r.maybe { $0.text() }))
        case .taskStopRequested:
            return .taskStopRequested(
                TaskStopRequested(
                    task: task, attempt: r.int(), by: r.text(), reason: r.maybe { $0.text() }, now: r.below(2) == 0))
        case .taskRetryScheduled:
            var order: TaskQueued?
            if r.below(2) == 0, case .taskQueued(let data) = randomTask(.taskQueued, &r) { order = data }
            return .taskRetryScheduled(
                TaskRetryScheduled(
                    task: task, attempt: r.int(), notBefore: r.time(), by: r.maybe { $0.text() }, order: order))
        default:
            return .taskFinished(
                TaskFinished(
                    task: task, attempt: r.int(),
                    outcome: r.pick([.succeeded, .failed, .crashed, .stopped, .lost, .timedOut, .notStarted]),
                    exitCode: r.maybe { $0.below(256) }, signal: r.maybe { $0.below(65) }, evidence: r.text(),
                    usage: r.maybe { Usage(cpuMilliseconds: $0.below(100_000), maxResidentBytes: $0.int()) },
                    retry: r.below(2) == 0))
        }
    }
}
