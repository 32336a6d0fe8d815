public import Events

/// What is to be done about a database that was restored from an older dump. Found out before it is decided: which processes
/// live is not the machine's to know.
public struct Restoration: Sendable {
    /// The end of the restored log, as it was looked at.
    public var previousHead: Position
    /// The highest position that was ever seen; not below `previousHead`.
    public var highest: Position
    /// Who takes it over.
    public var by: String
    /// Of the sessions that are not proven alive; none of an unfinished task.
    public var ends: [SessionEnded]
    /// Of the attempts that are claimed or run in the restored log and whose end no runner would find.
    public var attempts: [TaskFinished]

    /// A take-over that is still to be decided.
    public init(
        previousHead: Position, highest: Position, by: String, ends: [SessionEnded] = [], attempts: [TaskFinished] = []
    ) {
        self.previousHead = previousHead
        self.highest = highest
        self.by = by
        self.ends = ends
        self.attempts = attempts
    }
}

/// Taking over a restored database: one command, so it is done wholly or not at all.
extension Platform {
    mutating func adopt(_ restoration: Restoration, _ draft: inout Draft) throws -> Reply {
        guard draft.head == restoration.previousHead else {
            throw Refusal(
                .wrongState, "The log went on to position \(draft.head) meanwhile.", hint: "Look again, then adopt it.")
        }
        guard restoration.highest >= draft.head,
            restoration.highest <= ExportedLine.maximumPosition - 2 * LogRestored.jump
        else { throw Refusal(.invalid, "No log has the position \(restoration.highest).") }
        let position = restoration.highest + LogRestored.jump
        try emit(.logRestored(LogRestored(previousHead: draft.head, by: restoration.by)), &draft, at: position)

        var ends = restoration.ends.filter { end in
            locks.session(end.session).map { $0.task.flatMap(tasks.task) == nil } ?? false
        }
        var waited: [SessionID] = []
        var retried: [TaskRecord] = []
        for var attempt in restoration.attempts {
            guard let record = tasks.task(attempt.task), record.phase != .queued, record.attempt == attempt.attempt
            else { continue }
            attempt.retry = record.isRetried(after: attempt.outcome)
            try emitFinished(attempt, &draft)
            if attempt.retry { retried.append(record) } else { waited += try endWaits(for: attempt.task, &draft) }
            if let session = locks.session(of: attempt.task) {
                ends.append(SessionEnded(session: session.id, cause: .restored, evidence: attempt.evidence))
            }
        }
        for end in ends { try giveBack(end.session, .sessionEnded, &draft) }
        for end in ends { try close(end, &draft) }
        for session in waited { try closeIfIdle(session, &draft) }
        for record in retried { try scheduleRetry(of: record, 0, &draft) }
        try settle(&draft)
        return .adopted(position)
    }
}
