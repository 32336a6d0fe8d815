internal import Events
internal import Logging
internal import Projections
internal import Synchronization
internal import System

/// Looks after the sessions of this host: each one's process is watched, and when it ends the session is ended. So is the
/// process that waits for a request where that is another one: when it ends, the request is withdrawn.
final class SessionWatch: Sendable {
    private struct Watched {
        var sessions: [ProcessIdentity: SessionID] = [:]
        var processes: [SessionID: ProcessIdentity] = [:]
        var requests: [ProcessIdentity: RequestID] = [:]
        var waiters: [RequestID: ProcessIdentity] = [:]
    }

    private let service: Service
    private let watcher = ProcessWatcher()
    private let watched = Mutex(Watched())

    init(service: Service) {
        self.service = service
    }

    /// Tasks' sessions, which have no process when they open, are their runner's own business.
    func add(_ session: SessionID, _ process: ProcessID?) {
        guard let process, let identity = ProcessIdentity(process) else { return }
        watched.withLock {
            $0.sessions[identity] = session
            $0.processes[session] = identity
        }
        watcher.watch(identity)
    }

    func remove(_ session: SessionID) {
        let identity = watched.withLock { watched in
            watched.processes.removeValue(forKey: session).map { identity in
                watched.sessions[identity] = nil
                return identity
            }.flatMap { watched.requests[$0] == nil ? $0 : nil }
        }
        if let identity { watcher.unwatch(identity) }
    }

    /// A request whose waiting process is not its session's.
    func add(_ request: RequestID, waiter: ProcessID?) {
        guard let identity = waiter.flatMap(ProcessIdentity.init) else { return }
        watched.withLock {
            $0.requests[identity] = request
            $0.waiters[request] = identity
        }
        watcher.watch(identity)
    }

    /// The request is granted or withdrawn.
    func remove(_ request: RequestID) {
        let identity = watched.withLock { watched -> ProcessIdentity? in
            guard let identity = watched.waiters.removeValue(forKey: request) else { return nil }
            watched.requests[identity] = nil
            return watched.sessions[identity] == nil ? identity : nil
        }
        if let identity { watcher.unwatch(identity) }
    }

    /// Ends sessions as their processes end.
    func run() async throws {
        for await ended in watcher.ended {
            let site = service.site
            if let request = watched.withLock({ $0.requests.removeValue(forKey: ended.identity) }) {
                _ = try await service.persist("the withdrawal of request \(request)") {
                    try await site.withdraw(request, .cancelled)
                }
            }
            guard let session = watched.withLock({ $0.sessions.removeValue(forKey: ended.identity) }) else { continue }
            service.logger.info("session \(session) ended: \(ended.evidence)")
            _ = try await service.persist("the end of session \(session)") {
                try await site.submit(
                    .endSessions([SessionEnded(session: session, cause: .provenDead, evidence: ended.evidence)]),
                    as: "runner")
            }
        }
        throw CancellationError()
    }
}
