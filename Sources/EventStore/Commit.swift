internal import Digest
internal import Events
internal import MySQL
internal import System

/// Group commit: several commands, one transaction.
extension MySQLLog {
    /// What is to be done about a transaction that failed.
    private enum Consequence {
        /// It was rolled back, or is to be looked up: once more.
        case again
        /// One of the commands may have caused it: each for itself.
        case oneByOne
        /// It concerns the database, not the commands.
        case failure(any Error)
    }

    /// Decides and appends, and answers everybody. A transaction that the server rolled back is tried again; one whose
    /// outcome is unknown is first looked up. What one command may have caused touches no other.
    func commit(_ commands: [Pending<Machine>]) {
        var unconfirmed: Batch<Machine>?
        var attempt = 1
        while true {
            do {
                return try connected { try self.transaction(commands, &unconfirmed, $0) }.answer()
            } catch {
                restore(after: error)
                switch consequence(of: error, isUnconfirmed: unconfirmed != nil, attempt) {
                case .again:
                    Pause.milliseconds(min(1 << (attempt - 1), 1000))
                    attempt += 1
                case .oneByOne where commands.count > 1:
                    for one in commands { commit([one]) }
                    return
                case .oneByOne: return fail(commands, landed(commands, error))
                case .failure(let error): return fail(commands, error)
                }
            }
        }
    }

    /// Back to what the database has acknowledged; where that does not fit any more, it is loaded again.
    private func restore(after error: any Error) {
        if let error = error as? StoreError, error.code == .inconsistent { committed = Folded() }
        live = committed
        streamVersions.forget()
    }

    /// A server that cannot be reached is waited for as long as one that rolls back: it may be starting again.
    private func consequence(of error: any Error, isUnconfirmed: Bool, _ attempt: Int) -> Consequence {
        guard let error = error as? MySQLError else {
            guard let error = error as? StoreError, error.code != .inconsistent, error.code != .tooLarge else {
                return .oneByOne
            }
            return .failure(error)
        }
        if Self.isOfOneCommand.contains(error.code) { return .oneByOne }
        let isPassing = error.consequence != .giveUp || error.code == .unreachable
        if isPassing, attempt < Self.maximumAttempts { return .again }
        guard isUnconfirmed else { return .failure(StoreError(error)) }
        return .failure(
            StoreError(
                .outcomeUnknown, "\(error); whether the command was done is unknown",
                hint: "look whether it was: interlock log tail"))
    }

    /// Errors that a single command's values can cause.
    private static var isOfOneCommand: Set<MySQLError.Code> {
        [.duplicate, .tooLarge, .unexpectedValue, .unexpectedCount, .server]
    }

    private func fail(_ commands: [Pending<Machine>], _ error: any Error) {
        for one in commands { one.answer.resume(throwing: error) }
    }

    /// What the single command of `commands` is told: after a duplicate key, where it landed before.
    private func landed(_ commands: [Pending<Machine>], _ error: any Error) -> any Error {
        guard let error = error as? MySQLError else { return error }
        guard error.code == .duplicate, let command = commands.first?.submission.id else { return StoreError(error) }
        do {
            let positions = try reading { connection in
                let positions = try self.positions(of: command, connection)
                if let positions { try self.makeDurable(positions.upperBound - 1, connection) }
                return positions
            }
            return positions.map { AlreadyAppended(positions: $0) } ?? StoreError(error)
        } catch {
            return error
        }
    }

    /// One transaction. `unconfirmed` is what an earlier attempt decided whose commit was never answered: with the head
    /// locked it is looked up, and where it landed, that is the answer.
    private func transaction(
        _ commands: [Pending<Machine>], _ unconfirmed: inout Batch<Machine>?, _ connection: borrowing Connection
    ) throws -> Batch<Machine> {
        do {
            let (head, at) = try lockedHead(connection)
            if let batch = unconfirmed {
                if let witness = batch.witness, try positions(of: witness, connection) != nil {
                    try connection.rollback()
                    try makeDurable(head.position, connection)
                    seen?.saw(head, of: databaseID)
                    hints?.wake(after: batch.facts, upTo: head)
                    return batch
                }
                unconfirmed = nil
            }
            var batch = try Batch.decide(
                commands, on: &live.machine, after: live.head, at: at,
                recorded: { try recorded($0, connection) },
                nextVersion: { try streamVersions.next(for: $0, connection) })
            try batch.recogniseRepetitions { try landed($0, connection) }
            guard !batch.events.isEmpty else {
                try connection.rollback()
                // Some answers tell of what others appended: of a grant that came first, of a task that is there.
                if batch.tellsOfOthers { try makeDurable(head.position, connection) }
                return batch
            }
            let stores = try write(batch, after: head, at, connection)
            try moveSecrets(with: batch, connection)
            try redact(with: batch, connection)
            unconfirmed = batch
            try connection.commit()
            unconfirmed = nil
            settle(batch, stores)
            return batch
        } catch {
            // What cannot be rolled back is rolled back by the server when the connection closes.
            do { try connection.rollback() } catch { isLinkTainted = true }
            throw error
        }
    }

