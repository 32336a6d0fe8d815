import Events

/// One lock, held or asked for, at its path in an index.
struct Mark: Hashable, Sendable {
    /// The token of a grant, or the position of a request.
    var position: Position
    var session: SessionID
    var path: LockPath
    var mode: LockMode
}

/// Marks by path, as a tree of segments: what lies on, above or below a path is found without a look at anything else.
/// A node lives as long as there is a mark on it or below it.
struct PathIndex: Sendable {
    private struct Node: Sendable {
        var parent: Int
        var segment: String
        var children: [String: Int] = [:]
        var marks: [Mark] = []
    }

    private var nodes = [Node(parent: 0, segment: "")]
    private var vacant: [Int] = []
    private static let root = 0

    private var isEmpty: Bool { nodes.count == vacant.count + 1 && nodes[Self.root].marks.isEmpty }

    mutating func insert(_ mark: Mark) {
        var node = Self.root
        for segment in mark.path.segments {
            node = child(segment, of: node)
        }
        nodes[node].marks.append(mark)
    }

    mutating func remove(_ mark: Mark) {
        guard let node = find(mark.path), let index = nodes[node].marks.lastIndex(of: mark) else { return }
        nodes[node].marks.remove(at: index)
        prune(node)
    }

    /// Shows `body` the marks on, above and below `path` until it answers true; tells whether it did.
    func visit(overlapping path: LockPath, _ body: (Mark) -> Bool) -> Bool {
        guard !isEmpty else { return false }
        var node = Self.root
        for segment in path.segments {
            if nodes[node].marks.contains(where: body) { return true }
            guard let next = nodes[node].children[segment] else { return false }
            node = next
        }
        return visit(below: node, body)
    }

    /// Shows `body` the marks on `path` itself until it answers true.
    func visit(at path: LockPath, _ body: (Mark) -> Bool) -> Bool {
        guard let node = find(path) else { return false }
        return nodes[node].marks.contains(where: body)
    }

    private func visit(below node: Int, _ body: (Mark) -> Bool) -> Bool {
        if nodes[node].marks.contains(where: body) { return true }
        guard !nodes[node].children.isEmpty else { return false }
        return nodes[node].children.values.contains { visit(below: $0, body) }
    }

    private func find(_ path: LockPath) -> Int? {
        var node = Self.root
        for segment in path.segments {
            guard let next = nodes[node].children[segment] else { return nil }
            node = next
        }
        return node
    }

    private mutating func child(_ segment: String, of parent: Int) -> Int {
        if let node = nodes[parent].children[segment] { return node }
        let node: Int
        if let reused = vacant.popLast() {
            node = reused
            nodes[node].parent = parent
            nodes[node].segment = segment
        } else {
            node = nodes.count
            nodes.append(Node(parent: parent, segment: segment))
        }
        nodes[parent].children[segment] = node
        return node
    }

    private mutating func prune(_ leaf: Int) {
        var node = leaf
        while node != Self.root, nodes[node].marks.isEmpty, nodes[node].children.isEmpty {
            let parent = nodes[node].parent
            nodes[parent].children[nodes[node].segment] = nil
            nodes[node].segment = ""
            vacant.append(node)
            node = parent
        }
    }
}

/// Marks by mode and path. Exclusive ones conflict with all that overlap, shared ones and slots with exclusive ones only;
/// whether there are slots enough is a matter of counting.
struct LockIndex: Sendable {
    private var exclusive = PathIndex()
    private var shared = PathIndex()
    private var slots = PathIndex()

    mutating func insert(_ lock: Lock, position: Position, session: SessionID) {
        let mark = Mark(position: position, session: session, path: lock.path, mode: lock.mode)
        switch lock.mode {
        case .exclusive: exclusive.insert(mark)
        case .shared: shared.insert(mark)
        case .slot: slots.insert(mark)
        }
    }

    mutating func remove(_ lock: Lock, position: Position, session: SessionID) {
        let mark = Mark(position: position, session: session, path: lock.path, mode: lock.mode)
        switch lock.mode {
        case .exclusive: exclusive.remove(mark)
        case .shared: shared.remove(mark)
        case .slot: slots.remove(mark)
        }
    }

    /// Shows `body` the marks that conflict with `lock`, whoever they belong to, until it answers true.
    func visit(conflictingWith lock: Lock, _ body: (Mark) -> Bool) -> Bool {
        if exclusive.visit(overlapping: lock.path, body) { return true }
        guard lock.mode == .exclusive else { return false }
        return shared.visit(overlapping: lock.path, body) || slots.visit(overlapping: lock.path, body)
    }

    /// Shows `body` the slots of `path` until it answers true.
    func visit(slotsAt path: LockPath, _ body: (Mark) -> Bool) -> Bool {
        slots.visit(at: path, body)
    }

    /// Shows `body` the marks that `lock` may be in the way of, slots of a slot's path included, until it answers true.
    func visit(wantedBesides lock: Lock, _ body: (Mark) -> Bool) -> Bool {
        visit(conflictingWith: lock, body) || (lock.mode == .slot && slots.visit(at: lock.path, body))
    }
}
