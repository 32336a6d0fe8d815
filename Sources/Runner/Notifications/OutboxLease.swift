internal import EventStore
internal import Events
internal import Projections

/// That this runner delivers, and no other of all hosts: the lock of the outbox, had until the runner ends. Asked for once at a
/// time, whoever of its channels asks.
actor OutboxLease {
    private let site: OpenSite
    private let runner: RunnerID
    private var asking: Task<Bool, any Error>?

    init(_ site: OpenSite, runner: RunnerID) {
        (self.site, self.runner) = (site, runner)
    }

    /// Takes the lock where it is free; false while another runner has it.
    func isHeld() async throws -> Bool {
        if let asking { return try await asking.value }
        let (site, runner) = (site, runner)
        let question = Task { try await Self.obtain(site, runner) }
        asking = question
        defer { asking = nil }
        return try await question.value
    }

    private static func obtain(_ site: OpenSite, _ runner: RunnerID) async throws -> Bool {
        let (session, holds) = try await site.log.inspectDurably { platform, _ in
            (platform.tasks.runner(runner)?.session, platform.holdsOutbox(runner))
        }
        guard let session, !holds else { return holds }
        let request = LockRequest(
            site: site, holder: .session(session), session: session, locks: [Lock(Platform.outbox, .exclusive)],
            reason: "delivers notifications", patience: .none)
        do {
            _ = try await request.obtain(tell: { _ in })
            return true
        } catch {
            guard error is LockRequest.Failure else { throw error }
            return false
        }
    }
}
