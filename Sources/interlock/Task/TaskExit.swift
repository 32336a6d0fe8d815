import Events
import Projections

extension TaskStatus {
    /// The exit code of a command that waited for the task: as the task did.
    var exitCode: Int32 {
        guard let end = record.end else { return 0 }
        switch end.outcome {
        case .succeeded: return 0
        case .failed: return Int32(truncatingIfNeeded: end.exitCode ?? 1)
        case .crashed: return 128 + Int32(truncatingIfNeeded: end.signal ?? 0)
        case .timedOut: return 124
        case .stopped: return 143
        case .lost, .notStarted: return 70
        }
    }
}
