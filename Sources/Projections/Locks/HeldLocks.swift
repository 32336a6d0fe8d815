import Events

/// What is held, by path: what was granted or changed in this process, and what still stands as it was stored.
///
/// The stored part is never changed, so all copies of a state share it; those of it that changed are `gone` from it.
struct HeldLocks: Sendable {
    private final class Shared: Sendable {
        let grants: StoredGrants

        init(_ grants: StoredGrants) { self.grants = grants }
    }

    private static let nothing = Shared(StoredGrants())

    private var fresh = LockIndex()
    private var shared = Self.nothing
    private var gone = NumberSet()
    private var goneCount = 0

    /// True when so much of the stored part is gone that the rest had better go too: what is gone is still passed by.
    var isWorn: Bool { goneCount > 64 && goneCount > shared.grants.count / 8 }

    /// Held by those who were stored; nothing was inserted before.
    init(_ stored: StoredGrants = StoredGrants()) {
        if stored.count > 0 { shared = Shared(stored) }
    }

    mutating func insert(_ lock: Lock, position: Position, session: Int) {
        fresh.insert(lock, position: position, session: session)
    }

    mutating func remove(_ lock: Lock, position: Position, session: Int) {
        fresh.remove(lock, position: position, session: session)
    }

    /// Shows `body` the marks that conflict with `lock`, whoever they belong to, until it answers true.
    func visit(conflictingWith lock: Lock, _ body: (Mark) -> Bool) -> Bool {
        fresh.visit(conflictingWith: lock, body)
            || shared.grants.visit(conflictingWith: lock) { !gone.contains($0) && body($1) }
    }

    /// Shows `body` the slots of `path` until it answers true.
    func visit(slotsAt path: LockPath, _ body: (Mark) -> Bool) -> Bool {
        fresh.visit(slotsAt: path, body)
            || shared.grants.visit(slotsAt: path) { !gone.contains($0) && body($1) }
    }
}

/// The stored part.
extension HeldLocks {
    /// Grants that are left as they were stored.
    var stored: StoredGrants { shared.grants }

    /// All rows that are left.
    var storedRows: [Int] { (0..<shared.grants.count).filter { !gone.contains($0) } }

    func storedRow(of token: Position) -> Int? {
        shared.grants.row(of: token).flatMap { gone.contains($0) ? nil : $0 }
    }

    func storedRow(of request: RequestID) -> Int? {
        guard shared.grants.count > 0 else { return nil }
        return shared.grants.row(of: request).flatMap { gone.contains($0) ? nil : $0 }
    }

    /// Takes a row out; what it holds has to be inserted by the taker.
    mutating func take(row: Int) {
        guard gone.insert(row) else { return }
        goneCount += 1
        guard goneCount == shared.grants.count else { return }
        (shared, gone, goneCount) = (Self.nothing, NumberSet(), 0)
    }
}
