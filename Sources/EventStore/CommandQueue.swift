internal import Events
internal import Synchronization

/// A command that waits for its transaction, with the one who waits for the answer. A class, because each copy of a
/// generic value looks its type up at run time.
final class Pending<Machine: StoredMachine>: Sendable {
    let submission: Submission<Machine.Command>
    let answer: CheckedContinuation<Receipt<Machine.Reply>, any Error>

    init(submission: Submission<Machine.Command>, answer: CheckedContinuation<Receipt<Machine.Reply>, any Error>) {
        self.submission = submission
        self.answer = answer
    }
}

/// The commands that arrive while a commit is in flight, in their order.
final class CommandQueue<Machine: StoredMachine>: Sendable {
    private struct Contents {
        var waiting: [Pending<Machine>] = []
        /// True from the moment somebody was told to drain until the queue was found empty.
        var isDraining = false
    }

    enum Admission {
        /// Nobody drains: the caller must see to it.
        case first
        case behindOthers
        case full
    }

    private let contents = Mutex(Contents())
    private let bound: Int

    init(bound: Int) {
        self.bound = bound
    }

    func add(_ pending: Pending<Machine>) -> Admission {
        contents.withLock { contents in
            guard contents.waiting.count < bound else { return .full }
            contents.waiting.append(pending)
            defer { contents.isDraining = true }
            return contents.isDraining ? .behindOthers : .first
        }
    }

    /// The next commands, at most `limit`; when there are none the drain is over.
    func take(_ limit: Int) -> [Pending<Machine>] {
        contents.withLock { contents in
            let batch = Array(contents.waiting.prefix(limit))
            contents.waiting.removeFirst(batch.count)
            if batch.isEmpty { contents.isDraining = false }
            return batch
        }
    }
}
