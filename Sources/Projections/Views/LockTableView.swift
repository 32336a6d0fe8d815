import Events

/// What `lock list` shows.
public func view(of table: LockTable, for viewer: Viewer) -> View {
    View(table, tableFields, for: viewer)
}

/// What `lock acquire` answers.
public func view(of acquired: Acquired, for viewer: Viewer) -> View {
    View(acquired, acquiredFields, for: viewer)
}

extension LockTable: Viewable {
    var about: Subject { .platform }
}

let tableFields: [Field<LockTable>] = [
    .everyone("position") { table, _ in .integer(table.position) },
    .everyone("held") { table, onlooker in show(table.held, heldFields, for: onlooker) },
    .everyone("waiting") { table, onlooker in show(table.waiting, waitingFields, for: onlooker) },
]

extension Acquired: Viewable {
    var about: Subject { .locks(locks) }
}

let acquiredFields: [Field<Acquired>] = [
    .everyone("token") { acquired, _ in .integer(acquired.token) },
    .everyone("session") { acquired, _ in .string(acquired.session.text) },
    .everyone("locks") { acquired, _ in .locks(acquired.locks) },
]

extension HolderRecord: Viewable {
    var about: Subject { .whole }
}

/// What a session shows of itself where it holds or waits.
let holderFields: [Field<HolderRecord>] = [
    .everyone("host") { holder, _ in .string(holder.host) },
    .everyone("pid") { holder, _ in .known(holder.pid) },
    .everyone("user") { holder, _ in .string(holder.user) },
    .operators("program") { holder, _ in .known(holder.program) },
    .operators("label") { holder, _ in .known(holder.label) },
    .everyone("task") { holder, _ in .known(holder.task?.text) },
]

extension Blocker: Viewable {
    var about: Subject { .whole }
}

/// What is shown of somebody in the way.
let blockerFields: [Field<Blocker>] = [
    .everyone("session") { blocker, _ in .string(blocker.session.text) },
    .everyone("path") { blocker, _ in .string(blocker.path.text) },
    .everyone("kind") { blocker, _ in .string(blocker.kind.rawValue) },
]

extension HeldLock: Viewable {
    var about: Subject { .path(lock.path) }
}

let heldFields: [Field<HeldLock>] = [
    .everyone("path") { held, _ in .string(held.lock.path.text) },
    .everyone("mode") { held, _ in .string(held.lock.mode.rawValue) },
    .everyone("session") { held, _ in .string(held.grant.session.text) },
    .everyone("token") { held, _ in .integer(held.grant.token) },
    .everyone("since") { held, _ in .known(held.grant.since) },
    .operators("reason") { held, _ in .known(held.grant.reason) },
    .everyone("holder") { held, onlooker in held.holder.map { show($0, holderFields, for: onlooker) } },
]

extension WaitingLock: Viewable {
    var about: Subject { .path(lock.path) }
}

let waitingFields: [Field<WaitingLock>] = [
    .everyone("request") { waiting, _ in .string(waiting.request.id.text) },
    .everyone("path") { waiting, _ in .string(waiting.lock.path.text) },
    .everyone("mode") { waiting, _ in .string(waiting.lock.mode.rawValue) },
    .everyone("session") { waiting, _ in .string(waiting.request.session.text) },
    .everyone("since") { waiting, _ in .known(waiting.request.since) },
    .everyone("sincePosition") { waiting, _ in .integer(waiting.request.position) },
    .operators("reason") { waiting, _ in .known(waiting.request.reason) },
    .everyone("behind") { waiting, onlooker in show(waiting.behind, blockerFields, for: onlooker) },
    .everyone("holder") { waiting, onlooker in waiting.holder.map { show($0, holderFields, for: onlooker) } },
]
