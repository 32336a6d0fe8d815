import Dispatch
import Glibc
import Synchronization
import Testing

@testable import System

/// How often something has happened, for who waits for it.
private final class Count: Sendable {
    private struct State {
        var count = 0
        var waiting: [(least: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())

    var value: Int { state.withLock { $0.count } }

    func add() {
        let ready = state.withLock { state in
            state.count += 1
            defer { state.waiting.removeAll { $0.least <= state.count } }
            return state.waiting.filter { $0.least <= state.count }
        }
        for one in ready { one.continuation.resume() }
    }

    func reaches(_ least: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                guard state.count < least else { return true }
                state.waiting.append((least, continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }
}

/// Calls that return when they are let.
private final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    let entered = Count()

    func pass() {
        entered.add()
        semaphore.wait()
        semaphore.signal()
    }

    func open() { semaphore.signal() }
}

extension HangingCalls.Outcome where Value: Equatable {
    fileprivate func isDone(_ value: Value) -> Bool { if case .done(value) = self { true } else { false } }
    fileprivate var isHanging: Bool { if case .hanging = self { true } else { false } }
    fileprivate var isNotMade: Bool { if case .notMade = self { true } else { false } }
}

@Suite("Calls that may hang", .timeLimit(.minutes(5)))
struct HangingCallsTests {
    private let ended = Count()

    private func outcomes<Value>(
        _ calls: HangingCalls, _ list: [HangingCalls.Call<Value>]
    ) async throws -> [HangingCalls.Outcome<Value>] {
        defer { ended.add() }
        return try await BlockingCall.run { calls.outcomes(of: list) }
    }

    /// The round is to end now, the first one or a later one.
    private func end(_ calls: HangingCalls, round: Int) async {
        while ended.value < round {
            calls.losePatience()
            await Task.yield()
        }
    }

    @Test("are all made by one thread when none does, round by round")
    func healthy() async throws {
        let threads = Mutex<Set<UInt>>([])
        let calls = HangingCalls(patience: nil)
        for _ in 0..<5 {
            let outcomes = try await outcomes(
                calls,
                (0..<20).map { number in
                    HangingCalls.Call("\(number)") {
                        threads.withLock { _ = $0.insert(UInt(pthread_self())) }
                        return number
                    }
                })
            #expect(zip(0..., outcomes).allSatisfy { $1.isDone($0) } && outcomes.count == 20)
        }
        #expect(threads.withLock { $0.count } == 1 && calls.underWay == 0)
        #expect(try await outcomes(calls, [HangingCalls.Call<Int>]()).isEmpty)
    }

    @Test("cost only themselves, also in the first round, and are not made again before they have returned")
    func hangs() async throws {
        let calls = HangingCalls(patience: nil)
        let (gate, others) = (Gate(), Count())
        let list =
            [
                HangingCalls.Call("hangs") {
                    gate.pass()
                    return 0
                }
            ]
            + (1...3).map { number in
                HangingCalls.Call("\(number)") {
                    others.add()
                    return number
                }
            }
        async let first = outcomes(calls, list)
        await gate.entered.reaches(1)
        // Nobody takes the others before patience ends once.
        #expect(others.value == 0)
        calls.losePatience()
        await others.reaches(3)
        while calls.underWay > 1 { await Task.yield() }
        await end(calls, round: 1)
        let one = try await first
        #expect(one[0].isHanging && zip(1..., one.dropFirst()).allSatisfy { $1.isDone($0) })
        // What is told at once to be hanging keeps nobody waiting.
        let two = try await outcomes(calls, list)
        #expect(two[0].isHanging && zip(1..., two.dropFirst()).allSatisfy { $1.isDone($0) })
        #expect(gate.entered.value == 1 && calls.underWay == 1)
        gate.open()
        while calls.underWay > 0 { await Task.yield() }
        #expect(try await outcomes(calls, list)[0].isDone(0))
    }

    @Test("take no more threads than there may be; what none is left for is not made, and said to be so")
    func bounded() async throws {
        let calls = HangingCalls(patience: nil)
        let gate = Gate()
        let list = (0..<HangingCalls.maximumThreads + 3).map { number in
            HangingCalls.Call("\(number)") { () -> Int in
                gate.pass()
                return number
            }
        }
        async let first = outcomes(calls, list)
        // Each time patience ends one more hangs.
        for hanging in 1...HangingCalls.maximumThreads {
            await gate.entered.reaches(hanging)
            calls.losePatience()
        }
        await end(calls, round: 1)
        let one = try await first
        #expect(one.prefix(HangingCalls.maximumThreads).allSatisfy { $0.isHanging })
        #expect(one.suffix(3).allSatisfy { $0.isNotMade })
        async let second = outcomes(calls, [HangingCalls.Call("later") { 1 }])
        await end(calls, round: 2)
        #expect(try await second[0].isNotMade && gate.entered.value == HangingCalls.maximumThreads)
        gate.open()
        while calls.underWay > 0 { await Task.yield() }
        #expect(try await outcomes(calls, [HangingCalls.Call("later") { 1 }])[0].isDone(1))
    }
}

@Suite("Work that is repeated", .timeLimit(.minutes(5)))
struct RepetitionTests {
    @Test("begins at once, goes on, and ends when nobody has it any more")
    func repeats() async throws {
        let (count, over) = (Count(), Count())
        final class Held: Sendable {
            let over: Count
            init(_ over: Count) { self.over = over }
            deinit { over.add() }
        }
        var repetition: Repetition? = try { [held = Held(over)] in
            try Repetition(every: .milliseconds(1)) {
                withExtendedLifetime(held) {}
                count.add()
            }
        }()
        await count.reaches(3)
        withExtendedLifetime(repetition) {}
        repetition = nil
        await over.reaches(1)
    }
}
