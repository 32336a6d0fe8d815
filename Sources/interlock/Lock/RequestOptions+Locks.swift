import Events
import Projections
import Runner
import System

extension RequestOptions {
    /// The whole set that is asked for.
    var locks: [Lock] {
        paths.map { Lock($0, .exclusive) } + shared.map { Lock($0, .shared) } + slots.map { Lock($0, .slot) }
    }

    var patience: LockRequest.Patience {
        if noWait { return .none }
        return wait.map { .upTo($0) } ?? .forever
    }
}

extension [Lock] {
    /// As a command finds them in its environment.
    var json: JSONValue {
        .array(map { .fields(("path", .string($0.path.text)), ("mode", .string($0.mode.rawValue))) })
    }
}

extension CommandFailure {
    /// Why locks were not obtained, as 75; anything else as it is.
    init(obtaining error: any Error) {
        switch error {
        case LockRequest.Failure.notObtained(let obstacles):
            self.init(
                .notObtained, code: "not-obtained",
                "not obtained: " + LockWaitText().text(of: view(of: obstacles, for: .administrator), on: .line),
                hint: "Wait longer with --wait, or see: interlock lock list")
        case LockRequest.Failure.cancelled:
            self.init(.notObtained, code: "cancelled", "the request was cancelled")
        case LockRequest.Failure.withdrawn:
            self.init(
                .notObtained, code: "withdrawn", "the request was withdrawn: its session was ended by another process")
        default:
            self = CommandFailure(known: error) ?? CommandFailure(.failed, code: "failed", "\(error)")
        }
    }
}

/// What is said to a person who waits.
struct WaitNotice: Sendable {
    let context: Context

    init(_ context: Context) {
        self.context = context
    }

    @Sendable func tell(_ obstacles: [Obstacle]) {
        let text = LockWaitText().text(of: view(of: obstacles, for: .administrator), on: .line)
        context.streams.error(oneLine("interlock: waiting: " + text))
    }
}
