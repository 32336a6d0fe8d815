import System

/// How the attempt ended, and the sentence that says why.
struct Verdict {
    let cause: ExitRecord.Cause
    let evidence: String

    init(end: ProcessEnd?, startFailure: ExecFailure?, life: ShimLife, memoryKills: Int, leftoversKilled: Int) {
        var sentence: String
        switch (end?.cause, startFailure) {
        case (.exited(let code), _):
            cause = .exited(code)
            sentence = "the main process exited with \(code)"
        case (.signalled(let number, let coreDumped), _):
            cause = .signalled(number, coreDumped: coreDumped)
            sentence = "the main process was ended by \(Signals.name(of: number))\(coreDumped ? " (core dumped)" : "")"
        case (nil, let failure?):
            cause = .notStarted(exitCode: failure.exitCode)
            sentence = failure.description
        case (nil, nil):
            cause = .notStarted(exitCode: 126)
            sentence = "the main process was not started"
        }
        if life.timedOut { sentence += "; its timeout had passed" }
        if life.stopOrdered { sentence += "; a stop was ordered" }
        if memoryKills == 1 { sentence += "; the kernel killed 1 process of it for want of memory" }
        if memoryKills > 1 { sentence += "; the kernel killed \(memoryKills) processes of it for want of memory" }
        if leftoversKilled == 1 { sentence += "; 1 process outlived it and was killed" }
        if leftoversKilled > 1 { sentence += "; \(leftoversKilled) processes outlived it and were killed" }
        evidence = sentence
    }

    /// The record of an attempt whose start could not even be prepared.
    static func notStarted(_ reason: String) -> ExitRecord {
        ExitRecord(
            cause: .notStarted(exitCode: 126), stopOrdered: false, timedOut: false, outOfMemory: false,
            evidence: reason,
            usage: .ofReapedChildren, startedAt: nil, endedAt: .now, leftoversKilled: 0, logBytesLost: 0)
    }
}
