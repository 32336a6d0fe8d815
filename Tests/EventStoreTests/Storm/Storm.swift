import EventStore
import Events
import Glibc
import MySQL
import Seeds
import ServerTesting
import StoreConformance
import Testing

/// Writers in processes of their own on one log, followers beside them, and what befalls them.
final class Storm {
    enum Blow {
        case kill
        case stop
        case killServer
    }

    /// How often what happened.
    struct Figures {
        var (kills, stops, stopsInside, serverKills) = (0, 0, 0, 0)
    }

    let server: ScratchServer
    let endpoint: Endpoint
    let followers: [Follower]
    /// The test's own way into the log.
    let log: MySQLLog<Book>
    private(set) var ledger = Ledger()
    private(set) var figures = Figures()
    /// At most so many events and a few go by between two blows.
    private let calm: Int
    private var random: Random
    private var writers: [Writer] = []
    /// The writers that are stopped, and for how many further blows.
    private var stopped: [Int: Int] = [:]

    init(seed: Int, writers count: Int, calm: Int) async throws {
        random = Random(seed: seed)
        self.calm = calm
        server = try await ScratchServer.start()
        endpoint = try await server.createDatabase()
        let logs = try await Scratch.logs(3, at: endpoint)
        log = logs[0]
        followers = [
            try await Follower("storm-\(getpid())-1", logs[1]), try await Follower("storm-\(getpid())-2", logs[2]),
        ]
        writers = (0..<count).map { Writer($0, endpoint, in: server.directory) }
        for writer in writers { try writer.start(with: []) }
    }

    /// Blows in an order that the seed gives.
    func shuffled(_ blows: [Blow]) -> [Blow] { blows.shuffled(using: &random) }

    /// One blow at a random moment, when the others have gone on since the one before: whoever is stopped, perhaps with the
    /// head locked, and whatever was killed.
    func strike(_ blow: Blow) async throws {
        try await untilAppended(20 + random.below(calm))
        // Somewhere between two appends; what the others do meanwhile is theirs.
        for _ in 0..<random.below(300) { sched_yield() }
        try wake()
        let victim = random.below(writers.count)
        switch blow {
        case .kill: try kill(victim)
        case .stop:
            figures.stops += 1
            stopped[victim] = 1 + random.below(3)
            writers[victim].signal(SIGSTOP)
            if try await isStoppedInside() { figures.stopsInside += 1 }
        case .killServer:
            figures.serverKills += 1
            try await server.kill()
            try await server.restart()
            for follower in followers { try await follower.expectKept(in: log) }
        }
    }

    /// Those who were stopped long enough go on, or die as they are.
    private func wake() throws {
        for (victim, blows) in stopped.sorted(by: { $0.key < $1.key }) {
            stopped[victim] = blows - 1
            guard blows == 1 else { continue }
            stopped[victim] = nil
            if random.chance(50) { try kill(victim) } else { writers[victim].signal(SIGCONT) }
        }
    }

    private func kill(_ victim: Int) throws {
        figures.kills += 1
        stopped[victim] = nil
        ledger.read(try writers[victim].kill(), of: victim)
        try writers[victim].start(with: ledger.unanswered[victim, default: [:]].values.sorted())
    }

    /// Whether somebody who was just stopped has the head locked: either the others go on, or a transaction grows old that
    /// waits for nothing but its client. Under load most are: a client that stands in line is given the lock while it is
    /// stopped.
    private func isStoppedInside() async throws -> Bool {
        let old = """
            SELECT COUNT(*) FROM information_schema.innodb_trx \
            WHERE trx_state = 'RUNNING' AND trx_rows_locked > 0 AND trx_started < NOW() - INTERVAL 1 SECOND
            """
        let enough = try await log.head().position + 40
        while try await log.head().position < enough {
            do {
                if try Scratch.number(old, at: endpoint) > 0 { return true }
            } catch {
                guard (error as? MySQLError)?.errno == Self.unprintable else { throw error }
            }
        }
        return false
    }

    /// The table of transactions also holds the texts of their statements, and MySQL refuses to show any of it while one
    /// runs that carries bytes which are no text, such as a digest (ER_CANNOT_CONVERT_STRING): ask again.
    private static let unprintable: UInt32 = 3854

    private func untilAppended(_ count: Int) async throws {
        let target = followers[0].position + count
        for await position in followers[0].progress where position >= target { return }
        throw CancellationError()
    }

    /// Kills all writers at once and returns the whole log, which no follower is behind of then.
    func end() async throws -> [RecordedEvent] {
        for writer in writers { ledger.read(try writer.kill(), of: writer.number) }
        // Behind any commit that a killed process had sent: it held the head's lock.
        let last = try await log.submit(Submission("end", .open(["end"])))
        ledger.read("ask end:open:1\nack end \(last.positions.lowerBound) \(last.positions.upperBound)\n", of: -1)
        for follower in followers { follower.finish(at: last.positions.lowerBound) }
        return try await everything(in: log, page: 2000)
    }
}
