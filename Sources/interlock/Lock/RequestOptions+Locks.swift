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
                .notObtained, code: "not-obtained", "not obtained: " + WaitNotice.sentence(obstacles),
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

    @Sendable func tell(_ obstacles: [LockRequest.Obstacle]) {
        context.streams.error(oneLine("interlock: waiting: " + Self.sentence(obstacles)))
    }

    /// Names who holds first, then who is before; each session once.
    static func sentence(_ obstacles: [LockRequest.Obstacle]) -> String {
        guard !obstacles.isEmpty else { return "others are before" }
        var named: Set<SessionID> = []
        let parts = obstacles.filter { named.insert($0.session.id).inserted }.prefix(maximumNamed).map { obstacle in
            let verb = obstacle.blocker.kind == .held ? "is held by" : "is waited for earlier by"
            var part = "\(obstacle.blocker.path) \(verb) \(obstacle.session.name)"
            if let since = obstacle.since { part += " since \(since)" }
            if let reason = obstacle.reason { part += " (\(reason))" }
            return part
        }
        let rest = named.count > parts.count ? ", and \(named.count - parts.count) more" : ""
        return parts.joined(separator: "; ") + rest
    }

    static let maximumNamed = 3
}
