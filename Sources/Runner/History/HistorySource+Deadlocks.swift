public import EventStore
public import Events
public import Projections

/// How deadlocks came about.
extension HistorySource {
    /// Positions that are looked at first, back from the refusal; four times as many each time that is not enough.
    private static let firstSearch = 256

    /// All deadlocks that were refused, in order.
    public func deadlocks() async throws -> [RefusedDeadlock] {
        try await facts(of: .lockRefused).compactMap { RefusedDeadlock($0) }
    }

    /// The earliest position from which, at every position up to the refusal, the state of then with the wants of the
    /// refused state left the refused one stuck.
    public func inevitableSince(_ deadlock: RefusedDeadlock) async throws -> PastState<Position> {
        let before = try await platform(at: deadlock.position - 1)
        let since = try await inevitableSince(deadlock, Inevitability(deadlock, before: before.state))
        return PastState(since, brokenSnapshot: before.brokenSnapshot)
    }

    private func inevitableSince(
        _ deadlock: RefusedDeadlock, _ inevitability: Inevitability
    ) async throws -> Position {
        var (upper, count) = (deadlock.position - 1, Self.firstSearch)
        while upper > 0 {
            let lower = max(0, upper - count)
            let state = try await platform(at: lower).state
            let initial = Search(platform: state, isFree: !inevitability.isThere(in: state), position: lower)
            let search = try await reduceFacts(lower + 1...upper, from: initial) { search, fact in
                try search.platform.evolve(fact)
                guard !inevitability.isThere(in: search.platform) else { return }
                (search.isFree, search.position) = (true, fact.position)
            }
            if search.isFree { return search.position + 1 }
            (upper, count) = (lower - 1, count * 4)
        }
        return 1
    }

    /// On the way along positions: the last one at which the refused one would still have got through.
    private struct Search: Sendable {
        var platform: Platform
        var isFree: Bool
        var position: Position
    }

    /// The whole story of one deadlock.
    public func story(of deadlock: RefusedDeadlock) async throws -> PastState<DeadlockStory> {
        let past = try await platform(at: deadlock.position - 1)
        let before = past.state
        let since = try await inevitableSince(deadlock, Inevitability(deadlock, before: before))
        var asked: [Position: DeadlockStory.Moment] = [:]
        for token in Set(deadlock.refused.cycle.compactMap(\.holds?.token)) {
            // A grant tells which request it answers; where that was made is known to the state before it.
            guard let request = before.locks.grant(token)?.request,
                let queued = try await platform(at: token - 1).state.locks.request(request)
            else { continue }
            asked[token] = DeadlockStory.Moment(position: queued.position, at: queued.since)
        }
        let walk = (replay: Replay(from: try await platform(at: since - 1).state), step: nil as ReplayStep?)
        let walked = try await reduceFacts(since...since, from: walk) { $0.step = try $0.replay.step($1) }
        guard let step = walked.step else {
            throw StoreError(.damaged, "event \(since) is missing", position: since)
        }
        return PastState(
            DeadlockStory(deadlock, inevitable: step, before: before, asked: asked),
            brokenSnapshot: past.brokenSnapshot)
    }
}
