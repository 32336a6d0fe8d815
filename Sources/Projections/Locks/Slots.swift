public import Events

/// Slots: of the sessions that hold one of a path, those count that have no ancestor which holds one too. What an ancestor
/// holds serves its descendants.
extension Locks {
    /// True when `asker` needs no slot of its own: it, or an ancestor of it, holds one.
    func isServed(at path: LockPath, _ asker: Asker) -> Bool {
        guard let session = asker.session else { return false }
        return held.visit(slotsAt: path) { $0.session == session || isAncestor($0.session, of: session) }
    }

    /// How many of `holders` count.
    func slotsTaken(by holders: Set<Int>) -> Int {
        guard !ancestry.parents.isEmpty else { return holders.count }
        return holders.count { holder in !holders.contains { isAncestor($0, of: holder) } }
    }

    /// Those whose slots at `path` would stand beside one of `asker`: not his descendants.
    func slotHolders(at path: LockPath, beside asker: Asker) -> Set<Int> {
        var holders: Set<Int> = []
        _ = held.visit(slotsAt: path) { mark in
            if !isDescendant(mark.session, of: asker) { holders.insert(mark.session) }
            return false
        }
        return holders
    }

    /// True while `before` more would leave no slot at `path` for `asker`, who is not served.
    func lacksSlot(at path: LockPath, _ asker: Asker, behind before: Int = 0) -> Bool {
        guard let capacity = capacities[path] else { return true }
        return slotsTaken(by: slotHolders(at: path, beside: asker)) + before >= capacity
    }

    private func isDescendant(_ session: Int, of asker: Asker) -> Bool {
        guard let elder = asker.session, !asker.isNew else { return false }
        return isAncestor(elder, of: session)
    }

    private func isAncestor(_ elder: Int, of session: Int) -> Bool {
        !ancestry.parents.isEmpty && ancestry.isAncestor(sessions[elder].id, of: sessions[session].id)
    }

    /// The capacity of a slot path; nil where none was configured.
    public func capacity(of path: LockPath) -> Int? { capacities[path] }
}
