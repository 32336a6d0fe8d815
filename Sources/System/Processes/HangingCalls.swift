/// Calls that may never return, such as statfs(2) on a mount whose server is away. They run on threads of their own, so that
/// nobody else waits with them.
///
/// One thread takes the calls of a round, one after the other, and then waits for the next round. Only where it makes no
/// progress does another take the rest, so there are as many threads as calls that hang, and one more. Of each name at most
/// one call is under way.
public final class HangingCalls: Sendable {
    /// The most threads; when all hang, no further call is made.
    public static let maximumThreads = 16
    /// Without progress for so long, another thread takes what is left.
    public static let patience = Duration.milliseconds(100)
    /// A round is over when patience has ended so often.
    public static let maximumPatiences = 20

    /// A call, by a name that no other of its round has.
    public struct Call<Value: Sendable>: Sendable {
        fileprivate let name: String
        fileprivate let body: @Sendable () -> Value

        /// `body` may take for ever.
        public init(_ name: String, _ body: @escaping @Sendable () -> Value) {
            (self.name, self.body) = (name, body)
        }
    }

    /// What has come of a call.
    public enum Outcome<Value: Sendable>: Sendable {
        /// It has returned.
        case done(Value)
        /// It has not returned in time; or one of that name from an earlier round has not yet.
        case hanging
        /// It was not made: no thread was free.
        case notMade
    }

    private let state = Monitor(Calls())
    private let patience: Duration?
    private let giveWay: Bool

    /// None is under way.
    ///
    /// - Parameters:
    ///   - patience: in place of the usual one.
    ///   - giveWay: the threads run, and go to disks, when nobody else wants to.
    public convenience init(patience: Duration = HangingCalls.patience, giveWay: Bool = false) {
        self.init(patience: .some(patience), giveWay: giveWay)
    }

    /// Without a patience it ends when a test says so.
    init(patience: Duration?, giveWay: Bool = false) { (self.patience, self.giveWay) = (patience, giveWay) }

    deinit {
        state.withLock { $0.isClosed = true }
        state.notify()
    }

    /// Calls that have not returned: between rounds, those that hang.
    public var underWay: Int { state.withLock { $0.names.count + $0.occupied.count } }

    /// Whether a call of that name has not returned.
    public func isUnderWay(_ name: String) -> Bool {
        state.withLock { $0.names.contains(name) || $0.occupied.contains(name) }
    }

    /// As if a call of that name had not returned, until it is released: no other one is made. It takes no thread.
    func occupy(_ name: String) { state.withLock { _ = $0.occupied.insert(name) } }
    func release(_ name: String) { state.withLock { _ = $0.occupied.remove(name) } }

    func losePatience() {
        state.withLock { $0.lostPatiences += 1 }
        state.notify()
    }

    /// Makes the calls, and blocks the calling thread until all have returned, but no longer than a round may take. In the
    /// calls' order.
    public func outcomes<Value: Sendable>(of calls: [Call<Value>]) -> [Outcome<Value>] {
        let round = Round<Value>(calls.count)
        let needsThread = state.withLock { state in
            state.lostPatiences = 0
            state.waiting += calls.enumerated().map { index, call in
                Job(round: round, name: call.name, begin: { round.outcomes[index] = .hanging }) {
                    let value = call.body()
                    return { round.outcomes[index] = .done(value) }
                }
            }
            // Who is in no call looks for the next one.
            return state.threads == state.names.count
        }
        state.notify()
        if needsThread { start() }
        var settled = 0
        for _ in 0..<Self.maximumPatiences where !hasEnded(round) {
            let isStuck = state.withLock { state in
                defer { settled = round.settled }
                return round.settled == settled && state.waiting.contains { $0.round === round }
            }
            if isStuck { start() }
        }
        return state.withLock { state in
            round.isOver = true
            state.waiting.removeAll { $0.round === round }
            return round.outcomes
        }
    }

    /// The same of one call, for a task: a thread of its own waits in its place, as long as a round may take.
    public func outcome<Value: Sendable>(of call: Call<Value>) async -> Outcome<Value> {
        await withCheckedContinuation { continuation in
            let isStarted = startThread(named: "waiting") { [self] in
                continuation.resume(returning: outcomes(of: [call]).first ?? .notMade)
            }
            if !isStarted { continuation.resume(returning: .notMade) }
        }
    }

    /// True when all calls of the round have returned, false when patience has ended.
    private func hasEnded<Value>(_ round: Round<Value>) -> Bool {
        let deadline = patience.map { MonotonicTime.now.advanced(by: $0) }
        return state.wait(until: deadline) { state -> Bool? in
            if round.settled == round.outcomes.count { return true }
            guard state.lostPatiences > 0 else { return nil }
            state.lostPatiences -= 1
            return false
        } ?? false
    }

    /// Another thread, if there may be one.
    private func start() {
        let number = state.withLock { state -> Int? in
            guard state.threads < Self.maximumThreads else { return nil }
            state.threads += 1
            state.started += 1
            return state.started
        }
        guard let number else { return }
        let state = state
        let isStarted = startThread(named: "hanging", givesWay: giveWay) {
            while case .some(let job?) = state.wait(for: { $0.next(of: number) }) {
                let finish = job.run()
                let isLast = state.withLock { state in
                    state.names.remove(job.name)
                    guard !job.round.isOver else { return false }
                    finish()
                    return job.round.settle()
                }
                if isLast { state.notify() }
            }
        }
        if !isStarted { state.withLock { $0.threads -= 1 } }
    }
}

/// A call that waits for a thread.
private struct Job: Sendable {
    let round: AnyRound
    let name: String
    /// With the lock.
    let begin: @Sendable () -> Void
    /// Without the lock; what it answers is called with it, if the round still wants it.
    let run: @Sendable () -> @Sendable () -> Void
}

/// All calls that wait or are under way.
private struct Calls {
    var waiting: [Job] = []
    /// Of calls that have not returned, each on a thread of its own.
    var names: Set<String> = []
    var occupied: Set<String> = []
    var threads = 0
    var started = 0
    /// The thread that waits for the next round.
    var idle: Int?
    var lostPatiences = 0
    var isClosed = false

    /// What a thread does next: a job, nothing any more (`.some(nil)`), or wait (nil). One thread waits.
    mutating func next(of thread: Int) -> Job?? {
        while !waiting.isEmpty {
            let job = waiting.removeFirst()
            job.begin()
            guard !occupied.contains(job.name), names.insert(job.name).inserted else {
                _ = job.round.settle()
                continue
            }
            if idle == thread { idle = nil }
            return job
        }
        guard !isClosed, idle ?? thread == thread else {
            threads -= 1
            return .some(nil)
        }
        idle = thread
        return nil
    }
}

// Unchecked: both are touched with the lock held only.
private class AnyRound: @unchecked Sendable {
    let count: Int
    var settled = 0
    var isOver = false

    init(_ count: Int) { self.count = count }

    /// True for the last one.
    func settle() -> Bool {
        settled += 1
        return settled == count
    }
}

private final class Round<Value: Sendable>: AnyRound, @unchecked Sendable {
    var outcomes: [HangingCalls.Outcome<Value>]

    override init(_ count: Int) {
        outcomes = Array(repeating: .notMade, count: count)
        super.init(count)
    }
}
