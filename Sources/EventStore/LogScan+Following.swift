public import Events
internal import MySQL

/// Following the log without its state.
extension LogScan {
    /// The end of the log, and everything up to it is durable: a commit of our own was made after it was read. A login or
    /// server that takes no writes is given the head as it stands.
    public func durableHead() throws -> Head {
        try connected { connection in
            let head = try LogReader.head(connection)
            guard head.position > self.durablePosition else { return head }
            do {
                try Barrier.pass(connection, slot: ObjectIdentifier(self).hashValue)
            } catch {
                let refusals: [MySQLError.Code] = [.accessDenied, .readOnly]
                guard let error = error as? MySQLError, refusals.contains(error.code) else { throw error }
            }
            self.durablePosition = head.position
            return head
        }
    }

    /// The first events in `range`, at most `limit`, in order, without holes.
    public func events(in range: ClosedRange<Position>, limit: Int) throws -> [RecordedEvent] {
        try connected { connection in
            var events: [RecordedEvent] = []
            try LogReader.read(range, limit: limit, connection) { events.append($0) }
            return events
        }
    }

    /// Where followers of this log are woken.
    public func hints() throws -> Hints.Directory {
        try connected { Hints.Directory(databaseID: try Schema.databaseID($0)) }
    }
}
