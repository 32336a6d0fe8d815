internal import Digest
public import Events
public import MySQL
internal import Synchronization
internal import System

/// The log in MySQL or MariaDB.
///
/// Runs on a thread of its own with one connection. Commands that arrive while a commit is in flight share the next
/// transaction (group commit), which costs: begin, lock the head, insert the events, move each projection that they touch,
/// move the head, commit (six or seven round trips and one sync, however many commands), and a read where other writers
/// have appended since.
/// The state is kept twice: `live` is what commands are decided against, `committed` what the database has acknowledged;
/// after a rollback `live` goes back to it. Both move by folding, so nothing here grows with history or held locks.
public actor MySQLLog<Machine: StoredMachine>: EventLog {
    /// Commands that one transaction takes.
    public static var maximumBatch: Int { 256 }
    /// Commands that may wait; more are refused (`overloaded`).
    public static var maximumPending: Int { 10_000 }
    /// Attempts at a transaction before its commands fail; with the pauses between them about 5 s.
    static var maximumAttempts: Int { 14 }
    /// Events that are folded while the head is locked; who is further behind catches up before.
    static var maximumTailUnderLock: Int { 500 }
    /// Holes that this process has seen in the log and waited at; there should be none.
    public static var holesSeen: Int { LogReader.holes.load(ordering: .relaxed) }
    /// Events between two writings of the stored state: the more it holds the rarer it is written, so that its writing
    /// costs each event the same, two kilobytes before compression. Who reads it folds the events since, some 4 µs each.
    var storeInterval: Int { max(128, storedBytes / 2048) }
    /// Where the log is; those who need a connection of their own go there too.
    public nonisolated let endpoint: Endpoint
    private nonisolated let thread: DatabaseThread
    private nonisolated let queue = CommandQueue<Machine>(bound: MySQLLog.maximumPending)
    private let newDatabaseID: String
    /// Events between two stored states that are kept, about.
    let snapshotInterval: Int
    /// What was seen of this log before; nil where it is not asked.
    nonisolated let seen: HighestSeen?

    /// Names this database, and with it the place of its hints; empty until `open`.
    public private(set) var databaseID = ""
    /// Who is woken after a commit.
    public private(set) var hints: Hints.Directory?
    private var link: Link?
    /// True when a rollback failed: a transaction may be open still, and the next one would commit it.
    var isLinkTainted = false
    var live = Folded<Machine>()
    var committed = Folded<Machine>()
    var streamVersions = StreamVersions()
    /// The position up to which the state has been stored, as far as this process knows: others store it too.
    var storedPosition = 0
    /// How large it was then; 0 until this process has stored it, or looked.
    var storedBytes = 0
    var isStateDue: Bool { live.head.position - storedPosition >= storeInterval }
    /// The last position that this process has appended itself, or read and then passed a barrier.
    var durablePosition = 0

    /// The thread of its own that the log runs on: libmysqlclient blocks. Reads wait while a batch is committed.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    /// `newDatabaseID` names a database that is still empty. A database that does not go through what was `seen` is refused
    /// (`restored`), now and whenever it turns out later; what is durable is told to it before anybody else.
    public init(
        _ endpoint: Endpoint, newDatabaseID: String, seen: HighestSeen? = nil,
        snapshotInterval: Int = Snapshots.interval
    ) throws {
        self.seen = seen
        self.endpoint = endpoint
        self.snapshotInterval = snapshotInterval
        self.newDatabaseID = newDatabaseID
        thread = try DatabaseThread(name: "interlock-log")
    }

    /// Connects, checks the server and the schema (an empty database is given one), and loads the state. Fails at once
    /// where the server cannot be reached.
    public func open() throws {
        try translated { try connected { _ in } }
        let directory = Hints.Directory(databaseID: databaseID)
        // Without it nobody is woken and all poll.
        try? directory.create()
        hints = directory
    }

    /// Queues the command for the next transaction, in the order of arrival. Throws what the machine throws, `StoreError`,
    /// and `AlreadyAppended` where events of this id are in the log. `unavailable` does not say that nothing was
    /// appended. Cancelling the caller's task does not take the command back.
    public nonisolated func submit(
        _ submission: Submission<Machine.Command>
    ) async throws -> Receipt<Machine.Reply> {
        try await withCheckedThrowingContinuation { answer in
            switch queue.add(Pending(submission: submission, answer: answer)) {
            case .first: Task { await self.drain() }
            case .behindOthers: break
            case .full:
                answer.resume(
                    throwing: StoreError(
                        .overloaded, "\(Self.maximumPending) commands wait for the database already",
                        hint: "try again when the load is lower"))
            }
        }
    }

    /// One transaction for what has arrived; then again, behind whoever wants to look at the state.
    private func drain() {
        let commands = queue.take(Self.maximumBatch)
        guard !commands.isEmpty else { return }
        commit(commands)
        guard commands.count > 1 else {
            Task { self.drain() }
            return
        }
        // By way of the pool, behind those who were just answered: what they ask for next comes into the same batch.
        Task.detached { await self.drain() }
    }

    /// The end of the log as it stands; what was appended last may not be durable yet.
    public func head() throws -> Head {
        try reading { try self.expectedHead($0) }
    }

    /// In order, without holes, up to the head read first; the last ones may not be durable yet (`durableEvents`).
    public func events(after position: Position, limit: Int) throws -> [RecordedEvent] {
        try reading { connection in
            let head = try self.expectedHead(connection)
            return try LogReader.events(after: position, limit: limit, upTo: head, connection)
        }
    }

    /// Like `events`; and they are durable: a commit of our own was made after they were read.
    public func durableEvents(after position: Position, limit: Int) throws -> [RecordedEvent] {
        try reading { connection in
            let head = try self.expectedHead(connection)
            let events = try LogReader.events(after: position, limit: limit, upTo: head, connection)
            if let last = events.last {
                try self.makeDurable(last.position, connection)
                self.seen?.saw(Head(position: last.position, hash: last.hash), of: self.databaseID)
            }
            return events
        }
    }

    /// At the head as just read, on the log's thread; what others appended last may not be durable (`inspectDurably`).
    public func inspect<Answer: Sendable>(
        _ body: @Sendable (Machine, Position) throws -> Answer
    ) throws -> Answer {
        try reading { connection in
            try self.catchUp(to: try self.expectedHead(connection), connection)
            return try body(self.committed.machine, self.committed.head.position)
        }
    }

    /// At the position that this process has come to, without a question to the server: after an answer of its own that is
    /// as new as the answer. What happened up to the position that `need` names is durable when this returns.
    public func inspectKnown<Answer: Sendable>(
        upTo need: @Sendable (Answer, Position) -> Position?, _ body: @Sendable (Machine, Position) throws -> Answer
    ) throws -> Answer {
        let answer = try body(committed.machine, committed.head.position)
        if let position = need(answer, committed.head.position), position > durablePosition {
            try reading { try self.makeDurable(position, $0) }
        }
        return answer
    }

    /// Like `inspect`; and what is going to be acted on is durable when this returns: all that `body` saw, or what happened
    /// up to the position that `need` names, if any. One sync more where others have written, unless their `word` tells that
    /// they have done it: the head as one of them left it.
    public func inspectDurably<Answer: Sendable>(
        given word: Head? = nil, upTo need: @Sendable (Answer, Position) -> Position? = { $1 },
        _ body: @Sendable (Machine, Position) throws -> Answer
    ) throws -> Answer {
        try reading { connection in
            if try !self.follow(word, connection) {
                try self.catchUp(to: try self.expectedHead(connection), connection)
            }
            let head = self.committed.head.position
            let answer = try body(self.committed.machine, head)
            if let position = need(answer, head) { try self.makeDurable(position, connection) }
            return answer
        }
    }

    /// Up to the head of a commit whose writer has told that it returned, in place of a head that is read: one question and
    /// no barrier. False where that is not newer, or turns out to be of another log.
    private func follow(_ word: Head?, _ connection: borrowing Connection) throws -> Bool {
        guard let word, committed.head.position > 0, live.head == committed.head else { return false }
        try LogReader.follow(committed.head, towards: word, connection) { try self.fold($0) }
        guard committed.head == word else { return false }
        durablePosition = max(durablePosition, word.position)
        seen?.saw(word, of: databaseID)
        return true
    }

    /// What was read up to `position` is on the disk when this returns: a commit of our own came after it.
    func makeDurable(_ position: Position, _ connection: borrowing Connection) throws {
        guard position > durablePosition else { return }
        try Barrier.pass(connection, slot: ObjectIdentifier(self).hashValue)
        durablePosition = position
        // All of the state was read before the barrier.
        seen?.saw(committed.head, of: databaseID)
    }

    /// The head as it stands; one that is behind what was seen throws `restored`. That is read first: who appends meanwhile
    /// moves the head before he tells what he saw.
    private func expectedHead(_ connection: borrowing Connection) throws -> Head {
        let known = try seen?.highest()
        let head = try LogReader.head(connection)
        try RestoredDump.refuse(known, databaseID, behind: head)
        return head
    }

    /// Brings both states to `head`; a state from another history is dropped and loaded again.
    func catchUp(to head: Head, _ connection: borrowing Connection) throws {
        guard committed.head != head else { return }
        // Both states are folded on, so that neither has to be copied.
        if live.head != committed.head { live = committed }
        guard committed.head.position > 0,
            try LogReader.follow(committed.head, to: head, connection, { try self.fold($0) }), committed.head == head
        else { return try reload(upTo: head, connection) }
    }

    private func fold(_ event: LogStep) throws {
        let fact = try event.fact()
        try committed.fold(event, as: fact)
        try live.fold(event, as: fact)
        streamVersions.saw(event.stream, event.streamVersion)
    }

    /// The stored state and what happened since. It may be newer than `head`, which was read before it.
    private func reload(upTo head: Head, _ connection: borrowing Connection) throws {
        // `head` is older than what others may have seen meanwhile: it is read again, behind that.
        if let known = try seen?.highest() {
            try RestoredDump.refuse(known, databaseID, try LogReader.head(connection), connection)
        }
        committed = try Folded.load(connection)
        durablePosition = 0
        storedPosition = committed.head.position
        streamVersions.forget()
        let head = committed.head.position > head.position ? try LogReader.head(connection) : head
        guard try LogReader.catchUp(&committed, to: head, connection) else { throw LogReader.foreignProjections }
        live = committed
    }

    // MARK: The connection

    /// Runs `body` on the connection, opened where there is none.
    func connected<Answer>(_ body: (borrowing Connection) throws -> Answer) throws -> Answer {
        if let link, link.connection.isUsable, !isLinkTainted { return try body(link.connection) }
        link = nil
        isLinkTainted = false
        let fresh = Link(connection: try Connection(endpoint))
        try ServerCheck.require(fresh.connection)
        try Schema.require(fresh.connection, databaseID: newDatabaseID)
        try fresh.connection.run("SET SESSION wait_timeout = \(Writing.stoppedClientSeconds)")
        databaseID = try Schema.databaseID(fresh.connection)
        link = fresh
        try catchUp(to: try expectedHead(fresh.connection), fresh.connection)
        return try body(fresh.connection)
    }

    /// A read: repeated on a fresh connection when the old one was lost, also while the server is starting again.
    func reading<Answer>(_ body: (borrowing Connection) throws -> Answer) throws -> Answer {
        try translated {
            for attempt in 1..<Self.maximumAttempts {
                do {
                    return try connected(body)
                } catch {
                    guard let error = error as? MySQLError, error.consequence != .giveUp || error.code == .unreachable
                    else { throw error }
                    Pause.milliseconds(min(1 << (attempt - 1), 1000))
                }
            }
            return try connected(body)
        }
    }
}

/// Runs `body`; database errors come out as what they mean to the log's user.
func translated<Answer>(_ body: () throws -> Answer) throws -> Answer {
    do {
        return try body()
    } catch {
        guard let error = error as? MySQLError else { throw error }
        throw StoreError(error)
    }
}

/// What holds for every connection that locks the head.
enum Writing {
    /// The server ends a connection whose client stops inside a transaction after this many seconds, so that it does not
    /// hold the head's lock. An idle connection is ended too, and opened again when it is needed.
    static let stoppedClientSeconds = 5
}

/// The connection of one log; confined to the log's thread.
final class Link {
    let connection: Connection

    init(connection: consuming Connection) {
        self.connection = connection
    }
}
