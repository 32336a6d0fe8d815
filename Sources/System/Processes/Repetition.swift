/// Work that is done again and again on a thread of its own, and may block it.
public final class Repetition: Sendable {
    private let isOver = Monitor(false)

    /// Does `body` now and then at each interval; when it takes longer, as soon as it has ended. Throws `.exhausted` when the
    /// system allows no thread.
    public init(every interval: Duration, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let isOver = isOver
        let isStarted = startThread(named: "repetition") {
            var next = MonotonicTime.now
            while isOver.wait(until: next, for: { $0 ? true : nil }) == nil {
                body()
                next = max(next.advanced(by: interval), .now)
            }
        }
        guard isStarted else {
            throw SystemError(.exhausted, "cannot start a thread: this system allows no further one")
        }
    }

    deinit { stop() }

    /// Does it not again; what is under way goes on to its end.
    public func stop() {
        isOver.withLock { $0 = true }
        isOver.notify()
    }
}
