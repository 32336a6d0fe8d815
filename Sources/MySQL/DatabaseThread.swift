import CMySQL
import Glibc
import Synchronization

/// A thread that runs one thing after the other, in the order given: the executor of an actor whose calls block.
///
/// Swift's cooperative pool has a thread per core; a blocking C call on one of them stalls everybody else. An actor that
/// owns a ``Connection`` therefore brings its own thread:
///
/// ```swift
/// actor Store {
///     private let thread: DatabaseThread
///     nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
/// }
/// ```
///
/// The thread ends after its last job once this object is released; the actor must hold it as long as it lives.
public final class DatabaseThread: Sendable {
    private let loop: Loop

    /// Starts a thread called `name` (up to 15 bytes of it) in ps, top and /proc. It takes no signals.
    ///
    /// - Throws: `.tooLarge` if the system allows no further thread.
    public convenience init(name: String) throws(MySQLError) {
        try self.init(name: name, onEnd: {})
    }

    /// `onEnd` is called on the thread as its last act.
    init(name: String, onEnd: @escaping @Sendable () -> Void) throws(MySQLError) {
        loop = Loop(name: name, onEnd: onEnd)
        try loop.start()
    }

    deinit { loop.stop() }

    /// What an actor returns as its `unownedExecutor`. Valid as long as this object lives.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }
}

/// The queue and the thread's loop over it. The running thread holds it, so it outlives every job.
private final class Loop: SerialExecutor, @unchecked Sendable {
    /// Linux's bound on a thread's name.
    static let maximumNameBytes = 15

    private let name: String
    private let onEnd: @Sendable () -> Void
    // Unchecked: `jobs` and `isStopping` are touched with `mutex` held only; `thread` is written once by the loop's
    // thread before its first job, and read by `isIsolatingCurrentContext`, which asks whether the reader is that thread.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var jobs: [UnownedJob] = []
    private var isStopping = false
    private let thread = Atomic<UInt>(0)

    init(name: String, onEnd: @escaping @Sendable () -> Void) {
        self.name = name
        self.onEnd = onEnd
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func start() throws(MySQLError) {
        // The new thread inherits the mask: signals go to the threads that wait for them, and none interrupts a query.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let held = Unmanaged.passRetained(self)
        let problem = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Loop>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, held.toOpaque())
        guard problem == 0 else {
            held.release()
            throw MySQLError(.tooLarge, "cannot start a database thread: \(String(cString: strerror(problem)))")
        }
        pthread_detach(thread)
    }

    func stop() {
        pthread_mutex_lock(mutex)
        isStopping = true
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        pthread_mutex_lock(mutex)
        jobs.append(job)
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Asked for by `assumeIsolated` and its like, which trap where it says no.
    func isIsolatingCurrentContext() -> Bool? {
        thread.load(ordering: .relaxed) == UInt(pthread_self())
    }

    private func run() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        _ = pthread_setname_np(
            UInt(pthread_self()), String(decoding: name.utf8.prefix(Self.maximumNameBytes), as: UTF8.self))
        let executor = asUnownedSerialExecutor()
        while let batch = nextBatch() {
            for job in batch { job.runSynchronously(on: executor) }
        }
        mysql_thread_end()
        onEnd()
    }

    /// Waits for jobs; nil when there are none left and none to come.
    private func nextBatch() -> [UnownedJob]? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while jobs.isEmpty && !isStopping { pthread_cond_wait(condition, mutex) }
        guard !jobs.isEmpty else { return nil }
        defer { jobs.removeAll() }
        return jobs
    }
}
