public import Events
internal import MySQL

/// A state out of the past.
public struct PastState<State: Sendable>: Sendable {
    /// As it was behind the event at the position that was asked for.
    public var state: State
    /// A snapshot on the way that is not the fold of the log, and was not used.
    public var brokenSnapshot: Position?

    /// `brokenSnapshot` is nil where none was wrong.
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
            var broken: Position?
            let kept = try Snapshots.positions(upTo: position, limit: 2, connection)
            var folded = try Self.base(machine, kept, &broken, connection)
            if broken == nil, let latest = kept.first {
                try Self.fold(&folded, to: latest, connection)
                if try !Snapshots.differences(from: folded, connection).isEmpty { broken = latest }
            }
            if broken != nil { folded = Folded() }
            try Self.fold(&folded, to: position, connection)
            return PastState(folded.machine, brokenSnapshot: broken)
        }
    }

    /// Where the fold begins: the last snapshot but one, or before the first event.
    private static func base<Machine: StoredMachine>(
        _ machine: Machine.Type, _ kept: [Position], _ broken: inout Position?, _ connection: borrowing Connection
    ) throws -> Folded<Machine> {
        guard kept.count == 2 else { return Folded() }
        switch try Snapshots.load(machine, at: kept[1], connection) {
        case .state(let folded): return folded
        case .forgotten: return Folded()
        case .broken:
            broken = kept[1]
            return Folded()
        }
    }

    private static func fold<Machine>(
        _ folded: inout Folded<Machine>, to position: Position, _ connection: borrowing Connection
    ) throws {
        guard folded.head.position < position else { return }
        try LogReader.read(folded.head.position + 1...position, connection) { (step: LogStep) in try folded.fold(step) }
    }
}
