internal import Events
internal import MySQL

/// The last version of the streams that this process wrote or read lately. Others are looked up when they are needed;
/// the table's unique key guards all of them.
struct StreamVersions {
    /// Streams that are remembered; when there are more, all are forgotten and looked up again.
    static let bound = 20_000

    private var last: [String: Int] = [:]

    mutating func saw(_ stream: String, _ version: Int) {
        if last.count >= Self.bound { last.removeAll(keepingCapacity: true) }
        last[stream] = version
    }

    mutating func forget() {
        last.removeAll(keepingCapacity: true)
    }

    /// The version that `event` gets. One read for a stream that is not remembered and does not begin here.
    mutating func next(for event: Event, _ connection: borrowing Connection) throws -> Int {
        let stream = event.stream
        var version = last[stream] ?? 0
        if version == 0, !event.kind.beginsStream {
            try connection.query("SELECT MAX(stream_version) FROM event WHERE stream = ?", [.text(stream)]) { row in
                version = row.isNull(0) ? 0 : try row.whole(0)
            }
        }
        saw(stream, version + 1)
        return version + 1
    }
}
