import Events

/// One lock, held or asked for, at its path in an index.
struct Mark: Hashable, Sendable {
    /// The token of a grant, or the position of a request.
    var position: Position
    /// The number of its session.
    var session: Int
    var path: LockPath
    var mode: LockMode
}

/// Marks by path, as a tree of segments: what lies on, above or below a path is found without a look at anything else.
/// A node lives as long as there is a mark on it or below it.
///
/// Nodes and marks are numbers in arrays, and a node is found by the hash of its path's bytes: a search makes no texts, and
/// a mark takes no memory of its own. A judgement makes thousands of such searches, a load ten thousand insertions.
struct PathIndex: Sendable {
    private struct Node: Sendable {
        var parent: Int32
        /// Any path through this node: its own is the first `end` bytes, and the last segment begins at `start`.
        var text: String
        var start: UInt8
        var end: UInt8
        var hash: UInt64
        var firstMark = PathIndex.none
        var firstChild = PathIndex.none
        var next = PathIndex.none
        var previous = PathIndex.none

        init(_ step: PathStep, under parent: Int32) {
            self.parent = parent
            text = step.text
            start = UInt8(truncatingIfNeeded: step.start)
            end = UInt8(truncatingIfNeeded: step.end)
            hash = step.hash
        }
    }

    private struct Entry: Sendable {
        var mark: Mark
        var next: Int32
    }

    private var nodes = [Node(PathStep(.root), under: Self.root)]
    private var entries: [Entry] = []
    private var vacantNodes: [Int32] = []
    private var vacantEntries: [Int32] = []
    private var table = NodeTable()

    private static let root: Int32 = 0
    private static let none: Int32 = -1

    private var isEmpty: Bool { entries.count == vacantEntries.count }

    mutating func insert(_ mark: Mark) {
        var step = PathStep(mark.path)
        var node = Self.root
        while step.advance() { node = find(step, under: node) ?? addNode(step, under: node) }
        let entry = Entry(mark: mark, next: nodes[Int(node)].firstMark)
        if let reused = vacantEntries.popLast() {
            entries[Int(reused)] = entry
            nodes[Int(node)].firstMark = reused
        } else {
            nodes[Int(node)].firstMark = Int32(truncatingIfNeeded: entries.count)
            entries.append(entry)
        }
    }

    mutating func remove(_ mark: Mark) {
        guard let node = find(mark.path) else { return }
        var (before, current) = (Self.none, nodes[Int(node)].firstMark)
        while current != Self.none, entries[Int(current)].mark != mark {
            (before, current) = (current, entries[Int(current)].next)
        }
        guard current != Self.none else { return }
        let next = entries[Int(current)].next
        if before == Self.none { nodes[Int(node)].firstMark = next } else { entries[Int(before)].next = next }
        vacantEntries.append(current)
        prune(node)
    }

    /// Shows `body` the marks on, above and below `path` until it answers true; tells whether it did.
    func visit(overlapping path: LockPath, _ body: (Mark) -> Bool) -> Bool {
        guard !isEmpty else { return false }
        var step = PathStep(path)
        var node = Self.root
        while step.advance() {
            if visit(on: node, body) { return true }
            guard let next = find(step, under: node) else { return false }
            node = next
        }
        return visit(below: node, body)
    }

    /// Shows `body` the marks on `path` itself until it answers true.
    func visit(at path: LockPath, _ body: (Mark) -> Bool) -> Bool {
        guard !isEmpty, let node = find(path) else { return false }
        return visit(on: node, body)
    }

    private func visit(on node: Int32, _ body: (Mark) -> Bool) -> Bool {
        var current = nodes[Int(node)].firstMark
        while current != Self.none {
            if body(entries[Int(current)].mark) { return true }
            current = entries[Int(current)].next
        }
        return false
    }

    private func visit(below node: Int32, _ body: (Mark) -> Bool) -> Bool {
        if visit(on: node, body) { return true }
        var child = nodes[Int(node)].firstChild
        while child != Self.none {
            if visit(below: child, body) { return true }
            child = nodes[Int(child)].next
        }
        return false
    }
}

/// Nodes: found, made and given up.
extension PathIndex {
    private func find(_ path: LockPath) -> Int32? {
        var step = PathStep(path)
        var node = Self.root
        while step.advance() {
            guard let next = find(step, under: node) else { return nil }
            node = next
        }
        return node
    }

    private func find(_ step: PathStep, under parent: Int32) -> Int32? {
        var slot = table.slot(of: step.hash)
        while let node = table[slot] {
            if nodes[Int(node)].hash == step.hash, nodes[Int(node)].parent == parent,
                step.hasSegment(of: nodes[Int(node)].text, Int(nodes[Int(node)].start), Int(nodes[Int(node)].end))
            {
                return node
            }
            slot = table.slot(after: slot)
        }
        return nil
    }

    private mutating func addNode(_ step: PathStep, under parent: Int32) -> Int32 {
        var added = Node(step, under: parent)
        added.next = nodes[Int(parent)].firstChild
        let node: Int32
        if let reused = vacantNodes.popLast() {
            node = reused
            nodes[Int(node)] = added
        } else {
            node = Int32(truncatingIfNeeded: nodes.count)
            nodes.append(added)
        }
        if added.next != Self.none { nodes[Int(added.next)].previous = node }
        nodes[Int(parent)].firstChild = node
        table.insert(node, added.hash) { nodes[Int($0)].hash }
        return node
    }

    private mutating func prune(_ leaf: Int32) {
        var node = leaf
        while node != Self.root, nodes[Int(node)].firstMark == Self.none, nodes[Int(node)].firstChild == Self.none {
            let (parent, next, previous) = (nodes[Int(node)].parent, nodes[Int(node)].next, nodes[Int(node)].previous)
            if next != Self.none { nodes[Int(next)].previous = previous }
            if previous != Self.none {
                nodes[Int(previous)].next = next
            } else {
                nodes[Int(parent)].firstChild = next
            }
            table.remove(node, nodes[Int(node)].hash) { nodes[Int($0)].hash }
            vacantNodes.append(node)
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

    mutating func insert(_ lock: Lock, position: Position, session: Int) {
        let mark = Mark(position: position, session: session, path: lock.path, mode: lock.mode)
        switch lock.mode {
        case .exclusive: exclusive.insert(mark)
        case .shared: shared.insert(mark)
        case .slot: slots.insert(mark)
        }
    }

    mutating func remove(_ lock: Lock, position: Position, session: Int) {
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
