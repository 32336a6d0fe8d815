internal import EventStore
internal import Events
internal import Projections
internal import System

/// A queued request until its grant: woken by hints, by the death of whom it waits for, and by a poll that becomes rarer.
struct LockWait {
    let request: LockRequest
    let id: RequestID
    let hint: HintSocket?

    private enum Sight {
        case granted(Granted)
        case waiting(for: [Session], behind: [Request], [LockRequest.Obstacle])
        /// It would never be granted: it was not so when it was made.
        case stuck
        case gone

        /// Nobody acts on having to wait on.
        var isGrant: Bool { if case .granted = self { true } else { false } }
    }

    func run(tell: @Sendable ([LockRequest.Obstacle]) -> Void) async throws -> Granted {
        let start = MonotonicTime.now
        let deadline: MonotonicTime? =
            if case .upTo(let patience) = request.patience { start.advanced(by: patience) } else { nil }
        let quiet = start.advanced(by: LockRequest.quietWait)
        var told = false
        var poll = LockRequest.shortestPoll
        while true {
            switch try await request.site.patiently(until: deadline, look) {
            case .granted(let granted): return granted
            case .gone:
                // Behind its deadline anybody may withdraw it.
                let isLate = deadline.map { MonotonicTime.now >= $0 } ?? false
                throw isLate ? LockRequest.Failure.notObtained([]) : .withdrawn
            case .stuck:
                try await reconsider()
            case .waiting(let sessions, let requests, let obstacles):
                if try await request.site.endDead(among: sessions) { continue }
                if try await request.site.withdrawAbandoned(among: requests) { continue }
                if !told, MonotonicTime.now >= quiet {
                    tell(obstacles)
                    told = true
                }
                if Task.isCancelled { return try await giveUp(.cancelled, obstacles) }
                if let deadline, MonotonicTime.now >= deadline { return try await giveUp(.timedOut, obstacles) }
                let limit = [deadline, told ? nil : quiet].compactMap { $0 }.map(\.durationFromNow).min() ?? poll
                try await pause(min(poll, limit), watching: sessions)
                poll = min(poll * 2, LockRequest.longestPoll)
            }
        }
    }

    /// What the log says; a grant that is seen is durable.
    private func look() async throws -> Sight {
        let (id, host) = (id, request.site.site.host)
        return try await request.site.log.inspectDurably(where: \.isGrant) { platform, _ in
            if let grant = platform.locks.grant(of: id) {
                return .granted(Granted(token: grant.token, session: grant.session, locks: grant.locks))
            }
            guard let queued = platform.locks.request(id) else { return .gone }
            let locks = platform.locks
            guard !locks.waitsForEver(queued) else { return .stuck }
            let blockers = locks.blockers(of: queued)
            return .waiting(
                for: locks.awaited(by: queued),
                behind: blockers.filter { $0.kind == .queued && locks.session($0.session)?.host == host }
                    .flatMap { locks.requests(of: $0.session) },
                LockRequest.obstacles(blockers, in: locks))
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
    private func giveUp(
        _ cause: LockWithdrawn.Cause, _ obstacles: [LockRequest.Obstacle]
    ) async throws -> Granted {
        let (site, id, look) = (request.site, id, look)
        // In a task of its own: a cancelled one would not be let to finish the withdrawal. Somebody else may be first.
        let sight = try await Task { try await site.withdraw(id, cause) ? .gone : look() }.value
        if case .granted(let granted) = sight { return granted }
        throw cause == .cancelled ? LockRequest.Failure.cancelled : .notObtained(obstacles)
    }

    /// Until a hint, the death of one of `sessions`, or the end of `limit`.
    private func pause(_ limit: Duration, watching sessions: [Session]) async throws {
        let watcher = ProcessWatcher()
        for session in sessions where session.host == request.site.site.host && session.task == nil {
            if let process = session.process, let identity = ProcessIdentity(process) { watcher.watch(identity) }
        }
        let hint = hint
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                guard let hint else { return await Self.sleep(limit) }
                do { _ = try await hint.wait(timeout: limit) } catch { await Self.sleep(limit) }
            }
            group.addTask { for await _ in watcher.ended { return } }
            await group.next()
            group.cancelAll()
        }
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
