internal import Synchronization
internal import System

/// Holds back who works in many short steps on a thread of his own, so that he takes one part of its time.
final class Pace: Sendable {
    /// Nobody who wants to end waits longer than this.
    static let longestPause = Duration.seconds(1)

    private let share: Int
    private let begin = Mutex(MonotonicTime.now)

    /// One part of `share`.
    init(share: Int) {
        self.share = share
    }

    /// Behind a step. Blocks the thread; throws where the task is cancelled.
    func pause() throws {
        let took = begin.withLock { Duration.since($0) }
        let pause = min(took * (share - 1), Self.longestPause)
        Pause.milliseconds(Int(pause / .milliseconds(1)))
        begin.withLock { $0 = .now }
        try Task.checkCancellation()
    }
}
