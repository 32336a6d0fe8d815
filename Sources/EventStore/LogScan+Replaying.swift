public import Events
internal import MySQL

/// A state out of the past.
public struct PastState<State: Sendable>: Sendable {
    /// As it was behind the event at the position that was asked for.
    public var state: State
    /// A snapshot on the way that is not the fold of the log, and was not used.
    public var brokenSnapshot: Position?

    /// Without a snapshot all events were folded.
    public init(_ state: State, brokenSnapshot: Position? = nil) {
        self.state = state
        self.brokenSnapshot = brokenSnapshot
    }
}

extension LogScan {
    /// The state after the event at `position`: from the latest snapshot, which is first held against the fold of the
    /// events since the one before it; where they differ, and where there are none, all events are folded. So at most two
    /// intervals of snapshots are folded, however long the log is.
    public func state<Machine: StoredMachine>(
        _ machine: Machine.Type, at position: Position
    ) throws -> PastState<Machine> {
        try connected { connection in
            let kept = try Snapshots.positions(upTo: position, limit: 2, connection)
            var broken: Position?
            if let latest = kept.first {
                let base: Folded<Machine>? =
                    kept.count == 2 ? try Snapshots.load(kept[1], connection) : Folded<Machine>()
                if var folded = base {
                    try Self.fold(&folded, to: latest, connection)
                    if try Snapshots.difference(from: folded, connection) == nil {
                        try Self.fold(&folded, to: position, connection)
                        return PastState(folded.machine)
                    }
                }
                broken = base == nil ? kept[1] : latest
            }
            var folded = Folded<Machine>()
            try Self.fold(&folded, to: position, connection)
            return PastState(folded.machine, brokenSnapshot: broken)
        }
    }

    private static func fold<Machine>(
        _ folded: inout Folded<Machine>, to position: Position, _ connection: borrowing Connection
    ) throws {
        guard folded.head.position < position else { return }
        try LogReader.read(folded.head.position + 1...position, connection) { (step: LogStep) in try folded.fold(step) }
    }
}
