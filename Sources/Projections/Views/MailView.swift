public import Events

/// What `mail status` shows.
public func view(of status: MailStatus, for viewer: Viewer) -> View {
    View(json: show(status, statusFields, for: viewer))
}

/// What `mail show` shows.
public func view(of mail: Mail, for viewer: Viewer) -> View {
    View(json: show(mail, mailFields, for: viewer))
}

private let statusFields: [Field<MailStatus>] = [
    .everyone("name") { status, _ in .known(status.mail.name?.text) },
    .everyone("generation") { status, _ in .integer(status.mail.generation) },
    .everyone("previous") { status, _ in .strings(status.mail.previous.map(\.text)) },
    .administrators("wanted") { status, _ in .known(status.mail.wish?.name) },
    .administrators("problems") { status, viewer in problems(of: status.mail, for: viewer) },
    .administrators("apps") { status, viewer in
        .array(status.apps.map { show($0, statusAppFields, for: viewer) })
    },
]

private let statusAppFields: [Field<MailStatus.App>] = [
    .administrators("app") { app, _ in .string(app.app) },
    .administrators("wanted") { app, _ in .known(app.wanted) },
    .administrators("applied") { app, _ in .known(app.applied) },
    .administrators("state") { app, _ in .string(app.state.rawValue) },
    .administrators("reason") { app, _ in .known(app.reason) },
]

private let mailFields: [Field<Mail>] = [
    .everyone("name") { mail, _ in .known(mail.name?.text) },
    .everyone("generation") { mail, _ in .integer(mail.generation) },
    .everyone("previous") { mail, _ in .strings(mail.previous.map(\.text)) },
    .administrators("wanted") { mail, viewer in mail.wish.map { show($0, wishFields, for: viewer) } },
    .administrators("served") { mail, viewer in mail.served.map { show($0, servedFields, for: viewer) } },
    .administrators("refused") { mail, viewer in mail.refused.map { show($0, refusedFields, for: viewer) } },
    .administrators("problems") { mail, viewer in problems(of: mail, for: viewer) },
]

private func problems(of mail: Mail, for viewer: Viewer) -> JSONValue? {
    let problems = MailStep.allCases.compactMap { step in mail.problems[step].map { (step, $0) } }
    return problems.isEmpty ? nil : .array(problems.map { show($0, problemFields, for: viewer) })
}

private let problemFields: [Field<(MailStep, String)>] = [
    .administrators("step") { problem, _ in .string(problem.0.rawValue) },
    .administrators("problem") { problem, _ in .string(problem.1) },
]

private let wishFields: [Field<Mail.Wish>] = [
    .administrators("name") { wish, _ in .string(wish.name) },
    .administrators("by") { wish, _ in .string(wish.by) },
    .administrators("at") { wish, _ in .known(wish.at) },
]

private let servedFields: [Field<Mail.Served>] = [
    .administrators("names") { served, _ in .strings(served.names) },
    .administrators("certificate") { served, _ in .string(served.certificate) },
    .administrators("at") { served, _ in .known(served.at) },
]

private let refusedFields: [Field<Mail.Refused>] = [
    .administrators("name") { refused, _ in .string(refused.name) },
    .administrators("problem") { refused, _ in .string(refused.problem) },
]

/// What `mail rename` answers.
public func view(of plan: RenamePlan, for viewer: Viewer) -> View {
    View(json: show(plan, renameFields, for: viewer))
}

private let renameFields: [Field<RenamePlan>] = [
    .administrators("from") { plan, _ in .known(plan.from) },
    .administrators("to") { plan, _ in .string(plan.to) },
    .administrators("apps") { plan, _ in .strings(plan.apps) },
    .administrators("stopped") { plan, _ in .strings(plan.stopped) },
]
