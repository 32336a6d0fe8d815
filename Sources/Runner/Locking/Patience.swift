internal import EventStore
internal import System

extension OpenSite {
    /// How long somebody who waits bears that the database is away: a server's restart takes less.
    static let awayPatience = Duration.seconds(60)
    /// Between two tries meanwhile.
    private static let awayPause = Duration.milliseconds(250)

    /// Runs `look`, which only reads, again while the database is away, but not beyond `deadline` nor when cancelled.
    func patiently<Answer>(until deadline: MonotonicTime?, _ look: () async throws -> Answer) async throws -> Answer {
        let patience = MonotonicTime.now.advanced(by: Self.awayPatience)
        let end = deadline.map { min($0, patience) } ?? patience
        while true {
            do {
                return try await look()
            } catch {
                guard let store = error as? StoreError, store.code == .unavailable, MonotonicTime.now < end,
                    !Task.isCancelled
                else { throw error }
            }
            // Cancelled means: try once more, then tell.
            try? await Task.sleep(for: Self.awayPause)
        }
    }
}
