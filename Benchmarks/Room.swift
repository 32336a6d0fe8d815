import MySQL
import System

/// One connection of the MySQL room on a thread of its own: the bare peer of everything that is built upon it.
actor Room {
    private nonisolated let thread: DatabaseThread
    private let endpoint: Endpoint
    private var link: Link?

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private final class Link {
        let connection: Connection
        init(_ endpoint: Endpoint) throws { connection = try Connection(endpoint) }
    }

    init(_ endpoint: Endpoint) throws {
        self.endpoint = endpoint
        thread = try DatabaseThread(name: "bench-room")
    }

    /// Runs `body` on the connection, which is made first.
    func with<Answer: Sendable>(_ body: @Sendable (borrowing Connection) throws -> Answer) throws -> Answer {
        let link = try self.link ?? Link(endpoint)
        self.link = link
        return try body(link.connection)
    }
}

extension Room {
    /// Laps of `body`, which says how many nanoseconds it waited, until the time is up: all on this thread, no hop between.
    func laps(until end: UInt64, _ body: @Sendable (borrowing Connection) throws -> UInt64) throws -> Round {
        try with { connection in
            var laps = Laps(until: end)
            while laps.lap(try body(connection)) {}
            return laps.round
        }
    }

    /// The same from `count` connections at once, each on its own thread.
    static func laps(
        _ count: Int, seconds: Double, _ endpoint: Endpoint,
        _ body: @escaping @Sendable (borrowing Connection, _ worker: Int) throws -> UInt64
    ) async throws -> Round {
        let rooms = try (0..<count).map { _ in try Room(endpoint) }
        for room in rooms { try await room.with { try $0.ping() } }
        let start = MonotonicTime.now.nanoseconds
        let end = start + UInt64(seconds * 1e9)
        var whole = try await withThrowingTaskGroup(of: Round.self) { group in
            for (worker, room) in rooms.enumerated() {
                group.addTask { try await room.laps(until: end) { try body($0, worker) } }
            }
            return try await group.reduce(into: Round()) { $0.add($1) }
        }
        whole.seconds = Double(MonotonicTime.now.nanoseconds - start) / 1e9
        return whole
    }
}
