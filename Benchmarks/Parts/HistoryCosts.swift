import Events
import Projections

/// What it costs to go through a history of locks, without a database: the orders in which they were taken, with the search for
/// those that can meet, and the totals.
enum HistoryCosts {
    static func measure(_ stand: Stand) throws -> [Figure] {
        let facts = try facts(stand.isQuick ? 100_000 : 1_000_000)
        let rounds = stand.isQuick ? 1 : 3
        return [
            try figure("lock orders", facts, rounds) {
                var orders = LockOrders()
                for fact in facts { orders.fold(fact) }
                let found = orders.inversions().found.count
                guard found == 1 else { throw Failure(description: "\(found) inversions instead of one") }
            },
            try figure("summary of lock history", facts, rounds) {
                var history = LockHistory()
                var totals = LockTotals(limit: 10)
                for fact in facts { if let row = history.fold(fact) { totals.fold(row) } }
                let summary = totals.summary(at: Timestamp(microseconds: facts.count))
                guard summary.waits.count == 10 else { throw Failure(description: "waits were lost") }
            },
        ]
    }

    private static func figure(
        _ name: String, _ facts: [Fact], _ rounds: Int, _ body: () throws -> Void
    ) rethrows -> Figure {
        var measured: [Round] = []
        for _ in 0..<rounds {
            let start = Clock.now
            try body()
            var round = Round()
            round.count = facts.count
            round.seconds = Clock.seconds(since: start)
            measured.append(round)
        }
        return Figure(name: "\(name), \(facts.count) events", value: measured.rate, unit: "/s")
    }

    /// Sessions that take an app and then what all share, a task's kind; every fourth has to wait for that. One takes them the
    /// other way round.
    private static func facts(_ count: Int) throws -> [Fact] {
        var facts: [Fact] = []
        facts.reserveCapacity(count + 16)
        func add(_ event: Event) {
            let position = facts.count + 1
            facts.append(Fact(position: position, at: Timestamp(microseconds: position), event: event))
        }
        var number = 0
        while facts.count < count {
            guard let app = LockPath("/app/a\(number % 200)"), let kind = LockPath("/type/t\(number % 3)") else {
                break
            }
            let session = SessionID("database-\(number)")
            let process = ProcessID(bootID: "b", pidNamespace: "n", pid: number, startTicks: number)
            add(.sessionOpened(SessionOpened(session: session, host: "h", user: "u", process: process, program: "p")))
            let locks = [Lock(app, .exclusive), Lock(kind, .exclusive)]
            var tokens: [(Position, Lock)] = []
            for lock in number == 1 ? locks.reversed() : locks {
                let request = RequestID("request-\(facts.count)")
                add(.lockRequested(LockRequested(request: request, session: session, locks: [lock], reason: "r")))
                if lock.path == kind, number.isMultiple(of: 4) {
                    add(.taskProgressed(TaskProgressed(task: TaskID("t"), attempt: 1, percent: 50)))
                }
                add(.lockGranted(LockGranted(request: request, session: session, locks: [lock])))
                tokens.append((facts.count, lock))
            }
            for (token, lock) in tokens {
                add(.lockReleased(LockReleased(session: session, locks: [lock], token: token, cause: .released)))
            }
            add(.sessionEnded(SessionEnded(session: session, cause: .exited, evidence: "e")))
            number += 1
        }
        return facts
    }
}
