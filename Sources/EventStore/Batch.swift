internal import Events
internal import MySQL

/// A command with what was decided about it.
struct Decided<Machine: StoredMachine> {
    var pending: Pending<Machine>
    var result: Result<Receipt<Machine.Reply>, any Error>

    /// Of the events that it appends; nil where there are none.
    var positions: Range<Position>? {
        guard case .success(let receipt) = result, !receipt.positions.isEmpty else { return nil }
        return receipt.positions
    }
}

/// What one transaction is going to append: the commands in their order, their events, and how those are recorded.
struct Batch<Machine: StoredMachine> {
    var decided: [Decided<Machine>] = []
    var facts: [Fact] = []
    var events: [RecordedEvent] = []

    /// A command of this batch whose events tell whether the whole batch is in the log.
    var witness: CommandID? {
        decided.first { $0.positions != nil }?.pending.submission.id
    }

    /// True when somebody may act on what he is told, though this batch appends nothing.
    var tellsOfOthers: Bool {
        decided.contains { one in
            switch one.result {
            case .success(let receipt): Machine.tellsOfOthers(receipt.reply)
            case .failure(let error): error is AlreadyAppended
            }
        }
    }

    func answer() {
        for one in decided { one.pending.answer.resume(with: one.result) }
    }
}

extension Batch {
    /// Decides one command after the other against `machine`, which evolves with each. A refusal is that command's answer
    /// only. Throws `inconsistent` where a command is refused after it has drafted events: the machine is half changed.
    /// `recorded` reads an event that a command is about.
    static func decide(
        _ commands: [Pending<Machine>], on machine: inout Machine, after head: Head, at: Timestamp,
        recorded: (Position) throws -> RecordedEvent?, nextVersion: (Event) throws -> Int
    ) throws -> Batch {
        var batch = Batch()
        var draft = Draft(after: head.position, at: at)
        var recorder = Recorder(after: head)
        for pending in commands {
            let first = draft.facts.count
            do {
                draft.subject = try Machine.subject(of: pending.submission.command).flatMap { position in
                    try recorded(position).map { draft.redacted($0) }
                }
                let reply = try machine.decide(pending.submission.command, into: &draft)
                let receipt = Receipt(reply: reply, positions: draft.positions(since: first))
                batch.decided.append(Decided(pending: pending, result: .success(receipt)))
            } catch {
                if error is MySQLError { throw error }
                guard draft.facts.count == first else {
                    throw StoreError(.inconsistent, "a command was refused after it had drafted events: \(error)")
                }
                batch.decided.append(Decided(pending: pending, result: .failure(error)))
            }
            try recorder.record(draft.facts[first...], of: pending.submission, nextVersion: nextVersion)
        }
        batch.facts = draft.facts
        batch.events = recorder.events
        if let large = batch.events.first(where: { $0.payload?.count ?? 0 > EventRow.maximumPayloadBytes }) {
            throw StoreError(.tooLarge, "\(large.type) holds more than \(EventRow.maximumPayloadBytes) bytes")
        }
        return batch
    }

    /// A command that appends nothing this time may be a repetition of one that did: then that is the answer. (One that
    /// appends is recognised by its events' ids.)
    mutating func recogniseRepetitions(_ landed: ([CommandID]) throws -> [CommandID: Range<Position>]) throws {
        let silent = decided.indices.filter { decided[$0].positions == nil }
        guard !silent.isEmpty else { return }
        var landed = try landed(silent.map { decided[$0].pending.submission.id })
        for one in decided { if let positions = one.positions { landed[one.pending.submission.id] = positions } }
        for index in silent {
            guard let positions = landed[decided[index].pending.submission.id] else { continue }
            decided[index].result = .failure(AlreadyAppended(positions: positions))
        }
    }
}
