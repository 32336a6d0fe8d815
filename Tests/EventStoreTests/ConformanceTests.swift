import EventStore
import Events
import ServerTesting
import StoreConformance
import Testing

@Suite("The log in a database", .database)
struct ConformanceTests {
    @Test("does what every log does", arguments: StoreConformance.allCases)
    func conforms(to rule: StoreConformance) async throws {
        try await rule.run(try await Scratch.logs(3))
        #expect(try await Scratch.scan().verify { _ in }.damage == nil)
        #expect(try await Scratch.scan().check(Book.self, only: nil) { _ in }.allSatisfy { $0.difference == nil })
    }

    @Test("lets a command that no database holds fail alone")
    func tooLarge() async throws {
        let log = try await Scratch.log()
        let label = String(repeating: "x", count: 5 << 20)
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<10 {
                group.addTask {
                    let result = await Result { try await log.submit(Submission("g\(index)", .open(["g\(index)"]))) }
                    #expect(throws: Never.self) { try result.get() }
                }
            }
            group.addTask {
                let error = await #expect(throws: StoreError.self) {
                    try await log.submit(Submission("large", .open(["large"], label: label)))
                }
                #expect(error?.code == .tooLarge)
            }
            group.addTask {
                // The actor's column holds 255 characters.
                await #expect(throws: StoreError.self) {
                    try await log.submit(
                        Submission(
                            id: CommandID("actor"), command: .open(["actor"]), actor: String(label.prefix(300)),
                            host: "h1"))
                }
            }
        }
        #expect(try await log.head().position == 10)
        #expect(try await log.inspect { book, _ in book.open.count } == 10)
    }

    @Test("keeps large payloads compressed, and gives them back as they were")
    func compressed() async throws {
        let log = try await Scratch.log()
        let label = String(repeating: "all the same ", count: 10_000)
        _ = try await log.submit(Submission("a", .open(["a"], label: label)))
        let event = try #require(try await log.events(after: 0, limit: 1).first)
        let opened = SessionOpened(session: SessionID("a"), host: "h1", user: "eve", label: label)
        #expect(try event.fact().event == .sessionOpened(opened))
        #expect(try Scratch.number("SELECT LENGTH(payload) FROM event") < 10_000)
        #expect(try await Scratch.scan().verify { _ in }.damage == nil)
    }

    @Test("gives each of many in one commit its own answer, also where one id comes twice")
    func twins() async throws {
        let log = try await Scratch.log()
        let landed = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<40 {
                group.addTask {
                    let id = index / 2
                    let result = await Result { try await log.submit(Submission("t\(id)", .open(["t\(id)"]))) }
                    if case .failure(let error) = result { #expect(error is AlreadyAppended) }
                    return (try? result.get()) != nil
                }
            }
            return await group.reduce(into: 0) { if $1 { $0 += 1 } }
        }
        #expect(landed == 20)
        #expect(try await log.head().position == 20)
    }

    @Test("remembers how far its followers are, and never backwards")
    func followers() async throws {
        let log = try await Scratch.filled()
        try await log.followed(upTo: 7, by: "mailer")
        try await log.followed(upTo: 3, by: "mailer")
        try await log.followed(upTo: 12, by: "runner")
        let stats = try await Scratch.scan().stats()
        #expect(stats.events == 12 && stats.head == 12)
        #expect(stats.types.map(\.count) == [2, 10])
        #expect(stats.followers.map(\.name) == ["mailer", "runner"])
        #expect(stats.followers.map(\.position) == [7, 12])
        try await log.forget(follower: "mailer")
        #expect(try await Scratch.scan().stats().followers.map(\.name) == ["runner"])
    }

    @Test("finds the position of a time")
    func times() async throws {
        let log = try await Scratch.filled()
        let scan = try Scratch.scan()
        for event in try await everything(in: log) {
            let position = try await scan.position(at: event.at)
            #expect(position >= event.position)
            #expect(try await scan.event(at: position)?.at == event.at)
        }
        #expect(try await scan.position(at: Timestamp(microseconds: 0)) == 0)
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
