internal import EventStore
internal import Logging

extension Service {
    /// Between two tries while the database is away.
    static let awayPause = Duration.seconds(1)

    /// Runs `work`, and again as long as the database is away: running tasks run on, and what is to be recorded is
    /// recorded when it is back. `work` must be safe to repeat. `isPulsing`: it is the follower that waits, and it lives.
    func persist<Answer: Sendable>(
        _ what: String, isPulsing: Bool = false, _ work: () async throws -> Answer
    ) async throws -> Answer {
        var isAway = false
        while true {
            do {
                let answer = try await work()
                if isAway { logger.notice("\(what): the database is back") }
                return answer
            } catch {
                guard let error = error as? StoreError, error.code == .unavailable || error.code == .overloaded else {
                    throw error
                }
                if !isAway { logger.warning("\(what) waits for the database: \(error)") }
                isAway = true
            }
            if isPulsing { pulse() }
            try await Task.sleep(for: Self.awayPause)
        }
    }
}
