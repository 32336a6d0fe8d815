import Events
import Testing

extension StoreConformance {
    func restorationLeavesPositionsOut<Log: EventLog>(_ logs: [Log]) async throws where Log.Machine == Book {
        let log = try #require(logs.first)
        let first = 40 + LogRestored.jump
        _ = try await log.submit(Submission("a", .open(["a", "b"])))
        // Those who knew it before go on with it, and so do those who see it now.
        for log in logs { #expect(try await log.inspect { book, _ in book.open.count } == 2) }
        let receipt = try await log.submit(Submission("r", .restore(above: 40, "c")))
        #expect(receipt.positions == first..<first + 2)
        for (index, log) in logs.enumerated() {
            let receipt = try await log.submit(Submission("x\(index)", .open(["x\(index)"])))
            #expect(receipt.positions == first + 2 + index..<first + 3 + index)
        }
        let head = first + 1 + logs.count
        for log in logs {
            #expect(try await log.head().position == head)
            #expect(try await log.inspect { book, _ in book.open.count } == 3 + logs.count)
            for page in [1, 2, 3, 100] {
                let events = try await everything(in: log, page: page)
                expectSound(events)
                #expect(events.map(\.position) == [1, 2] + Array(first...head))
            }
            // From where it was left out, the next one is the one behind.
            for position in [2, 3, 40, 1000, first - 1] {
                #expect(try await log.events(after: position, limit: 1).map(\.position) == [first])
            }
            let error = await #expect(throws: AlreadyAppended.self) {
                try await log.submit(Submission("r", .restore(above: 40, "c")))
            }
            #expect(error?.positions == first..<first + 2)
        }
        await #expect(throws: Book.Refusal.nothingToRedact) {
            try await log.submit(Submission("none", .redact(first - 1)))
        }
        _ = try await log.submit(Submission("close", .close("c")))
        #expect(try await log.submit(Submission("erase", .redact(first + 1))).positions == head + 2..<head + 3)
        expectSound(try await everything(in: log))
    }
}
