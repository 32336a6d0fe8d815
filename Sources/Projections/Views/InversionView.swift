import Events

/// What `lock inversions` shows.
public func view(of inversions: [Inversion], for viewer: Viewer) -> View {
    View(rows: inversions, inversionFields, for: viewer)
}

extension Inversion: Viewable {
    var about: Subject { .platform }
}

let inversionFields: [Field<Inversion>] = [
    .everyone("paths") { inversion, _ in .array(inversion.paths.map { .string($0.text) }) },
    .everyone("orders") { inversion, onlooker in
        show(inversion.orders, orderFields, for: onlooker)
    },
]

extension LockOrder: Viewable {
    var about: Subject { .locks([holds, wants]) }
}

let orderFields: [Field<LockOrder>] = [
    .everyone("holds") { order, onlooker in show(order.holds, lockFields, for: onlooker) },
    .everyone("wants") { order, onlooker in show(order.wants, lockFields, for: onlooker) },
    .everyone("count") { order, _ in .integer(order.count) },
    .everyone("sessions") { order, _ in .integer(order.sessions) },
    .everyone("first") { order, onlooker in show(order.first, proofFields, for: onlooker) },
    .everyone("last") { order, onlooker in show(order.last, proofFields, for: onlooker) },
]

extension Lock: Viewable {
    var about: Subject { .path(path) }
}

let lockFields: [Field<Lock>] = [
    .everyone("path") { lock, _ in .string(lock.path.text) },
    .everyone("mode") { lock, _ in .string(lock.mode.rawValue) },
]

extension LockOrder.Proof: Viewable {
    var about: Subject { .whole }
}

let proofFields: [Field<LockOrder.Proof>] = [
    .everyone("session") { proof, _ in .string(proof.session.text) },
    .everyone("token") { proof, _ in .integer(proof.token) },
    .everyone("position") { proof, _ in .integer(proof.position) },
    .everyone("at") { proof, _ in .known(proof.at) },
    .everyone("holder") { proof, onlooker in proof.holder.map { show($0, holderFields, for: onlooker) } },
]
