internal import EventStore
public import Events
public import Projections
internal import System

extension OpenSite {
    /// The ends of those sessions whose process is proven dead, by this process: of this host, same boot and namespace, or
    /// another boot. Tasks' sessions are their runner's to end.
    public func ends(of sessions: [Session]) -> [SessionEnded] {
        sessions.compactMap { session in
            guard session.task == nil, session.host == site.host, let process = session.process,
                let identity = ProcessIdentity(process), case .dead(let evidence) = identity.liveness()
            else { return nil }
            return SessionEnded(session: session.id, cause: .provenDead, evidence: evidence)
        }
    }

    /// Ends those of `sessions` that are proven dead; true when there was one. A second end of one session is a no-op.
    @discardableResult
    public func endDead(among sessions: [Session]) async throws -> Bool {
        let ends = ends(of: sessions)
        guard !ends.isEmpty else { return false }
        _ = try await submit(.endSessions(ends))
        return true
    }

    /// Withdraws those of `requests`, all of this host, that nobody waits for any more: their waiting process is proven dead, or their deadline
    /// has passed without their own withdrawal (its process is stopped, say). True when there was one.
    @discardableResult
    func withdrawAbandoned(among requests: [Request]) async throws -> Bool {
        let now = Int(WallTime.now.microseconds) - Self.deadlineMargin
        var found = false
        for request in requests {
            if let deadline = request.deadline, deadline.microseconds < now {
                found = try await withdraw(request.id, .timedOut) || found
            } else if let waiter = request.waiter.flatMap(ProcessIdentity.init), case .dead = waiter.liveness() {
                found = try await withdraw(request.id, .cancelled) || found
            }
        }
        return found
    }

    /// Microseconds in which the waiter itself goes first.
    private static let deadlineMargin = 1_000_000

    /// False when the request was granted or gone already.
    func withdraw(_ request: RequestID, _ cause: LockWithdrawn.Cause) async throws -> Bool {
        do {
            guard case .withdrawn = try await submit(.withdraw(request, cause: cause)) else { return false }
            return true
        } catch let refusal as Refusal {
            guard refusal.code == .noSuchRequest else { throw refusal }
            return false
        }
    }
}
