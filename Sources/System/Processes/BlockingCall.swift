internal import Synchronization

/// Calls of libraries that block, on threads of our own: on one of Swift's cooperative pool they would stall everybody else.
/// At most `maximumThreads` run at once, the others wait in the order in which they came. A thread ends when no call waits.
public enum BlockingCall {
    /// The most threads: so many others can hang before one who asks has to wait.
    public static let maximumThreads = 10

    private typealias Job = @Sendable () -> Void

    private struct State {
        var threads = 0
        var waiting: [Job] = []
    }

    private static let state = Mutex(State())

    /// What `body` returns. A task that is cancelled meanwhile waits for it all the same: give the call a bound of its own.
    /// Throws `.exhausted` when the system allows no thread.
    public static func run<Value: Sendable>(
        _ body: @escaping @Sendable () -> Value
    ) async throws(SystemError) -> Value {
        let result: Result<Value, SystemError> = await withCheckedContinuation { continuation in
            let isTaken = enqueue { continuation.resume(returning: .success(body())) }
            if !isTaken {
                let problem = SystemError(.exhausted, "cannot start a thread: this system allows no further one")
                continuation.resume(returning: .failure(problem))
            }
        }
        return try result.get()
    }

    /// False when there is no thread for the job, and it is forgotten.
    private static func enqueue(_ job: @escaping Job) -> Bool {
        let needsThread = state.withLock { state in
            guard state.threads < maximumThreads else {
                state.waiting.append(job)
                return false
            }
            state.threads += 1
            return true
        }
        guard needsThread else { return true }
        let isStarted = startThread(named: "blocking") {
            job()
            while let next = next() { next() }
        }
        if !isStarted { giveUp() }
        return isStarted
    }

    /// The next job; nil when there is none, and the thread ends.
    private static func next() -> Job? {
        state.withLock { state in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.threads -= 1
            return nil
        }
    }

    /// A thread that could not be started is none. Jobs wait only while all threads run; where none of those could be
    /// started either, nobody else takes what waits.
    private static func giveUp() {
        while let orphan = state.withLock({ $0.threads == 1 && !$0.waiting.isEmpty ? $0.waiting.removeFirst() : nil }) {
            orphan()
        }
        state.withLock { $0.threads -= 1 }
    }
}
