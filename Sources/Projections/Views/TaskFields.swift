import Events

extension TaskStatus: Viewable {
    var about: Subject { .apps([record.order.app].compactMap { $0 }) }
}

let taskFields: [Field<TaskStatus>] = [
    .everyone("task") { task, _ in .string(task.record.id.text) },
    .everyone("type") { task, _ in .string(task.record.order.type) },
    .everyone("app") { task, _ in .known(task.record.order.app) },
    .everyone("state") { task, _ in .string(task.state) },
    .everyone("existing") { task, _ in task.isExisting ? .bool(true) : nil },
    .everyone("outcome") { task, _ in .known(task.record.end?.outcome.rawValue) },
    .everyone("exitCode") { task, _ in .known(task.record.end?.exitCode) },
    .everyone("signal") { task, _ in .known(task.record.end?.signal) },
    .operators("evidence") { task, _ in .known(task.record.end?.evidence) },
    .everyone("attempt") { task, _ in
        task.record.claimedAt == nil && task.record.end == nil && task.record.lastEnd == nil
            ? nil : .integer(task.record.attempt)
    },
    .everyone("waitingFor") { task, onlooker in
        task.waitingFor.isEmpty ? nil : show(task.waitingFor, obstacleFields, for: onlooker)
    },
    .everyone("queuedAt") { task, _ in .known(task.record.queuedAt) },
    .everyone("notBefore") { task, _ in .known(task.record.notBefore) },
    .everyone("retries") { task, _ in .known(task.record.order.retries) },
    .everyone("lastOutcome") { task, _ in .known(task.record.lastEnd?.outcome.rawValue) },
    .operators("lastEvidence") { task, _ in .known(task.record.lastEnd?.evidence) },
    .everyone("startedAt") { task, _ in .known(task.record.startedAt) },
    .everyone("finishedAt") { task, _ in .known(task.record.finishedAt) },
    .everyone("pid") { task, _ in task.record.end == nil ? .known(task.record.start?.process.pid) : nil },
    .everyone("host") { task, _ in .known(task.record.host) },
    .everyone("progress") { task, onlooker in task.record.progress.map { show($0, progressFields, for: onlooker) } },
    .operators("arguments") { task, _ in
        .object(
            task.record.order.arguments.sorted { $0.key < $1.key }.map { (name: $0.key, value: .string($0.value)) })
    },
    .operators("secrets") { task, _ in
        task.record.order.secrets.isEmpty ? nil : .strings(task.record.order.secrets)
    },
    .administrators("unique") { task, _ in .known(task.record.order.unique) },
    .administrators("requestedBy") { task, _ in .known(task.record.order.requestedBy) },
    .administrators("stop") { task, onlooker in task.record.stop.map { show($0, stopFields, for: onlooker) } },
    .everyone("scheduledFor") { task, _ in .known(task.record.order.scheduled?.at) },
    .everyone("usage") { task, onlooker in task.record.end?.usage.map { show($0, usageFields, for: onlooker) } },
]

extension TaskRecord.Progress: Viewable {
    var about: Subject { .whole }
}

let progressFields: [Field<TaskRecord.Progress>] = [
    .everyone("percent") { progress, _ in .integer(progress.percent) },
    .operators("message") { progress, _ in .known(progress.message) },
]

extension TaskRecord.StopOrder: Viewable {
    var about: Subject { .whole }
}

let stopFields: [Field<TaskRecord.StopOrder>] = [
    .administrators("by") { stop, _ in .string(stop.by) },
    .administrators("reason") { stop, _ in .known(stop.reason) },
    .administrators("now") { stop, _ in stop.now ? .bool(true) : nil },
]

extension Usage: Viewable {
    var about: Subject { .whole }
}

let usageFields: [Field<Usage>] = [
    .everyone("cpuSeconds") { usage, _ in .number(usage.cpuSeconds) },
    .everyone("maxResidentBytes") { usage, _ in .integer(usage.maxResidentBytes) },
]
