import Events
import Testing

extension StoreConformance {
    func redactionErasesOneEvent<Log: EventLog>(_ logs: [Log]) async throws where Log.Machine == Book {
        let log = try #require(logs.first)
        _ = try await log.submit(Submission("a", .open(["x", "y"], label: "canary")))
        _ = try await log.submit(Submission("b", .close("x")))
        let before = try await everything(in: log)
        await #expect(throws: Book.Refusal.needed) { try await log.submit(Submission("c", .redact(2))) }
        #expect(try await log.submit(Submission("d", .redact(1))).positions == 4..<5)
        for log in logs {
            let events = try await everything(in: log)
            expectSound(events)
            #expect(events.count == 4 && events[1...2] == before[1...2])
            let remains = try before[0].fact().event.remains
            #expect(events[0] == before[0].redacted(to: remains))
            #expect(!String(decoding: remains, as: UTF8.self).contains("canary"))
            let told = LogRedacted(position: 1, by: "eve", reason: "why", remains: remains)
            #expect(try events[3].fact().event == .logRedacted(told))
            #expect(events[3].stream == "log" && events[3].streamVersion == 1)
            // The history behind it goes on as it did.
            #expect(try await log.inspect { book, _ in book.open } == ["y": "canary"])
            var book = Book()
            for event in events { try book.evolve(try event.fact()) }
            #expect(book.open == ["y": "canary"])
        }
    }

    func redactionIsDoneOnce<Log: EventLog>(_ logs: [Log]) async throws where Log.Machine == Book {
        let log = try #require(logs.first)
        _ = try await log.submit(Submission("a", .open(["x"], label: "canary")))
        _ = try await log.submit(Submission("b", .close("x")))
        for position in [-1, 0, 3, 4, Int.max] {
            await #expect(throws: Book.Refusal.nothingToRedact) {
                try await log.submit(Submission("none\(position)", .redact(position)))
            }
        }
        // Many ask at once, some of them in one transaction.
        let done = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<24 {
                group.addTask {
                    let asked = Submission("r\(index)", .redact(1))
                    let result = await Result { try await logs[index / 8 % logs.count].submit(asked) }
                    if case .failure(let error) = result {
                        #expect(error as? Book.Refusal == .nothingToRedact)
                    }
                    return (try? result.get()) != nil
                }
            }
            return await group.reduce(into: 0) { if $1 { $0 += 1 } }
        }
        #expect(done == 1)
        #expect(try await log.head().position == 3)
        let error = await #expect(throws: Book.Refusal.self) { try await log.submit(Submission("z", .redact(1))) }
        #expect(error == .nothingToRedact)
    }
}
