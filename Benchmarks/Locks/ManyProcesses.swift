import Events

/// The same as `LockCycles` with a process a client: each with its own connection and its own state.
enum ManyProcesses {
    static func measure(_ stand: Stand) async throws -> [Figure] {
        _ = try await LockField.all(stand)
        var figures: [Figure] = []
        for count in stand.concurrencies {
            var rounds: [Contest: LockRounds] = [:]
            for held in LockField.held {
                for (contest, measured) in try await measure(stand, count, .locks(held: held)) {
                    rounds[contest, default: LockRounds()].ours[held] = measured
                }
            }
            for (contest, measured) in try await measure(stand, count, .names) {
                rounds[contest]?.named = measured
            }
            for contest in Contest.allCases {
                let unit = count == 1 ? "process" : "processes"
                figures += rounds[contest]?.figures("lock + unlock\(contest.text), \(count) \(unit)") ?? []
            }
        }
        return figures
    }

    private static func measure(_ stand: Stand, _ count: Int, _ work: Crew.Work) async throws -> [Contest: [Round]] {
        try await Crew.with(count, work, stand) { crew in
            var rounds: [Contest: [Round]] = [:]
            for _ in 0..<stand.fewRounds {
                for contest in Contest.allCases where contest.isWorthwhile(count) {
                    rounds[contest, default: []].append(try crew.round(contest, seconds: stand.roundSeconds))
                }
            }
            return rounds
        }
    }
}
