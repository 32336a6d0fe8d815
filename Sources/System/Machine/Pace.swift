internal import Synchronization

/// Holds back who works in many short steps on a thread of his own, so that he takes one part of its time.
public final class Pace: Sendable {
    private let share: Int
    private let longest: Duration
    private let begin = Mutex(MonotonicTime.now)

    /// One part of `share`, at least 1, from now on.
    ///
    /// - Parameter longestPause: nobody who wants to end waits longer than this.
    public init(share: Int, longestPause: Duration = .seconds(1)) {
        (self.share, longest) = (share, longestPause)
    }

    /// Behind a step. Blocks the thread.
    public func pause() {
        let pause = begin.withLock { Self.pause(after: .since($0), share: share, longest: longest) }
        guard let pause else { return }
        Pause.milliseconds(pause)
        restart()
    }

    /// Behind what was no work.
    public func restart() { begin.withLock { $0 = .now } }

    /// In milliseconds. Nil for less than one: then what was done counts with the next step.
    static func pause(after took: Duration, share: Int, longest: Duration) -> Int? {
        let pause = Int(min(took * (share - 1), longest) / .milliseconds(1))
        return pause > 0 ? pause : nil
    }
}
