import Events

/// Who is whose child. A parent never changes; a session that ended stays recorded while a descendant lives.
struct Ancestry: Sendable {
    private(set) var parents: [SessionID: SessionID] = [:]
    private(set) var children: [SessionID: Set<SessionID>] = [:]
    private(set) var ended: Set<SessionID> = []

    mutating func open(_ session: SessionID, under parent: SessionID?) {
        guard let parent else { return }
        parents[session] = parent
        children[parent, default: []].insert(session)
    }

    mutating func end(_ session: SessionID) {
        guard children[session] == nil else {
            ended.insert(session)
            return
        }
        var leaf = session
        while true {
            ended.remove(leaf)
            guard let parent = parents.removeValue(forKey: leaf) else { return }
            children[parent]?.remove(leaf)
            guard let siblings = children[parent], siblings.isEmpty else { return }
            children[parent] = nil
            guard ended.contains(parent) else { return }
            leaf = parent
        }
    }

    /// The recorded ancestors, nearest first, ended ones too.
    func ancestors(of session: SessionID) -> [SessionID] {
        var line: [SessionID] = []
        var next = parents[session]
        while let parent = next {
            line.append(parent)
            next = parents[parent]
        }
        return line
    }

    func depth(of session: SessionID) -> Int {
        ancestors(of: session).count
    }

    func isAncestor(_ elder: SessionID, of session: SessionID) -> Bool {
        var next = parents[session]
        while let parent = next {
            if parent == elder { return true }
            next = parents[parent]
        }
        return false
    }

    /// True when they never conflict: the same one, or one above the other.
    func isRelated(_ one: SessionID, _ other: SessionID) -> Bool {
        one == other || isAncestor(one, of: other) || isAncestor(other, of: one)
    }
}
