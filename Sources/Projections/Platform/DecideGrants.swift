import Events

/// What is done to grants that stand, and to slots.
extension Platform {
    /// The most that hold a slot of one path.
    public static let maximumCapacity = 100_000

    mutating func downgrade(_ token: Position, _ path: LockPath, _ draft: inout Draft) throws -> Reply {
        let grant = try standing(token, path)
        if grant.locks.contains(Lock(path, .exclusive)) {
            try emit(.lockDowngraded(LockDowngraded(session: grant.session, path: path, token: token)), &draft)
            try settle(&draft)
        } else if !grant.locks.contains(Lock(path, .shared)) {
            throw Refusal(.wrongState, "Token \(token) holds a slot of \(path): there is nothing below it.")
        }
        return .downgraded
    }

    mutating func breakGrant(
        _ token: Position, _ path: LockPath, _ by: String, _ reason: String, _ draft: inout Draft
    ) throws -> Reply {
        let grant = try standing(token, path)
        guard !reason.isEmpty else { throw Refusal(.invalid, "A lock is broken for a reason.") }
        try check(reason, "The reason")
        try emit(
            .lockReleased(
                LockReleased(
                    session: grant.session, locks: grant.locks, token: token, cause: .broken, by: by, reason: reason)),
            &draft)
        try closeIfIdle(grant.session, &draft)
        try settle(&draft)
        return .broken
    }

    func standing(_ token: Position) throws -> Grant {
        guard let grant = locks.grant(token) else {
            throw Refusal(.noSuchToken, "Token \(token) does not stand.", hint: "See: interlock lock list")
        }
        return grant
    }

    private func standing(_ token: Position, _ path: LockPath) throws -> Grant {
        let grant = try standing(token)
        guard grant.locks.contains(where: { $0.path == path }) else {
            throw Refusal(.noSuchToken, "Token \(token) does not stand for \(path).", hint: "See: interlock lock list")
        }
        return grant
    }

    mutating func configureSlots(
        _ capacities: [LockPath: Int], _ onlyMissing: Bool, _ draft: inout Draft
    ) throws -> Reply {
        guard capacities.values.allSatisfy((1...Self.maximumCapacity).contains) else {
            throw Refusal(.invalid, "A capacity is 1 to \(Self.maximumCapacity).")
        }
        for (path, capacity) in capacities.sorted(by: { $0.key < $1.key }) {
            let before = locks.capacities[path]
            guard before != capacity, before == nil || !onlyMissing else { continue }
            try emit(.slotsConfigured(SlotsConfigured(path: path, capacity: capacity)), &draft)
        }
        try settle(&draft)
        return .configured
    }
}
