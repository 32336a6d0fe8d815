import Events

/// What `lock history --summary` shows.
public func view(of summary: LockSummary, for viewer: Viewer) -> View {
    View(json: show(summary, summaryFields, for: viewer))
}

private let summaryFields: [Field<LockSummary>] = [
    .everyone("requests") { summary, _ in .integer(summary.requests) },
    .everyone("atOnce") { summary, _ in .integer(summary.atOnce) },
    .everyone("waits") { summary, viewer in .array(summary.waits.map { show($0, waitFields, for: viewer) }) },
    .everyone("paths") { summary, viewer in .array(summary.paths.map { show($0, contentionFields, for: viewer) }) },
    .everyone("histogram") { summary, viewer in .array(summary.histogram.map { show($0, stepFields, for: viewer) }) },
]

private let waitFields: [Field<LockSummary.Wait>] = [
    .everyone("position") { wait, _ in .integer(wait.position) },
    .everyone("at") { wait, _ in .known(wait.at) },
    .everyone("request") { wait, _ in .string(wait.request.text) },
    .everyone("session") { wait, _ in .string(wait.session.text) },
    .everyone("locks") { wait, _ in .locks(wait.locks) },
    .everyone("waited") { wait, _ in .integer(wait.waited) },
    .everyone("end") { wait, _ in .string(wait.end.rawValue) },
    .everyone("cause") { wait, _ in .known(wait.cause) },
    .administrators("reason") { wait, _ in .known(wait.reason) },
    .everyone("holder") { wait, viewer in wait.holder.map { show($0, holderFields, for: viewer) } },
]

private let contentionFields: [Field<LockSummary.Contention>] = [
    .everyone("path") { contention, _ in .string(contention.path.text) },
    .everyone("waits") { contention, _ in .integer(contention.waits) },
    .everyone("waited") { contention, _ in .integer(contention.waited) },
    .everyone("longest") { contention, _ in .integer(contention.longest) },
    .everyone("held") { contention, _ in .integer(contention.held) },
]

private let stepFields: [Field<LockSummary.Step>] = [
    .everyone("below") { step, _ in .known(step.below) },
    .everyone("count") { step, _ in .integer(step.count) },
]
