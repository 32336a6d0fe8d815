import Digest
import EventStore
import Events
import StoreConformance
import Synchronization
import System
import Testing

/// Reads durably what is appended, as it comes. What it has read once must be in the log for good.
final class Follower: Sendable {
    /// Where it is, as it goes on; ends with it.
    let progress: AsyncStream<Position>
    private let announce: AsyncStream<Position>.Continuation
    private let log: MySQLLog<Book>
    private let hint: HintSocket
    private let read = Mutex<[SHA256.Digest]>([])
    private let end = Mutex<Position?>(nil)

    init(_ name: String, _ log: MySQLLog<Book>) async throws {
        self.log = log
        hint = try HintSocket(at: try #require(await log.hints).follower(name))
        (progress, announce) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The hash of each event that it has read.
    var hashes: [SHA256.Digest] { read.withLock { $0 } }
    var position: Position { read.withLock { $0.count } }

    /// Lets it end when it has read so far.
    func finish(at position: Position) { end.withLock { $0 = position } }

    /// Reads on, through every absence of the server, until it may end.
    func follow() async {
        defer { announce.finish() }
        while !Task.isCancelled, position < end.withLock({ $0 }) ?? .max {
            do {
                let events = try await log.durableEvents(after: position, limit: 500)
                try take(events)
                if events.isEmpty { _ = try await hint.wait(timeout: .milliseconds(100)) }
            } catch {
                guard let error = error as? StoreError, error.code == .unavailable else {
                    Issue.record(error)
                    return
                }
            }
        }
    }

    private func take(_ events: [RecordedEvent]) throws {
        guard !events.isEmpty else { return }
        try read.withLock { read in
            for event in events {
                let isNext = event.position == read.count + 1
                guard isNext, event.chained(to: read.last ?? RecordedEvent.genesis) == event.hash else {
                    throw OutOfOrder(behind: read.count, found: event.position, isNext: isNext)
                }
                read.append(event.hash)
            }
        }
        announce.yield(position)
    }

    /// Fails when the last event that it has read is not in the log any more, or another one stands in its place.
    func expectKept(in log: MySQLLog<Book>) async throws {
        let hashes = hashes
        guard let last = hashes.last else { return }
        let there = try await log.events(after: hashes.count - 1, limit: 1).first
        #expect(there?.hash == last, "event \(hashes.count) was read durably, and is gone")
    }
}

/// A follower was given what does not follow.
struct OutOfOrder: Error, CustomStringConvertible {
    var behind: Position
    var found: Position
    var isNext: Bool

    var description: String {
        isNext
            ? "event \(found) does not chain to event \(behind) as it was read: that one has vanished"
            : "event \(found) was read behind event \(behind)"
    }
}
