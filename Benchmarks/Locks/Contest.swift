import Events
import MySQL
import Projections
import Runner

/// Whether clients are in each other's way.
enum Contest: String, CaseIterable {
    /// Each locks a path, or a name, of its own.
    case apart
    /// All lock the same.
    case together

    /// For the name of a figure.
    var text: String { self == .apart ? "" : " on one path" }

    /// One client alone is in nobody's way.
    func isWorthwhile(_ clients: Int) -> Bool { self == .apart || clients > 1 }
}

/// One client that locks and unlocks.
struct LockClient: Sendable {
    let workload: Workload
    let session: SessionID
    let number: Int

    /// One cycle; how many nanoseconds it waited for the lock.
    func cycle(_ contest: Contest) async throws -> UInt64 {
        let start = Clock.now
        let token =
            switch contest {
            case .apart: try await workload.acquire("/app/\(number)", session)
            case .together:
                try await LockRequest(
                    site: workload.site, holder: .session(session), session: session,
                    locks: [Lock(LockPath("/contended") ?? .root, .exclusive)], reason: nil, patience: .forever
                ).obtain { _ in }.token
            }
        let waited = Clock.now - start
        _ = try await workload.site.submit(.release(token: token))
        return waited
    }
}

/// The database server's own locks: a connection a client, nothing durable, nothing recorded.
enum NamedLock {
    /// One cycle; how many nanoseconds it waited for the lock.
    static func cycle(_ connection: borrowing Connection, _ number: Int, _ contest: Contest) throws -> UInt64 {
        let name = [Value.text(contest == .apart ? "bench/\(number)" : "bench/contended")]
        let start = Clock.now
        var waited: UInt64 = 0
        for function in ["GET_LOCK(?, 60)", "RELEASE_LOCK(?)"] {
            let done = try connection.queryOne("SELECT \(function)", name) { try $0.int(0) }
            guard done == 1 else { throw Failure(description: "\(function) was refused") }
            if waited == 0 { waited = Clock.now - start }
        }
        return waited
    }
}
