internal import Events
internal import System

/// What the end of an attempt means, from the record of its shim.
struct AttemptOutcome: Equatable {
    var outcome: TaskFinished.Outcome
    var exitCode: Int?
    var signal: Int?
    var evidence: String
    var usage: Usage?

    init(_ outcome: TaskFinished.Outcome, evidence: String) {
        self.outcome = outcome
        self.evidence = evidence
    }

    /// Exactly one outcome: a time-out or an ordered stop explains any end that came after it, but a command that ended
    /// with 0 has done its work.
    init(_ record: ExitRecord) {
        evidence = record.evidence
        usage = Usage(
            cpuMilliseconds: Int(record.usage.cpuMicroseconds / 1000),
            maxResidentBytes: Int(clamping: record.usage.maxResidentBytes))
        switch record.cause {
        case .exited(let code):
            exitCode = Int(code)
            outcome =
                code == 0 ? .succeeded : record.timedOut ? .timedOut : record.stopOrdered ? .stopped : .failed
        case .signalled(let number, _):
            signal = Int(number)
            outcome = record.timedOut ? .timedOut : record.stopOrdered ? .stopped : .crashed
        case .notStarted(let code):
            exitCode = Int(code)
            outcome = .notStarted
            usage = nil
        }
    }
}
