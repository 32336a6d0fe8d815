import Events

/// What `log verify` answers.
public func view(of verdict: LogVerdict, for viewer: Viewer) -> View {
    View(verdict, verdictFields, for: viewer)
}

extension LogVerdict: Viewable {
    var about: Subject { .platform }
}

let verdictFields: [Field<LogVerdict>] = [
    .administrators("ok") { verdict, _ in
        if case .whole = verdict.finding { .bool(true) } else { .bool(false) }
    },
    .administrators("events") { verdict, _ in
        if case .whole(let events, _, _) = verdict.finding { .integer(events) } else { nil }
    },
    .administrators("head") { verdict, _ in
        if case .whole(_, let head, _) = verdict.finding { .integer(head) } else { nil }
    },
    .administrators("tip") { verdict, _ in
        if case .whole(_, _, let tip) = verdict.finding { .string(tip) } else { nil }
    },
    .administrators("position") { verdict, _ in
        if case .damaged(let position, _) = verdict.finding { .integer(position) } else { nil }
    },
    .administrators("problem") { verdict, _ in
        if case .damaged(_, let problem) = verdict.finding { .string(problem) } else { nil }
    },
]

/// What `log stats` answers.
public func view(of figures: LogFigures, for viewer: Viewer) -> View {
    View(figures, figureFields, for: viewer)
}

extension LogFigures: Viewable {
    var about: Subject { .platform }
}

let figureFields: [Field<LogFigures>] = [
    .administrators("events") { figures, _ in .integer(figures.events) },
    .administrators("bytes") { figures, _ in .integer(figures.bytes) },
    .administrators("types") { figures, _ in
        .object(figures.types.map { (name: $0.type, value: .integer($0.count)) })
    },
    .administrators("oldest") { figures, _ in .known(figures.oldest) },
    .administrators("newest") { figures, _ in .known(figures.newest) },
    .administrators("followers") { figures, onlooker in show(figures.followers, followerFields, for: onlooker) },
]

extension LogFigures.Follower: Viewable {
    var about: Subject { .whole }
}

let followerFields: [Field<LogFigures.Follower>] = [
    .administrators("name") { follower, _ in .string(follower.name) },
    .administrators("position") { follower, _ in .integer(follower.position) },
    .administrators("lag") { follower, _ in .integer(follower.lag) },
]

/// What `projection list` and `projection rebuild` answer.
public func view(of rows: [ProjectionStatus], for viewer: Viewer) -> View {
    View(rows: rows, projectionFields, for: viewer)
}

extension ProjectionStatus: Viewable {
    var about: Subject { .platform }
}

let projectionFields: [Field<ProjectionStatus>] = [
    .administrators("name") { row, _ in .string(row.name) },
    .administrators("version") { row, _ in .integer(row.version) },
    .administrators("position") { row, _ in .integer(row.position) },
    .administrators("bytes") { row, _ in .integer(row.bytes) },
]

/// What `projection check` answers.
public func view(of verdicts: [ProjectionVerdict], for viewer: Viewer) -> View {
    View(rows: verdicts, checkedFields, for: viewer)
}

extension ProjectionVerdict: Viewable {
    var about: Subject { .platform }
}

let checkedFields: [Field<ProjectionVerdict>] = [
    .administrators("name") { verdict, _ in .string(verdict.name) },
    .administrators("version") { verdict, _ in .known(verdict.version) },
    .administrators("position") { verdict, _ in .known(verdict.position) },
    .administrators("ok") { verdict, _ in .bool(verdict.difference == nil) },
    .administrators("difference") { verdict, _ in .known(verdict.difference) },
]
