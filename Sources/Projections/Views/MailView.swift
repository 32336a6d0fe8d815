import Events

/// What `mail status` shows.
public func view(of status: MailStatus, for viewer: Viewer) -> View {
    View(status, mailStatusFields, for: viewer)
}

/// What `mail show` shows.
public func view(of mail: Mail, for viewer: Viewer) -> View {
    View(mail, mailFields, for: viewer)
}

extension MailStatus: Viewable {
    var about: Subject { .platform }
}

let mailStatusFields: [Field<MailStatus>] = [
    .everyone("name") { status, _ in .known(status.mail.name?.text) },
    .everyone("generation") { status, _ in .integer(status.mail.generation) },
    .everyone("previous") { status, _ in .strings(status.mail.previous.map(\.text)) },
    .mailmanagers("wanted") { status, _ in .known(status.mail.wish?.name) },
    .mailmanagers("refused") { status, onlooker in
        status.refused.map { show($0, refusedNameFields, for: onlooker) }
    },
    .mailmanagers("problems") { status, onlooker in problems(of: status.mail, for: onlooker) },
    .mailmanagers("apps") { status, onlooker in show(status.apps, mailAppFields, for: onlooker) },
]

extension MailStatus.App: Viewable {
    var about: Subject { .apps([app]) }
}

/// Why not yet tells what people call who is in the way, and how tasks ended.
let mailAppFields: [Field<MailStatus.App>] = [
    .mailmanagers("app") { app, _ in .string(app.app) },
    .mailmanagers("wanted") { app, _ in .known(app.wanted) },
    .mailmanagers("applied") { app, _ in .known(app.applied) },
    .mailmanagers("state") { app, _ in .string(app.state.rawValue) },
    .administrators("reason") { app, _ in .known(app.reason) },
]

extension Mail: Viewable {
    var about: Subject { .platform }
}

let mailFields: [Field<Mail>] = [
    .everyone("name") { mail, _ in .known(mail.name?.text) },
    .everyone("generation") { mail, _ in .integer(mail.generation) },
    .everyone("previous") { mail, _ in .strings(mail.previous.map(\.text)) },
    .mailmanagers("wanted") { mail, onlooker in mail.wish.map { show($0, wishFields, for: onlooker) } },
    .mailmanagers("served") { mail, onlooker in mail.served.map { show($0, servedFields, for: onlooker) } },
    .mailmanagers("refused") { mail, onlooker in mail.refused.map { show($0, refusedNameFields, for: onlooker) } },
    .mailmanagers("problems") { mail, onlooker in problems(of: mail, for: onlooker) },
]

/// What a step of a rename waits for.
struct MailProblem: Sendable {
    let step: MailStep
    let problem: String
}

private func problems(of mail: Mail, for onlooker: Onlooker) -> JSONValue? {
    let problems = MailStep.allCases.compactMap { step in
        mail.problems[step].map { MailProblem(step: step, problem: $0) }
    }
    return problems.isEmpty ? nil : show(problems, mailProblemFields, for: onlooker)
}

extension MailProblem: Viewable {
    var about: Subject { .whole }
}

let mailProblemFields: [Field<MailProblem>] = [
    .mailmanagers("step") { problem, _ in .string(problem.step.rawValue) },
    .mailmanagers("problem") { problem, _ in .string(problem.problem) },
]

extension Mail.Wish: Viewable {
    var about: Subject { .whole }
}

let wishFields: [Field<Mail.Wish>] = [
    .mailmanagers("name") { wish, _ in .string(wish.name) },
    .mailmanagers("by") { wish, _ in .string(wish.by) },
    .mailmanagers("at") { wish, _ in .known(wish.at) },
]

extension Mail.Served: Viewable {
    var about: Subject { .whole }
}

let servedFields: [Field<Mail.Served>] = [
    .mailmanagers("names") { served, _ in .strings(served.names) },
    .mailmanagers("certificate") { served, _ in .string(served.certificate) },
    .mailmanagers("at") { served, _ in .known(served.at) },
]

extension Mail.Refused: Viewable {
    var about: Subject { .whole }
}

let refusedNameFields: [Field<Mail.Refused>] = [
    .mailmanagers("name") { refused, _ in .string(refused.name) },
    .mailmanagers("problem") { refused, _ in .string(refused.problem) },
]

/// What `mail rename` answers.
public func view(of plan: RenamePlan, for viewer: Viewer) -> View {
    View(plan, renameFields, for: viewer)
}

extension RenamePlan: Viewable {
    var about: Subject { .platform }
}

let renameFields: [Field<RenamePlan>] = [
    .administrators("from") { plan, _ in .known(plan.from) },
    .administrators("to") { plan, _ in .string(plan.to) },
    .administrators("apps") { plan, _ in .strings(plan.apps) },
    .administrators("stopped") { plan, _ in .strings(plan.stopped) },
]
