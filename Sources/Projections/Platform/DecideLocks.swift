import Events

/// Locks: acquire, release, withdraw.
extension Platform {
    /// The most locks that one request names.
    public static let maximumLocks = 256
    /// The longest queue.
    public static let maximumRequests = 100_000
    /// The longest reason, label or message, in bytes.
    public static let maximumText = 4096

    mutating func acquire(_ acquisition: Acquisition, _ draft: inout Draft) throws -> Reply {
        let wanted = try canonical(acquisition.locks)
        try check(acquisition.reason, "The reason")
        try check(acquisition.request)
        let seat = try seat(of: acquisition.holder)
        let asker = asker(seat, at: draft.head + 1)
        let isBusy =
            locks.isHeldBack(wanted, of: asker) || isUnsafe(acquisition, wanted, seat, at: draft.head + 1, draft.at)
        guard !isBusy || acquisition.wait else { return .busy(locks.blockers(of: wanted, asker: asker)) }
        if isBusy {
            let refused = LockRefused(request: acquisition.request, session: seat.session, locks: wanted, cycle: [])
            let answer = try refuse(
                refused, seat, asker, .locks(wanted), acquisition.reason, acquisition.alive, &draft)
            if let answer { return answer }
        }

        try take(seat, &draft)
        try emit(
            .lockRequested(
                LockRequested(
                    request: acquisition.request, session: seat.session, locks: wanted, reason: acquisition.reason,
                    deadline: acquisition.deadline?.writable, waiter: acquisition.waiter)), &draft)
        if !isBusy {
            try emit(
                .lockGranted(LockGranted(request: acquisition.request, session: seat.session, locks: wanted)), &draft)
        }
        try settle(&draft)
        guard let grant = locks.grant(of: acquisition.request) else { return .queued(session: seat.session) }
        return .granted(token: grant.token, session: seat.session, locks: wanted)
    }

    /// True where the session waits for something else, and nobody could get through with this granted too.
    private func isUnsafe(
        _ acquisition: Acquisition, _ wanted: [Lock], _ seat: Seat, at position: Position, _ time: Timestamp
    ) -> Bool {
        guard seat.opened == nil, locks.waits(seat.session, besides: 0) else { return false }
        return !locks.isSafe(
            Request(
                position: position, id: acquisition.request, session: seat.session, locks: wanted, since: time,
                reason: nil, deadline: nil, waiter: nil))
    }

    mutating func release(_ token: Position, _ paths: [LockPath]?, _ draft: inout Draft) throws -> Reply {
        let grant = try standing(token)
        let released = paths.map { paths in grant.locks.filter { paths.contains($0.path) } } ?? grant.locks
        if let missing = paths?.first(where: { path in !released.contains { $0.path == path } }) {
            throw Refusal(.noSuchToken, "Token \(token) does not stand for \(missing).")
        }
        guard !released.isEmpty else { throw Refusal(.invalid, "No path is named.") }
        try emit(
            .lockReleased(
                LockReleased(session: grant.session, locks: released, token: token, cause: .released)), &draft)
        try closeIfIdle(grant.session, &draft)
        try settle(&draft)
        return .released
    }

    mutating func withdraw(
        _ id: RequestID, _ cause: LockWithdrawn.Cause, _ draft: inout Draft
    ) throws -> Reply {
        if let grant = locks.grant(of: id) {
            return .granted(token: grant.token, session: grant.session, locks: grant.locks)
        }
        guard let request = locks.request(id) else {
            throw Refusal(.noSuchRequest, "Request \(id) is neither in the queue nor granted.")
        }
        guard locks.hostOfUnstartedTask(request.session) == nil else {
            throw Refusal(
                .wrongState, "Request \(id) belongs to a task that has not started.", hint: "Stop the task instead.")
        }
        try emit(.lockWithdrawn(LockWithdrawn(request: id, session: request.session, cause: cause)), &draft)
        try closeIfIdle(request.session, &draft)
        try settle(&draft)
        return .withdrawn
    }

    /// The set in its one form, or a refusal.
    func canonical(_ wanted: [Lock], allowingNone: Bool = false) throws -> [Lock] {
        guard allowingNone || !wanted.isEmpty else { throw Refusal(.invalid, "No lock is named.") }
        guard wanted.count <= Self.maximumLocks else {
            throw Refusal(.tooMany, "A request names at most \(Self.maximumLocks) locks.")
        }
        if let slot = wanted.first(where: { $0.mode == .slot && locks.capacities[$0.path] == nil }) {
            throw Refusal(
                .slotWithoutCapacity, "The slot path \(slot.path) has no capacity.",
                hint: "Name it under 'slots' in the configuration.")
        }
        return wanted.canonicalized
    }

    func check(_ request: RequestID) throws {
        guard !locks.isKnown(request) else {
            throw Refusal(.requestExists, "Request \(request) was made before.")
        }
        guard locks.requests.count < Self.maximumRequests else {
            throw Refusal(.tooMany, "The queue is full: \(Self.maximumRequests) requests wait.")
        }
    }

    func check(_ text: String?, _ name: String) throws {
        guard (text?.utf8.count ?? 0) <= Self.maximumText else {
            throw Refusal(.invalid, "\(name) is longer than \(Self.maximumText) bytes.")
        }
    }
}
