import Events

/// A line of `replay --from … --to …`.
public func view(of step: ReplayStep, for viewer: Viewer) -> View {
    View(step, stepFields, for: viewer)
}

extension ReplayStep: Viewable {
    var about: Subject { .platform }
}

let stepFields: [Field<ReplayStep>] = [
    .everyone("position") { step, _ in .integer(step.position) },
    .everyone("at") { step, _ in .known(step.at) },
    .everyone("type") { step, _ in .string(step.kind.rawValue) },
    .administrators("difference") { step, _ in .string(step.difference) },
    .everyone("locks") { step, _ in step.subject.locks.isEmpty ? nil : .locks(step.subject.locks) },
    .everyone("sessions") { step, _ in
        step.subject.sessions.isEmpty ? nil : .strings(step.subject.sessions.map(\.text))
    },
    .everyone("tasks") { step, _ in step.subject.tasks.isEmpty ? nil : .strings(step.subject.tasks.map(\.text)) },
]
