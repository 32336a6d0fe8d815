internal import Synchronization

/// The log in memory: the reference that the real one is held against, and the log of simulations.
public final class MemoryLog<Machine: StateMachine>: EventLog {
    private struct Contents {
        var machine = Machine()
        var events: [RecordedEvent] = []
        var versions: [String: Int] = [:]
        var appended: [CommandID: Range<Position>] = [:]

        var head: Head {
            events.last.map { Head(position: $0.position, hash: $0.hash) } ?? .empty
        }

        func event(at position: Position) -> RecordedEvent? {
            let index = index(behind: position - 1)
            return index < events.count && events[index].position == position ? events[index] : nil
        }

        /// Where the first event behind `position` stands: its number, but behind a `log.restored`.
        func index(behind position: Position) -> Int {
            var (low, high) = (0, events.count)
            while low < high {
                let middle = (low + high) / 2
                if events[middle].position > position { high = middle } else { low = middle + 1 }
            }
            return low
        }

        /// The one way in which an event ever changes.
        mutating func redact(_ fact: Fact) {
            guard case .logRedacted(let data) = fact.event, let event = event(at: data.position) else { return }
            events[index(behind: data.position - 1)] = event.redacted(to: data.remains)
        }
    }

    private let contents = Mutex(Contents())
    private let clock: @Sendable () -> Timestamp

    /// `clock` stands for the database's; a step back of it does not show in the log.
    public init(clock: @escaping @Sendable () -> Timestamp) {
        self.clock = clock
    }

    /// Atomic, one command at a time. A repeated id that appended events is answered with its first receipt.
    public func submit(_ submission: Submission<Machine.Command>) async throws -> Receipt<Machine.Reply> {
        try contents.withLock { contents in
            if let positions = contents.appended[submission.id] { throw AlreadyAppended(positions: positions) }
            let head = contents.head
            let at = max(clock(), contents.events.last?.at ?? Timestamp(microseconds: 0))
            var draft = Draft(after: head.position, at: at)
            draft.subject = Machine.subject(of: submission.command).flatMap { contents.event(at: $0) }
            var machine = contents.machine
            let reply = try machine.decide(submission.command, into: &draft)
            contents.machine = machine
            var recorder = Recorder(after: head)
            recorder.record(draft.facts[...], of: submission) { event in
                let version = contents.versions[event.stream, default: 0] + 1
                contents.versions[event.stream] = version
                return version
            }
            contents.events += recorder.events
            for fact in draft.facts { contents.redact(fact) }
            let receipt = Receipt(reply: reply, positions: draft.positions(since: 0))
            if !draft.facts.isEmpty { contents.appended[submission.id] = receipt.positions }
            return receipt
        }
    }

    /// The end of the log.
    public func head() async -> Head {
        contents.withLock { $0.head }
    }

    /// In order, at most `limit`; none behind the head.
    public func events(after position: Position, limit: Int) async -> [RecordedEvent] {
        contents.withLock { Array($0.events[$0.index(behind: position)...].prefix(limit)) }
    }

    /// At the head; `body` runs under the lock that commands are decided under.
    public func inspect<Answer: Sendable>(
        _ body: @Sendable (Machine, Position) throws -> Answer
    ) async throws -> Answer {
        try contents.withLock { try body($0.machine, $0.head.position) }
    }
}