    /// Begins a transaction and locks the head, with the state brought up to it. Who is far behind catches up before he
    /// holds up everybody else.
    private func lockedHead(_ connection: borrowing Connection) throws -> (Head, Timestamp) {
        while true {
            // Before the head: who is stopped behind that loses its lock, and others go on.
            let known = try seen?.highest()
            try connection.begin()
            let (head, at) = try lockHead(connection)
            try RestoredDump.refuse(known, databaseID, behind: head)
            if head.position - committed.head.position <= Self.maximumTailUnderLock {
                try catchUp(to: head, connection)
                return (head, at)
            }
            try connection.rollback()
            try catchUp(to: head, connection)
        }
    }

    /// The head, locked, and the time: SYSDATE is read when the row is, that is, behind the lock; UTC_TIMESTAMP would be
    /// the time at which the statement began to wait. Never below the time of the event before.
    private func lockHead(_ connection: borrowing Connection) throws -> (Head, Timestamp) {
        var locked: (Head, Timestamp)?
        try connection.query("SELECT position, hash, at, SYSDATE(6) FROM log_head WHERE id = 1 FOR UPDATE") { row in
            guard let hash = try row.digest(1) else { return }
            locked = (Head(position: try row.whole(0), hash: hash), max(try row.time(2), try row.time(3)))
        }
        guard let locked else { throw LogReader.noHead }
        return locked
    }

    /// After the commit: the acknowledged state follows, and those who wait for these events are woken.
    private func settle(_ batch: Batch<Machine>, _ stored: Bool) {
        seen?.saw(live.head, of: databaseID)
        hints?.wake(after: batch.facts, upTo: live.head)
        do {
            for (event, fact) in zip(batch.events, batch.facts) { try committed.fold(event, as: fact) }
        } catch {
            // Impossible, as `live` took them; but what is committed stays committed.
            committed = live
        }
        if stored { storedPosition = committed.head.position }
        // The redo of all that was read before is on the disk with ours.
        durablePosition = committed.head.position
    }

    /// Those of `commands` that are in the log: one statement for all. Their number is rounded up, by naming the last one
    /// again, so that few statements are prepared.
    private func landed(
        _ commands: [CommandID], _ connection: borrowing Connection
    ) throws -> [CommandID: Range<Position>] {
        var count = 1
        while count < commands.count { count *= 2 }
        let ids = (0..<count).map { Value.text(Recorder.eventID(commands[min($0, commands.count - 1)], 0)) }
        let marks = Array(repeating: "?", count: count).joined(separator: ",")
        var found: Set<String> = []
        try connection.query("SELECT id FROM event WHERE id IN (\(marks))", ids) { found.insert(try $0.text(0)) }
        var landed: [CommandID: Range<Position>] = [:]
        for command in commands where found.contains(Recorder.eventID(command, 0)) {
            landed[command] = try positions(of: command, connection)
        }
        return landed
    }

    /// Where the events of `command` are; nil when it is not in the log. Their ids are its own, a full stop, and digits.
    func positions(of command: CommandID, _ connection: borrowing Connection) throws -> Range<Position>? {
        var positions: [Position] = []
        try connection.query(
            "SELECT position, id FROM event WHERE id > ? AND id < ? ORDER BY position",
            [.text(command.text + "."), .text(command.text + "/")]
        ) { row in
            let index = try row.text(1).dropFirst(command.text.count + 1)
            if index.allSatisfy(\.isNumber) { positions.append(try row.whole(0)) }
        }
        guard let first = positions.first, let last = positions.last else { return nil }
        return first..<last + 1
    }
}
