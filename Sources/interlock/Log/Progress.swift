import EventStore
import Synchronization
import System

/// Tells on standard error how far long work has come: nothing within the first second, then once a second.
final class Progress: Sendable {
    private static let interval = Duration.seconds(1)

    private let verb: String
    private let total: Int
    private let streams: Streams
    private let next = Mutex(MonotonicTime.now.advanced(by: Progress.interval))

    /// `verb` says what is done to events: `verified`.
    init(_ verb: String, of total: Int, streams: Streams) {
        self.verb = verb
        self.total = total
        self.streams = streams
    }

    /// For every step of a replay.
    func reached(_ step: FoldNotice) {
        if case .reached(let count) = step { reached(count) }
    }

    /// So many of `total` are done.
    func reached(_ count: Int) {
        let isDue = next.withLock { next in
            guard MonotonicTime.now >= next else { return false }
            next = MonotonicTime.now.advanced(by: Self.interval)
            return true
        }
        if isDue { streams.error("\(verb) \(count) of \(total) events") }
    }
}
