import Synchronization
import System

/// The signals that this program gets while it stands before or over a command: they cancel its asking, and are passed on to
/// the command once that runs. One task listens all the time, so that none is lost in between.
final class Interruption: Sendable {
    private enum Duty {
        /// Signals are kept for whoever comes next.
        case none
        case cancelling(@Sendable () -> Void)
        case forwarding(GatedChild)
    }

    private struct State {
        var duty = Duty.none
        var pending: [ReceivedSignal] = []
        var first: ReceivedSignal?
    }

    private let state = Mutex(State())

    init(_ signals: AsyncStream<ReceivedSignal>) {
        // A second loop over one stream would get nothing: whoever cancels a loop ends its stream.
        Task { for await signal in signals { self.take(signal) } }
    }

    /// The signal that cancelled the work.
    var received: ReceivedSignal? { state.withLock { $0.first } }

    /// Runs `work`; a signal cancels it.
    func cancelling<Answer: Sendable>(
        _ work: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        let task = Task { try await work() }
        begin(.cancelling { task.cancel() })
        defer { state.withLock { $0.duty = .none } }
        return try await task.value
    }

    /// Waits for the command's end and passes on to it what comes meanwhile.
    func forwarding(to child: GatedChild) async -> ProcessEnd {
        begin(.forwarding(child))
        return await child.wait()
    }

    private func begin(_ duty: Duty) {
        let pending = state.withLock { state in
            state.duty = duty
            defer { state.pending = [] }
            return state.pending
        }
        for signal in pending { take(signal) }
    }

    private func take(_ signal: ReceivedSignal) {
        let duty = state.withLock { state in
            switch state.duty {
            case .none: state.pending.append(signal)
            case .cancelling: state.first = state.first ?? signal
            case .forwarding: break
            }
            return state.duty
        }
        switch duty {
        case .none: break
        case .cancelling(let cancel): cancel()
        // A command that has ended needs no signal.
        case .forwarding(let child): try? child.forward(signal)
        }
    }
}
