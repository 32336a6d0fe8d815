internal import EventStore
internal import System

extension OpenSite {
    /// How long somebody who waits bears that the database is away: a server's restart takes less.
    public static let awayPatience = Duration.seconds(120)
    /// Between two tries meanwhile.
    private static let awayPause = Duration.milliseconds(250)

    /// Runs `look`, which only reads, again while the database is away, but not beyond `deadline` nor when cancelled. Who waits
    /// is told so once, and when it is back.
    func patiently<Answer>(until deadline: MonotonicTime?, _ look: () async throws -> Answer) async throws -> Answer {
        let patience = MonotonicTime.now.advanced(by: Self.awayPatience)
        let end = deadline.map { min($0, patience) } ?? patience
        var isAway = false
        while true {
            do {
                let answer = try await look()
                if isAway { tellAway?(nil) }
                return answer
            } catch {
                guard let store = error as? StoreError, store.code == .unavailable, MonotonicTime.now < end,
                    !Task.isCancelled
                else { throw error }
                if !isAway { tellAway?(store) }
                isAway = true
            }
            // Cancelled means: try once more, then tell.
            try? await Task.sleep(for: Self.awayPause)
        }
    }
}
