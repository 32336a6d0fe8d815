internal import CSystem
internal import Glibc
internal import Synchronization

/// One thread of this process that waits with epoll(7) for everybody, so that nobody blocks the cooperative pool. It begins
/// with the first registration and then stays.
final class Readiness: Sendable {
    static let shared = Readiness()

    /// What is waited for.
    enum Interest {
        case reading, writing
    }

    /// Called once, on the waiting thread: true when the descriptor became ready, false when the time had passed.
    typealias Handler = @Sendable (_ ready: Bool) -> Void

    private struct Waiter {
        var deadline: MonotonicTime?
        var handler: Handler
    }

    private struct State {
        var epoll: Int32 = -1
        var wake: Int32 = -1
        var waiters: [Int32: Waiter] = [:]
    }

    private let state = Mutex(State())
    private static let readyAtOnce = 64

    /// Calls `handler` once, when the descriptor can be read (or written) or the deadline has passed. The descriptor must stay
    /// open until then or until `cancel`; one registration a descriptor. Throws `.busy` for a second one, `.exhausted` without
    /// memory.
    func once(
        _ descriptor: Int32, for interest: Interest = .reading, deadline: MonotonicTime? = nil,
        _ handler: @escaping Handler
    ) throws(SystemError) {
        var failure: SystemError?
        let wake: Int32 = state.withLock { state in
            failure = Self.start(&state, self)
            guard failure == nil else { return -1 }
            guard cs_epoll_add(state.epoll, descriptor, interest == .writing ? 1 : 0, 1) == 0 else {
                failure =
                    errno == EEXIST
                    ? SystemError(.busy, "somebody waits for this descriptor already")
                    : SystemError(errno: errno, "wait")
                return -1
            }
            state.waiters[descriptor] = Waiter(deadline: deadline, handler: handler)
            return deadline == nil ? -1 : state.wake
        }
        if let failure { throw failure }
        if wake >= 0 { Self.ring(wake) }
    }

    /// Takes a registration back; true when its handler was not and will not be called.
    @discardableResult
    func cancel(_ descriptor: Int32) -> Bool {
        state.withLock { state in
            guard state.waiters.removeValue(forKey: descriptor) != nil else { return false }
            cs_epoll_remove(state.epoll, descriptor)
            return true
        }
    }

    /// Waits until the descriptor can be read (true), the deadline has passed or the task was cancelled (false).
    func readable(_ descriptor: Int32, deadline: MonotonicTime? = nil) async throws(SystemError) -> Bool {
        try await ready(descriptor, for: .reading, deadline: deadline)
    }

    /// Waits until the descriptor can be read or written, as asked (true), the deadline has passed or the task was cancelled
    /// (false).
    func ready(
        _ descriptor: Int32, for interest: Interest, deadline: MonotonicTime? = nil
    ) async throws(SystemError) -> Bool {
        let once = OneAnswer()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<Bool, SystemError>, Never>) in
                once.begin(continuation)
                do throws(SystemError) {
                    try self.once(descriptor, for: interest, deadline: deadline) { once.answer(.success($0)) }
                } catch {
                    once.answer(.failure(error))
                }
                if Task.isCancelled && cancel(descriptor) { once.answer(.success(false)) }
            }
        } onCancel: {
            if cancel(descriptor) { once.answer(.success(false)) }
        }
        return try result.get()
    }

    private static func start(_ state: inout State, _ me: Readiness) -> SystemError? {
        guard state.epoll < 0 else { return nil }
        let epoll = cs_epoll()
        guard epoll >= 0 else { return SystemError(errno: errno, "make an epoll descriptor") }
        let wake = cs_event()
        guard wake >= 0 else { return SystemError(errno: errno, "make an eventfd") }
        guard cs_epoll_add(epoll, wake, 0, 0) == 0 else { return SystemError(errno: errno, "wait for an eventfd") }
        state.epoll = epoll
        state.wake = wake
        startThread(named: "readiness") { me.run(epoll, wake) }
        return nil
    }

    private func run(_ epoll: Int32, _ wake: Int32) {
        var ready = [Int32](repeating: -1, count: Self.readyAtOnce)
        while true {
            let count = cs_epoll_wait(epoll, &ready, Int32(ready.count), nextTimeout())
            var due: [(Handler, Bool)] = []
            state.withLock { state in
                for descriptor in ready.prefix(Int(max(0, count))) {
                    if descriptor == wake {
                        var value: UInt64 = 0
                        _ = read(wake, &value, 8)
                    } else if let waiter = state.waiters.removeValue(forKey: descriptor) {
                        cs_epoll_remove(epoll, descriptor)
                        due.append((waiter.handler, true))
                    }
                }
                let now = MonotonicTime.now
                for (descriptor, waiter) in state.waiters where waiter.deadline.map({ $0 <= now }) ?? false {
                    state.waiters[descriptor] = nil
                    cs_epoll_remove(epoll, descriptor)
                    due.append((waiter.handler, false))
                }
            }
            for (handler, readable) in due { handler(readable) }
        }
    }

    private func nextTimeout() -> Int32 {
        let nearest = state.withLock { $0.waiters.values.compactMap(\.deadline).min() }
        guard let nearest else { return -1 }
        return Int32(clamping: nearest.millisecondsFromNow)
    }

    private static func ring(_ wake: Int32) {
        var one: UInt64 = 1
        _ = write(wake, &one, 8)
    }
}

/// Resumes a continuation once, whoever comes first.
private final class OneAnswer: Sendable {
    private let waiting = Mutex<CheckedContinuation<Result<Bool, SystemError>, Never>?>(nil)

    func begin(_ continuation: CheckedContinuation<Result<Bool, SystemError>, Never>) {
        waiting.withLock { $0 = continuation }
    }

    func answer(_ result: Result<Bool, SystemError>) {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(returning: result)
    }
}
