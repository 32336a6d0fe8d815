import Events
import Projections
import System

/// What the state itself costs, without a database: the judgement of a deadlock, and the load of many locks.
enum StateCosts {
    /// Holders, each of which but the last waits for the next.
    static let parties = 1000
    static let locks = 10_000

    static func measure(_ stand: Stand) async throws -> [Figure] {
        var ring = try chain()
        return [
            try figure("deadlock found among \(parties)", stand) { try ring.judge("s\(parties - 1)", isRefused: true) },
            try figure("no deadlock found among \(parties)", stand) { try ring.check("q") },
            try figure("a request queued where none is found, all of it", stand, target: nil) {
                try ring.judge("q", isRefused: false)
            },
            try loading(stand),
        ]
    }

    private static func figure(
        _ name: String, _ stand: Stand, target: Figure.Target? = .atMost(1), _ once: () throws -> UInt64
    ) throws -> Figure {
        var round = Round()
        for _ in 0..<(stand.isQuick ? 20 : 200) {
            round.record(try once())
        }
        return Figure(
            name: name, value: round.milliseconds(50), unit: "ms", latencies: round.latencies,
            target: target, isBoundOnValue: target != nil)
    }

    /// s0 waits for s1, s1 for s2, and so on; the last waits for nothing. One waits for q.
    private static func chain() throws -> Scene {
        var scene = Scene()
        for number in 0..<parties { try scene.acquire("s\(number)", "/h/\(number)") }
        for number in 0..<parties - 1 { try scene.acquire("s\(number)", "/h/\(number + 1)") }
        try scene.acquire("q", "/q")
        try scene.acquire("w", "/q")
        return scene
    }

    /// From the stored projections to a platform that takes commands.
    private static func loading(_ stand: Stand) throws -> Figure {
        var scene = Scene()
        for number in 0..<locks { try scene.acquire("s\(number)", "/app/\(number)") }
        var stored: [String: [UInt8]] = [:]
        for name in Platform.projectionNames { stored[name] = scene.platform.encodeProjection(name) }
        var round = Round()
        for _ in 0..<(stand.isQuick ? 5 : 20) {
            let start = Clock.now
            let platform = try Platform(projections: stored)
            round.record(Clock.now - start)
            guard platform.locks.standing.count == locks else { throw Failure(description: "locks were lost") }
        }
        return Figure(
            name: "load a state with \(locks) locks held (\((stored["locks"]?.count ?? 0) >> 10) KiB)",
            value: round.milliseconds(50), unit: "ms", latencies: round.latencies,
            target: .atMost(10), isBoundOnValue: true)
    }

    /// A platform in memory.
    private struct Scene {
        var platform = Platform()
        private var position = 0
        private var pids = 1

        /// Opens the session when it is new, and asks.
        @discardableResult
        mutating func acquire(_ name: String, _ path: String) throws -> Platform.Reply {
            let session = SessionID("database-\(name)")
            if platform.locks.session(session) == nil {
                pids += 1
                let process = ProcessID(
                    bootID: "9107ba29-3c6a-4ff0-b446-69050a010000", pidNamespace: "4026531836", pid: pids,
                    startTicks: pids)
                try give(
                    .openSession(
                        SessionOpening(
                            SessionOpened(
                                session: session, host: "host", user: "root", process: process, program: "true"))))
            }
            return try give(acquisition(session, path, RequestID("request-\(position)")))
        }

        /// Asks for what the first of the chain holds; gives the time of the judgement. What was accepted is withdrawn.
        mutating func judge(_ name: String, isRefused: Bool) throws -> UInt64 {
            let request = RequestID("judged")
            let command = acquisition(SessionID("database-\(name)"), "/h/0", request)
            let start = Clock.now
            let reply = try give(command)
            let time = Clock.now - start
            if case .deadlock = reply, isRefused { return time }
            guard case .queued = reply, !isRefused else { throw Failure(description: "judged wrongly: \(reply)") }
            try give(.withdraw(request, cause: .cancelled))
            return time
        }

        /// The check alone, of a request that waits for all of the chain: whether it would wait for ever.
        mutating func check(_ name: String) throws -> UInt64 {
            let request = RequestID("checked")
            try give(acquisition(SessionID("database-\(name)"), "/h/0", request))
            guard let queued = platform.locks.request(request) else { throw Failure(description: "not queued") }
            let start = Clock.now
            let isStuck = platform.locks.waitsForEver(queued)
            let time = Clock.now - start
            guard !isStuck else { throw Failure(description: "judged wrongly: it waits for ever") }
            try give(.withdraw(request, cause: .cancelled))
            return time
        }

        private func acquisition(_ session: SessionID, _ path: String, _ request: RequestID) -> Platform.Command {
            .acquire(
                Acquisition(
                    holder: .session(session), request: request, locks: [Lock(LockPath(path) ?? .root, .exclusive)],
                    wait: true))
        }

        @discardableResult
        private mutating func give(_ command: Platform.Command) throws -> Platform.Reply {
            var draft = Draft(after: position, at: Timestamp(microseconds: position + 1))
            let reply = try platform.decide(command, into: &draft)
            position = draft.head
            return reply
        }
    }
}
