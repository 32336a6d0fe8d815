internal import Synchronization

/// Something that is started on one thread, and waited for on another one, but not for ever: who has waited for too long gets nothing,
/// and what is started then is ended at once.
final class LateStart<Value: Sendable>: Sendable {
    private enum State {
        case waitedFor
        case made(Result<Value, any Error>)
        case givenUp
    }

    private let state = Mutex(State.waitedFor)
    private let start: @Sendable () throws -> Value

    init(_ start: @escaping @Sendable () throws -> Value) { self.start = start }

    /// Starts it; `end` ends it where nobody waits any more.
    func make(_ end: (Value) -> Void) {
        let result = Result(catching: start)
        let isWanted = state.withLock { state in
            if case .givenUp = state { return false }
            state = .made(result)
            return true
        }
        if !isWanted, case .success(let value) = result { end(value) }
    }

    /// What was started; nil when it was not in time.
    func take() throws -> Value? {
        let result = state.withLock { state -> Result<Value, any Error>? in
            defer { state = .givenUp }
            if case .made(let result) = state { return result }
            return nil
        }
        return try result?.get()
    }
}
