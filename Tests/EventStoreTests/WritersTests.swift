import EventStore
import Events
import Foundation
import MySQL
import ServerTesting
import StoreConformance
import Synchronization
import Testing

@Suite("Many writers", .database)
struct WritersTests {
    @Test("32 in four logs, two followers: dense, ordered, nothing skipped, nothing twice")
    func followers() async throws {
        let logs = try await Scratch.logs(6)
        let total = 32 * 12
        let read = try await withThrowingTaskGroup(of: [RecordedEvent]?.self) { group in
            for writer in 0..<32 {
                let log = logs[writer % 4]
                group.addTask {
                    for index in 0..<12 {
                        _ = try await log.submit(Submission("w\(writer)n\(index)", .open(["\(writer).\(index)"])))
                    }
                    return nil
                }
            }
            for follower in logs.suffix(2) {
                group.addTask {
                    var events: [RecordedEvent] = []
                    while events.count < total {
                        events += try await follower.durableEvents(after: events.count, limit: 50)
                    }
                    return events
                }
            }
            return try await group.reduce(into: [[RecordedEvent]]()) { read, events in
                if let events { read.append(events) }
            }
        }
        #expect(read.count == 2)
        #expect(read[0] == read[1])
        expectSound(read[0])
        #expect(try await Scratch.scan().verify { _ in }.damage == nil)
    }

    @Test("go on when one is stopped inside its transaction, and it does its own work once when it wakes")
    func stopped() async throws {
        let logs = try await Scratch.logs(2)
        let (stopped, wake) = (Moment(), DispatchSemaphore(value: 0))
        let isFirst = Mutex(true)
        async let sleeper = logs[0].submit(
            Submission(
                "sleeper",
                .openAfter("sleeper") {
                    guard isFirst.withLock({ first in exchange(&first, false) }) else { return }
                    stopped.announce()
                    // Long after the server should have ended it; then it is first, which is what must not be.
                    _ = wake.wait(timeout: .now() + 30)
                }))
        await stopped.wait()
        // Returns while the other one still stands there with the head locked: only the server can have ended that.
        let other = try await logs[1].submit(Submission("other", .open(["other"])))
        #expect(other.positions == 1..<2)
        wake.signal()
        #expect(try await sleeper.positions == 2..<3)
        #expect(try await logs[1].head().position == 2)
    }

    @Test("are timed by the database behind the lock, not when they began to wait")
    func clock() async throws {
        let log = try await Scratch.log()
        let endpoint = try ScratchDatabase.current
        let holder = try Connection(endpoint)
        try holder.begin()
        try holder.query("SELECT position FROM log_head WHERE id = 1 FOR UPDATE") { _ in }
        async let receipt = log.submit(Submission("a", .open(["a"])))
        // Until the log stands at the lock; whatever fails, it is let go: the log waits for it.
        let before: Int?
        do {
            defer { try? holder.commit() }
            while try !Scratch.clients().contains(where: { $0.statement?.hasSuffix("FOR UPDATE") == true }) {}
            before = try holder.queryOne("SELECT SYSDATE(6)") { Int(try $0.timestamp(0)) }
        }
        _ = try await receipt
        let event = try #require(try await log.events(after: 0, limit: 1).first)
        #expect(event.at.microseconds >= (try #require(before)))
    }

    @Test("that are far behind catch up before they lock the head")
    func farBehind() async throws {
        let logs = try await Scratch.logs(2)
        _ = try await logs[1].submit(Submission("late", .open(["late"])))
        for index in 0..<10 {
            _ = try await logs[0].submit(Submission("c\(index)", .open((0..<200).map { "\(index).\($0)" })))
        }
        #expect(try await logs[1].submit(Submission("then", .close("late"))).reply == 2000)
        // The state was stored meanwhile: a third process begins with it.
        #expect(try Scratch.number("SELECT MAX(position) FROM projection") > 1000)
        #expect(try await Scratch.log().inspect { book, _ in book.open.count } == 2000)
        #expect(try await Scratch.scan().check(Book.self, only: nil) { _ in }.allSatisfy { $0.difference == nil })
    }

    @Test("whose connections were ended while they were idle do not notice")
    func idle() async throws {
        let log = try await Scratch.filled()
        for _ in 0..<3 {
            let clients = try Scratch.clients()
            #expect(!clients.isEmpty)
            for client in clients { try Scratch.run("KILL \(client.id)") }
            let head = try await log.head().position
            #expect(try await log.submit(Submission("k\(head)", .open(["k\(head)"]))).positions == head + 1..<head + 2)
        }
        #expect(try await log.inspect { book, _ in book.open.count } == 11)
    }
}

private func exchange<Value>(_ place: inout Value, _ value: Value) -> Value {
    defer { place = value }
    return place
}
