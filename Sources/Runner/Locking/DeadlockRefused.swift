internal import EventStore
public import Events
internal import Projections

/// A request, or a wait for a task, that was refused because it would never have ended.
public struct DeadlockRefused: Error, Sendable {
    /// What the log says, with the ring of parties.
    public var refused: LockRefused
    /// Where it says it: `deadlock show` takes it.
    public var position: Position
}

extension OpenSite {
    /// More rounds than this are not made: in each somebody was found dead, or somebody new stands in the way.
    private static let maximumRounds = 1000

    /// Gives a command that may be refused as a deadlock. Before that everybody in the way is proven dead and ended, or
    /// known to live; then the decision is taken again. Throws `DeadlockRefused`.
    func submitJudged(
        correlation: String? = nil, secrets: [SealedSecret] = [], origin: TaskOrigin = TaskOrigin(),
        _ command: (Set<SessionID>) -> Platform.Command
    ) async throws -> Platform.Reply {
        var alive: Set<SessionID> = []
        for _ in 0..<Self.maximumRounds {
            let reply = try await submit(
                command(alive), id: origin.id, as: origin.actor, correlation: correlation,
                causation: origin.causation, secrets: secrets)
            switch reply {
            case .deadlock(let parties):
                let sessions = try await log.inspect { platform, _ in parties.compactMap { platform.locks.session($0) }
                }
                if try await !endDead(among: sessions) { alive.formUnion(parties) }
            case .refused(let refused, let position): throw DeadlockRefused(refused: refused, position: position)
            default: return reply
            }
        }
        throw Refusal(
            .tooMany, "Those in the way change faster than they can be found alive.", hint: "Try again.")
    }

    /// Records the capacities of slot paths that the log lacks; others know them already.
    func configure(_ slots: [LockPath], from configured: [LockPath: Int]) async throws {
        guard !slots.isEmpty else { return }
        let missing = try await log.inspect { platform, _ in
            slots.filter { platform.locks.capacity(of: $0) == nil }
        }
        let capacities = configured.filter { missing.contains($0.key) }
        guard !capacities.isEmpty else { return }
        _ = try await submit(.configureSlots(capacities, onlyMissing: true))
    }
}
