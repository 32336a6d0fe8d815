import Events

/// What `lock inversions` shows.
public func view(of inversions: [Inversion], for viewer: Viewer) -> View {
    View(json: .array(inversions.map { show($0, inversionFields, for: viewer) }))
}

private let inversionFields: [Field<Inversion>] = [
    .everyone("paths") { inversion, _ in .array(inversion.paths.map { .string($0.text) }) },
    .everyone("orders") { inversion, viewer in
        .array(inversion.orders.map { show($0, orderFields, for: viewer) })
    },
]

private let orderFields: [Field<LockOrder>] = [
    .everyone("holds") { order, viewer in show(order.holds, lockFields, for: viewer) },
    .everyone("wants") { order, viewer in show(order.wants, lockFields, for: viewer) },
    .everyone("count") { order, _ in .integer(order.count) },
    .everyone("sessions") { order, _ in .integer(order.sessions) },
    .everyone("first") { order, viewer in show(order.first, proofFields, for: viewer) },
    .everyone("last") { order, viewer in show(order.last, proofFields, for: viewer) },
]

private let lockFields: [Field<Lock>] = [
    .everyone("path") { lock, _ in .string(lock.path.text) },
    .everyone("mode") { lock, _ in .string(lock.mode.rawValue) },
]

private let proofFields: [Field<LockOrder.Proof>] = [
    .everyone("session") { proof, _ in .string(proof.session.text) },
    .everyone("token") { proof, _ in .integer(proof.token) },
    .everyone("position") { proof, _ in .integer(proof.position) },
    .everyone("at") { proof, _ in .known(proof.at) },
    .everyone("holder") { proof, viewer in proof.holder.map { show($0, holderFields, for: viewer) } },
]
