public import Events

/// What `app list` shows.
public func view(of apps: Apps, for viewer: Viewer) -> View {
    View(json: .array(apps.all.map { show($0, appFields, for: viewer) }))
}

/// What `app show` shows.
public func view(of app: AppRecord, for viewer: Viewer) -> View {
    View(json: show(app, appFields, for: viewer))
}

private let appFields: [Field<AppRecord>] = [
    .everyone("app") { app, _ in .string(app.id) },
    .everyone("domain") { app, _ in .string(app.settings.domain) },
    .everyone("state") { app, _ in .string(app.settings.isStopped ? AppChanges.stopped : AppChanges.running) },
    .administrators("mail") { app, _ in .bool(app.settings.hasMail) },
    .administrators("mailFrom") { app, _ in app.settings.hasMail ? .string(app.settings.from) : nil },
    .administrators("requiresValidCertificate") { app, _ in .bool(app.settings.requiresValidCertificate) },
    .administrators("operators") { app, _ in .strings(app.settings.operators) },
    .administrators("notes") { app, _ in .known(app.settings.notes) },
    .administrators("envFile") { app, _ in .known(app.settings.envFile) },
    .administrators("envOwner") { app, _ in .known(app.settings.envOwner) },
    .everyone("registeredAt") { app, _ in .known(app.registeredAt) },
    .administrators("mailServer") { app, _ in app.appliedBy == nil ? nil : .known(app.applied?.server) },
    .administrators("reconfiguredAt") { app, _ in .known(app.appliedBy?.at) },
    .administrators("reconfiguredBy") { app, _ in .known(app.appliedBy?.task.text) },
    .administrators("problem") { app, _ in .known(app.failure?.problem) },
]

/// What `app sync` answers.
public func view(of plan: AppPlan, for viewer: Viewer) -> View {
    View(json: show(plan, planFields, for: viewer))
}

private let planFields: [Field<AppPlan>] = [
    .administrators("removed") { plan, _ in .strings(plan.removed) },
    .administrators("registered") { plan, _ in .strings(plan.registered.map(\.app)) },
    .administrators("changed") { plan, _ in .strings(plan.changed.map(\.app)) },
]

/// What `app reconfigure --dry-run` answers.
public func view(of plan: ReconfigurationPlan, for viewer: Viewer) -> View {
    View(json: show(plan, reconfigurationFields, for: viewer))
}

private let reconfigurationFields: [Field<ReconfigurationPlan>] = [
    .administrators("app") { plan, _ in .string(plan.app) },
    .administrators("wanted") { plan, _ in .known(plan.wanted?.server) },
    .administrators("applied") { plan, _ in .known(plan.applied?.server) },
    .administrators("mailFrom") { plan, _ in .known(plan.wanted?.from) },
    .administrators("task") { plan, _ in .string(plan.task) },
]
