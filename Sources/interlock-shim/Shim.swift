import System

/// Stands over one attempt: the loop that turns what happens into events of `ShimLife`, and its effects into deeds. One
/// thread, which waits in one place.
struct Shim: ~Copyable {
    private let directory: AttemptDirectory
    private let owner: FileOwner
    private let signals: Int32
    private var life: ShimLife
    private var log: TaskLog
    private var control: Control
    private var main: MainProcess?
    private var startFailure: ExecFailure?
    private var end: ProcessEnd?
    private var hasChildren = true
    private var remains = Remains()
    private var leftoversKilled = 0

    /// Bytes read from a pipe at once, and the rounds a pipe gets before the others have their turn.
    private static let readBytes = 32 << 10
    private static let readRounds = 8
    /// Seconds for which the exit record is tried to be written.
    private static let recordTries = 600
    /// Milliseconds for which an empty cgroup is tried to be removed.
    private static let removeTries = 500

    /// Prepares everything for a spec; the gate is already ours.
    init(_ directory: AttemptDirectory, _ spec: AttemptSpec, owner: FileOwner) throws(SystemError) {
        let log = try TaskLog(path: directory.logPath, maximumBytes: spec.maximumLogBytes, owner: owner)
        let control = try Control(directory, owner: owner, taskUserID: spec.credentials?.userID ?? Host.userID)
        Signals.ignore([Signals.hangUp, Signals.interrupt, Signals.quit, Signals.brokenPipe])
        signals = try Signals.catching([Signals.child, Signals.terminate])
        life = ShimLife(graceMilliseconds: spec.graceMilliseconds, timeoutMilliseconds: spec.timeoutMilliseconds)
        self.directory = directory
        self.owner = owner
        self.log = log
        self.control = control
    }

    /// Runs the attempt to its end. Throws only when the exit record cannot be written for `recordTries` seconds.
    mutating func run(_ spec: AttemptSpec) throws(SystemError) {
        start(spec)
        while true {
            switch life.phase {
            case .starting, .running, .stopping: turn()
            case .emptying: empty()
            case .recording: try record()
            case .done: return finish()
            }
        }
    }

    private mutating func start(_ spec: AttemptSpec) {
        do {
            let started = try MainProcess(spec, isOthersUser: owner.isShared)
            main = started
            Step.beforeStartRecord.reached()
            // A full disk costs the record of the start, not the task: the exit record will be tried for longer.
            try? directory.write(started.record, owner: owner)
            Step.afterStartRecord.reached()
            control.tellStarted(started.identity)
            handle(.started)
        } catch {
            startFailure = (error as? ExecFailure) ?? ExecFailure(exitCode: 126, description: "\(error)")
            handle(.notStarted)
        }
    }

    /// Waits for whatever comes next and handles it: children first, so that an order finds the truth.
    private mutating func turn() {
        var pauses = [life.deadline, control.deadline].compactMap { $0?.millisecondsFromNow }
        if case .emptying = life.phase { pauses.append(remains.pauseMilliseconds) }
        let watched = [signals] + control.descriptors + (main?.openStreams ?? [])
        let ready = Set(waitUntilReadable(watched, milliseconds: pauses.min()))
        for signal in Signals.take() where signal.number == Signals.terminate {
            handle(.stopOrdered(graceMilliseconds: nil))
        }
        readOutput(ready)
        reap()
        for order in control.takeOrders(ready: ready, state: life.name) {
            switch order {
            case .stop(let grace): handle(.stopOrdered(graceMilliseconds: grace))
            case .kill: handle(.killOrdered)
            default: break
            }
        }
        handle(.timePassed)
        control.tellProgress(now: .now)
        log.flush()
    }

    /// One round of killing: when no child is left, nothing is.
    private mutating func empty() {
        Step.emptying.reached()
        reap()
        guard hasChildren || !(main?.cgroup?.processes() ?? []).isEmpty else { return handle(.nothingLeft) }
        remains.kill(main?.cgroup)
        turn()
    }

    private mutating func handle(_ event: ShimLife.Event) {
        guard life.on(event, now: .now) == .terminateGroup else { return }
        main?.terminate()
    }

    private mutating func reap() {
        while true {
            switch Reaper.reap() {
            case .noneYet:
                return
            case .noChildren:
                hasChildren = false
                return
            case .ended(let pid, let ended):
                if pid == main?.identity.pid && end == nil {
                    end = ended
                    handle(.mainEnded)
                } else if case .signalled(Signals.kill, _) = ended.cause, life.phase == .emptying {
                    leftoversKilled += 1
                }
            }
        }
    }

    private mutating func readOutput(_ ready: Set<Int32>?) {
        for stream in [TaskLog.Stream.out, .err] {
            var rounds = 0
            while ready == nil || rounds < Self.readRounds {
                guard let bytes = main?.read(stream, ready: ready, atMost: Self.readBytes) else { break }
                log.take(bytes, from: stream)
                rounds += 1
            }
            log.flush()
        }
    }

    /// Nothing lives: what is still in the pipes goes to the log, then the record to the disk, then the word to the others.
    private mutating func record() throws(SystemError) {
        readOutput(nil)
        log.close()
        let memoryKills = main?.cgroup?.outOfMemoryKills() ?? 0
        main?.cgroup?.remove()
        let verdict = Verdict(
            end: end, startFailure: startFailure, life: life, memoryKills: memoryKills, leftoversKilled: leftoversKilled
        )
        let record = ExitRecord(
            cause: verdict.cause, stopOrdered: life.stopOrdered, timedOut: life.timedOut, outOfMemory: memoryKills > 0,
            evidence: verdict.evidence, usage: .ofReapedChildren, startedAt: main?.record.at, endedAt: .now,
            leftoversKilled: leftoversKilled, logBytesLost: log.bytesLost)
        Step.beforeExitRecord.reached()
        try write(record)
        Step.afterExitRecord.reached()
        // Who has connected and attached meanwhile hears of the end too.
        for _ in 0..<2 { _ = control.takeOrders(ready: Set(control.descriptors), state: life.name) }
        control.tellExited()
        handle(.recorded)
    }

    /// Everybody knows: what is left to do holds up nobody.
    private mutating func finish() {
        control.close()
        // The kernel takes a moment to see that a cgroup is empty.
        var tries = 0
        while main?.cgroup?.remove() == false, tries < Self.removeTries {
            tries += 1
            _ = waitUntilReadable([], milliseconds: 1)
        }
        // What cannot be compressed, on a full disk, is read as it is.
        try? LogCompression.compress(directory, owner: owner)
    }

    /// Tries for a while: a full disk may be made room on, and without the record the attempt would count as lost.
    private func write(_ record: ExitRecord) throws(SystemError) {
        for _ in 1..<Self.recordTries {
            if (try? directory.write(record, owner: owner)) != nil { return }
            _ = waitUntilReadable([], milliseconds: 1000)
        }
        try directory.write(record, owner: owner)
    }
}
