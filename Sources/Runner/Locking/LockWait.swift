internal import EventStore
internal import Events
internal import Projections
internal import System

/// A queued request until its grant: woken by a hint, by the death of whom it stands right behind, and by a poll.
///
/// Who stands far back costs nearly nothing: he looks after the one before him only, who looks after the next, and polls the
/// more rarely the longer the line is. Once a second he looks after all that he waits for: the one before him may be stopped,
/// or want less than he does.
struct LockWait {
    let request: LockRequest
    let id: RequestID
    let hint: HintSocket?

    private enum Sight {
        case granted(Granted)
        case waiting(behind: Neighbours)
        /// It would never be granted: it was not so when it was made.
        case stuck
        case gone

        /// What is acted on, by its position: nobody acts on having to wait on.
        static func token(_ sight: Sight, _ head: Position) -> Position? {
            if case .granted(let granted) = sight { granted.token } else { nil }
        }
    }

    func run(tell: @Sendable ([Obstacle]) -> Void) async throws -> Granted {
        let start = MonotonicTime.now
        let deadline: MonotonicTime? =
            if case .upTo(let patience) = request.patience { start.advanced(by: patience) } else { nil }
        let quiet = start.advanced(by: LockRequest.quietWait)
        var told = false
        var poll = LockRequest.shortestPoll
        var nextRound = start.advanced(by: LockRequest.longestPoll)
        // The answer that it is queued is known here already.
        var sight = try await request.site.log.inspectKnown(upTo: Sight.token) { [self] platform, _ in
            see(platform, all: false)
        }
        while true {
            switch sight {
            case .granted(let granted): return granted
            case .gone:
                // Behind its deadline anybody may withdraw it.
                let isLate = deadline.map { MonotonicTime.now >= $0 } ?? false
                throw isLate ? LockRequest.Failure.notObtained([]) : .withdrawn
            case .stuck:
                try await reconsider()
            case .waiting(let others):
                if try await request.site.endDead(among: others.sessions) { break }
                if try await request.site.withdrawAbandoned(among: others.requests) { break }
                if !told, MonotonicTime.now >= quiet {
                    tell(try await request.site.patiently(until: deadline) { try await obstacles() })
                    told = true
                }
                if Task.isCancelled { return try await giveUp(.cancelled) }
                if let deadline, MonotonicTime.now >= deadline { return try await giveUp(.timedOut) }
                let limits = [nextRound, deadline, told ? nil : quiet].compactMap { $0?.durationFromNow }
                let pace = max(poll, LockRequest.shortestPoll * others.line)
                await pause(limits.reduce(pace, min), watching: others.sessions)
                poll = min(poll * 2, LockRequest.longestPoll)
            }
            let isRound = MonotonicTime.now >= nextRound
            if isRound { nextRound = .now.advanced(by: LockRequest.longestPoll) }
            sight = try await request.site.patiently(until: deadline) { try await look(all: isRound) }
        }
    }

    /// What the log says; a grant that is seen is durable. Hints can overtake each other, and the last word taken need not be
    /// that of the newest: where it brings no grant, the head is asked for.
    private func look(all: Bool) async throws -> Sight {
        if let word = hint?.takeHead() {
            let sight = try await look(all: all, given: word)
            if Sight.token(sight, 0) != nil { return sight }
        }
        return try await look(all: all, given: nil)
    }

    private func look(all: Bool, given word: Head?) async throws -> Sight {
        try await request.site.log.inspectDurably(given: word, upTo: Sight.token) { [self] platform, _ in
            see(platform, all: all)
        }
    }

    private func see(_ platform: Platform, all: Bool) -> Sight {
        let locks = platform.locks
        if let grant = locks.grant(of: id) {
            return .granted(Granted(token: grant.token, session: grant.session, locks: grant.locks))
        }
        guard let queued = locks.request(id) else { return .gone }
        guard !locks.waitsForEver(queued) else { return .stuck }
        var others = all ? locks.all(before: queued) : locks.neighbours(of: queued)
        others.requests.removeAll { locks.session($0.session)?.host != request.site.site.host }
        return .waiting(behind: others)
    }

    private func obstacles() async throws -> [Obstacle] {
        try await request.site.log.inspect { [id] platform, _ in
            guard let queued = platform.locks.request(id) else { return [] }
            return LockRequest.obstacles(platform.locks.blockers(of: queued), in: platform.locks)
        }
    }

    /// Has the request refused. Where it was withdrawn meanwhile, the next look tells.
    private func reconsider() async throws {
        let id = id
        do {
            _ = try await request.site.submitJudged { .reconsider(id, alive: $0) }
        } catch let refusal as Refusal {
            guard refusal.code == .noSuchRequest else { throw refusal }
        }
    }

    /// Withdraws the request, unless the grant came first: then that is the answer.
    private func giveUp(_ cause: LockWithdrawn.Cause) async throws -> Granted {
        // In a task of its own: a cancelled one would not be let to finish the withdrawal. Somebody else may be first.
        let wait = self
        let (obstacles, sight) = try await Task {
            let obstacles = cause == .cancelled ? [] : (try? await wait.obstacles()) ?? []
            let isDone = try await wait.request.site.withdraw(wait.id, cause)
            return (obstacles, isDone ? Sight.gone : try await wait.look(all: false))
        }.value
        if case .granted(let granted) = sight { return granted }
        throw cause == .cancelled ? LockRequest.Failure.cancelled : .notObtained(obstacles)
    }

    /// Until a hint, the death of one of `sessions`, or the end of `limit`. A death is told as a hint is.
    private func pause(_ limit: Duration, watching sessions: [Session]) async {
        guard let hint else { return await Self.sleep(min(limit, LockRequest.shortestPoll)) }
        let watcher = ProcessWatcher()
        for session in sessions where session.host == request.site.site.host && session.task == nil {
            if let process = session.process, let identity = ProcessIdentity(process) { watcher.watch(identity) }
        }
        let watch = Task {
            for await _ in watcher.ended {
                _ = HintSocket.send(to: [hint.path])
                return
            }
        }
        defer { watch.cancel() }
        do { _ = try await hint.wait(timeout: limit) } catch { await Self.sleep(limit) }
    }

    private static func sleep(_ duration: Duration) async {
        // Cancelled means: look again now.
        try? await Task.sleep(for: duration)
    }
}

extension MonotonicTime {
    /// From now until then; zero when it has passed.
    var durationFromNow: Duration { .milliseconds(millisecondsFromNow) }
}
