import Events

/// What `lock history --summary` shows.
public func view(of summary: LockSummary, for viewer: Viewer) -> View {
    View(summary, summaryFields, for: viewer)
}

extension LockSummary: Viewable {
    var about: Subject { .platform }
}

let summaryFields: [Field<LockSummary>] = [
    .everyone("requests") { summary, _ in .integer(summary.requests) },
    .everyone("atOnce") { summary, _ in .integer(summary.atOnce) },
    .everyone("waits") { summary, onlooker in show(summary.waits, waitFields, for: onlooker) },
    .everyone("paths") { summary, onlooker in show(summary.paths, contentionFields, for: onlooker) },
    .everyone("histogram") { summary, onlooker in show(summary.histogram, histogramFields, for: onlooker) },
]

extension LockSummary.Wait: Viewable {
    var about: Subject { .locks(locks) }
}

let waitFields: [Field<LockSummary.Wait>] = [
    .everyone("position") { wait, _ in .integer(wait.position) },
    .everyone("at") { wait, _ in .known(wait.at) },
    .everyone("request") { wait, _ in .string(wait.request.text) },
    .everyone("session") { wait, _ in .string(wait.session.text) },
    .everyone("locks") { wait, _ in .locks(wait.locks) },
    .everyone("waited") { wait, _ in .integer(wait.waited) },
    .everyone("end") { wait, _ in .string(wait.end.rawValue) },
    .everyone("cause") { wait, _ in .known(wait.cause) },
    .operators("reason") { wait, _ in .known(wait.reason) },
    .everyone("holder") { wait, onlooker in wait.holder.map { show($0, holderFields, for: onlooker) } },
]

extension LockSummary.Contention: Viewable {
    var about: Subject { .path(path) }
}

let contentionFields: [Field<LockSummary.Contention>] = [
    .everyone("path") { contention, _ in .string(contention.path.text) },
    .everyone("waits") { contention, _ in .integer(contention.waits) },
    .everyone("waited") { contention, _ in .integer(contention.waited) },
    .everyone("longest") { contention, _ in .integer(contention.longest) },
    .everyone("held") { contention, _ in .integer(contention.held) },
]

extension LockSummary.Step: Viewable {
    var about: Subject { .whole }
}

let histogramFields: [Field<LockSummary.Step>] = [
    .everyone("below") { step, _ in .known(step.below) },
    .everyone("count") { step, _ in .integer(step.count) },
]
