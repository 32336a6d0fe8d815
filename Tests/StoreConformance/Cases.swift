import Events
import Testing

extension StoreConformance {
    func positionsAreDense<Log: EventLog>(_ log: Log) async throws where Log.Machine == Book {
        #expect(try await log.head() == .empty)
        #expect(try await log.events(after: 0, limit: 10).isEmpty)
        let first = try await log.submit(Submission("a", .open(["1", "2", "3"])))
        #expect(first.positions == 1..<4)
        #expect(first.reply == 3)
        let silent = try await log.submit(Submission("b", .count))
        #expect(silent.positions.isEmpty)
        #expect(try await log.submit(Submission("c", .close("2"))).positions == 4..<5)
        let events = try await everything(in: log)
        expectSound(events)
        let head = try await log.head()
        #expect(head == Head(position: 4, hash: try #require(events.last?.hash)))
    }

    func refusalTouchesNobodyElse<Log: EventLog>(_ log: Log) async throws where Log.Machine == Book {
        _ = try await log.submit(Submission("a", .open(["x"])))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<20 {
                group.addTask {
                    guard index % 2 == 0 else {
                        _ = try await log.submit(Submission("good\(index)", .open(["s\(index)"])))
                        return
                    }
                    await #expect(throws: Book.Refusal.alreadyOpen("x")) {
                        try await log.submit(Submission("bad\(index)", .open(["n\(index)", "x"])))
                    }
                }
            }
            try await group.waitForAll()
        }
        let events = try await everything(in: log)
        #expect(events.count == 11)
        expectSound(events)
    }

    func halfDecidedCommandLeavesNothing<Log: EventLog>(_ log: Log) async throws where Log.Machine == Book {
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<10 {
                group.addTask {
                    let result = await Result { try await log.submit(Submission("g\(index)", .open(["g\(index)"]))) }
                    #expect(throws: Never.self) { try result.get() }
                }
            }
            group.addTask {
                await #expect(throws: (any Error).self) { try await log.submit(Submission("h", .openHalf("half"))) }
            }
        }
        let events = try await everything(in: log)
        #expect(events.count == 10)
        expectSound(events)
        #expect(try await log.inspect { book, _ in book.open["half"] } == nil)
    }

    func answersComeInOrder<Log: EventLog>(_ log: Log) async throws where Log.Machine == Book {
        var last = 0
        for index in 0..<30 {
            let receipt = try await log.submit(Submission("c\(index)", .open(["s\(index)"])))
            #expect(receipt.reply == index + 1)
            #expect(receipt.positions.lowerBound == last + 1)
            last = receipt.positions.upperBound - 1
        }
    }

    func repetition<Log: EventLog>(_ log: Log, _ logs: [Log]) async throws where Log.Machine == Book {
        _ = try await log.submit(Submission("before", .open(["0"])))
        let receipt = try await log.submit(Submission("twice", .open(["1", "2"])))
        _ = try await log.submit(Submission("end1", .close("1")))
        _ = try await log.submit(Submission("end2", .close("2")))
        for other in logs {
            // Nothing would refuse it now: only its id tells.
            let error = await #expect(throws: AlreadyAppended.self) {
                try await other.submit(Submission("twice", .open(["1", "2"])))
            }
            #expect(error?.positions == receipt.positions)
        }
        #expect(try await log.head().position == 5)
    }

    func refusedRepetition<Log: EventLog>(_ log: Log, _ logs: [Log]) async throws where Log.Machine == Book {
        let receipt = try await log.submit(Submission("twice", .open(["1"])))
        for other in logs {
            let error = await #expect(throws: AlreadyAppended.self) {
                try await other.submit(Submission("twice", .open(["1"])))
            }
            #expect(error?.positions == receipt.positions)
        }
        await #expect(throws: Book.Refusal.alreadyOpen("1")) { try await log.submit(Submission("new", .open(["1"]))) }
    }

    func idsThatLookAlike<Log: EventLog>(_ log: Log) async throws where Log.Machine == Book {
        for (index, id) in ["a_b", "axb", "a%", "a", "a.b", "a.0"].enumerated() {
            let receipt = try await log.submit(Submission(id, .open(["s\(index)"])))
            #expect(receipt.positions == index + 1..<index + 2)
        }
        let error = await #expect(throws: AlreadyAppended.self) {
            try await log.submit(Submission("a", .open(["new"])))
        }
        #expect(error?.positions == 4..<5)
    }

    func timesNeverFall<Log: EventLog>(_ log: Log) async throws where Log.Machine == Book {
        try await fill(log, 30)
        expectSound(try await everything(in: log))
        let times = try await everything(in: log).map(\.at)
        #expect(times == times.sorted())
        #expect(Set(times).count > 1)
    }

    func chainIsRight<Log: EventLog>(_ log: Log) async throws where Log.Machine == Book {
        try await fill(log, 12)
        let events = try await everything(in: log)
        expectSound(events)
        for event in events { #expect(try event.fact().event.payload == event.payload) }
        #expect(try await log.head().hash == events.last?.hash)
    }

    func streamVersionsAreDense<Log: EventLog>(_ log: Log) async throws where Log.Machine == Book {
        _ = try await log.submit(Submission("a", .open(["x"])))
        let end = try await log.submit(Submission("b", .close("x")))
        let event = try #require(try await everything(in: log).first { $0.position == end.positions.lowerBound })
        #expect(event.stream == "session-x")
        #expect(event.streamVersion == 2)
    }

    func causationAndCorrelation<Log: EventLog>(_ log: Log) async throws where Log.Machine == Book {
        _ = try await log.submit(Submission("a", .open(["x"])))
        _ = try await log.submit(
            Submission(
                id: CommandID("b"), command: .open(["y", "z"]), actor: "adam", host: "h2", correlation: "why",
                causation: 1))
        let events = try await everything(in: log)
        #expect(events.map(\.causation) == [nil, 1, 2])
        #expect(events.map(\.correlation) == ["a", "why", "why"])
        #expect(events.map(\.actor) == ["eve", "adam", "adam"])
        #expect(events.map(\.host) == ["h1", "h2", "h2"])
        #expect(events.map(\.id) == ["a.0", "b.0", "b.1"])
    }

    func pagesAreWhole<Log: EventLog>(_ log: Log) async throws where Log.Machine == Book {
        _ = try await log.submit(Submission("a", .open((0..<250).map { "s\($0)" })))
        let all = try await everything(in: log, page: 1000)
        for page in [1, 7, 100, 249, 250] { #expect(try await everything(in: log, page: page) == all) }
        #expect(try await log.events(after: 240, limit: Int.max) == Array(all.suffix(10)))
        #expect(try await log.events(after: 250, limit: 5).isEmpty)
        #expect(try await log.events(after: 1000, limit: 5).isEmpty)
    }

    func inspectSeesTheHead<Log: EventLog>(_ logs: [Log]) async throws where Log.Machine == Book {
        for (index, writer) in logs.enumerated() {
            _ = try await writer.submit(Submission("c\(index)", .open(["s\(index)"])))
            for reader in logs {
                let (count, position) = try await reader.inspect { book, position in (book.open.count, position) }
                #expect(count == index + 1)
                #expect(position == index + 1)
            }
        }
    }

    func manySubmitters<Log: EventLog>(_ logs: [Log]) async throws where Log.Machine == Book {
        var answered: [String: Range<Position>] = [:]
        try await withThrowingTaskGroup(of: [(String, Range<Position>)].self) { group in
            for writer in 0..<16 {
                let log = logs[writer % logs.count]
                group.addTask {
                    var answers: [(String, Range<Position>)] = []
                    for index in 0..<10 {
                        let id = "w\(writer)n\(index)"
                        let receipt = try await log.submit(Submission(id, .open([id, id + "x"])))
                        answers.append((id, receipt.positions))
                    }
                    return answers
                }
            }
            for try await answers in group {
                for (id, positions) in answers { answered[id] = positions }
            }
        }
        let events = try await everything(in: logs[0])
        #expect(events.count == 320)
        expectSound(events)
        for (id, positions) in answered {
            #expect(events.filter { $0.id.hasPrefix(id + ".") }.map(\.position) == Array(positions))
        }
    }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
