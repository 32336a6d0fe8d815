import Events

/// What `app list` shows.
public func view(of apps: Apps, for viewer: Viewer) -> View {
    View(rows: apps.all, appFields, for: viewer)
}

/// What `app show` shows.
public func view(of app: AppRecord, for viewer: Viewer) -> View {
    View(app, appFields, for: viewer)
}

extension AppRecord: Viewable {
    var about: Subject { .apps([id]) }
}

/// Its operators see all of it but the notes.
let appFields: [Field<AppRecord>] = [
    .everyone("app") { app, _ in .string(app.id) },
    .everyone("domain") { app, _ in .string(app.settings.domain) },
    .everyone("state") { app, _ in .string(app.settings.isStopped ? AppChanges.stopped : AppChanges.running) },
    .operators("mail") { app, _ in .bool(app.settings.hasMail) },
    .operators("mailFrom") { app, _ in app.settings.hasMail ? .string(app.settings.from) : nil },
    .operators("requiresValidCertificate") { app, _ in .bool(app.settings.requiresValidCertificate) },
    .operators("operators") { app, _ in .strings(app.settings.operators) },
    .administrators("notes") { app, _ in .known(app.settings.notes) },
    .operators("envFile") { app, _ in .known(app.settings.envFile) },
    .operators("envOwner") { app, _ in .known(app.settings.envOwner) },
    .everyone("registeredAt") { app, _ in .known(app.registeredAt) },
    .operators("mailServer") { app, _ in app.appliedBy == nil ? nil : .known(app.applied?.server) },
    .operators("reconfiguredAt") { app, _ in .known(app.appliedBy?.at) },
    .operators("reconfiguredBy") { app, _ in .known(app.appliedBy?.task.text) },
    .operators("problem") { app, _ in .known(app.failure?.problem) },
]

/// What `app sync` answers.
public func view(of plan: AppPlan, for viewer: Viewer) -> View {
    View(plan, appPlanFields, for: viewer)
}

extension AppPlan: Viewable {
    var about: Subject { .platform }
}

let appPlanFields: [Field<AppPlan>] = [
    .administrators("removed") { plan, _ in .strings(plan.removed) },
    .administrators("registered") { plan, _ in .strings(plan.registered.map(\.app)) },
    .administrators("changed") { plan, _ in .strings(plan.changed.map(\.app)) },
]

/// What `app reconfigure --dry-run` answers.
public func view(of plan: ReconfigurationPlan, for viewer: Viewer) -> View {
    View(plan, reconfigurationFields, for: viewer)
}

extension ReconfigurationPlan: Viewable {
    var about: Subject { .apps([app]) }
}

let reconfigurationFields: [Field<ReconfigurationPlan>] = [
    .administrators("app") { plan, _ in .string(plan.app) },
    .administrators("wanted") { plan, _ in .known(plan.wanted?.server) },
    .administrators("applied") { plan, _ in .known(plan.applied?.server) },
    .administrators("mailFrom") { plan, _ in .known(plan.wanted?.from) },
    .administrators("task") { plan, _ in .string(plan.task) },
]
