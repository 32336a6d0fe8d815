import EventStore
import Events
import Synchronization

/// Tells on standard error, in one line, which redacted events a replay went through.
final class RedactedEvents: Sendable {
    private let positions = Mutex(Set<Position>())

    /// For every step of the replay.
    func saw(_ step: FoldNotice) {
        if case .redacted(let position) = step { positions.withLock { _ = $0.insert(position) } }
    }

    /// Nothing where there were none.
    func tell(_ streams: Streams) {
        Self.tell(of: positions.withLock { $0.sorted() }, streams)
    }

    /// The same of positions that are known, in order.
    static func tell(of positions: [Position], _ streams: Streams) {
        guard let first = positions.first else { return }
        let names = positions.map { String($0) }.joined(separator: ", ")
        streams.error(
            positions.count == 1
                ? "interlock: event \(first) is redacted: its texts are not in what was replayed"
                : "interlock: events \(names) are redacted: their texts are not in what was replayed")
    }
}
