import Events

/// Where locks lie that stand in a stored text: like `PathIndex` a tree of segments, but each is a place in the text, and
/// nothing is ever taken out. Ten thousand locks take no memory of their own but 60 bytes each.
struct StoredPaths: Sendable {
    /// A lock as it was stored: the row of its grant, its mode's number, and the place of its path.
    struct Mark: Sendable {
        var row: Int32
        private var start: Int32
        private var length: UInt8
        var mode: UInt8
        fileprivate var next = StoredPaths.none

        var path: Range<Int> { Int(start)..<Int(start) + Int(length) }

        init(row: Int, mode: Int, path: Range<Int>) {
            self.row = Int32(truncatingIfNeeded: row)
            self.mode = UInt8(truncatingIfNeeded: mode)
            start = Int32(truncatingIfNeeded: path.lowerBound)
            length = UInt8(truncatingIfNeeded: path.count)
        }
    }

    private struct Node: Sendable {
        var hash: UInt64
        var parent: Int32
        /// The last segment.
        var start: Int32
        var end: Int32
        var firstMark = StoredPaths.none
        var firstChild = StoredPaths.none
        var next = StoredPaths.none

        init(_ hash: UInt64, under parent: Int32, _ segment: Range<Int>) {
            self.hash = hash
            self.parent = parent
            start = Int32(truncatingIfNeeded: segment.lowerBound)
            end = Int32(truncatingIfNeeded: segment.upperBound)
        }
    }

    private var nodes = [Node(0, under: Self.root, 0..<0)]
    private var marks: [Mark] = []
    private var table: NodeTable

    private static let root: Int32 = 0
    private static let none: Int32 = -1
    private static let slash = UInt8(ascii: "/")

    /// For about so many.
    init(capacity: Int) {
        table = NodeTable(capacity: capacity)
        nodes.reserveCapacity(capacity)
        marks.reserveCapacity(capacity)
    }

    /// The path's bytes are known to be a path.
    mutating func insert(_ mark: consuming Mark, in text: Span<UInt8>) {
        var (node, hash) = (Self.root, ByteHash())
        var (at, end) = (mark.path.lowerBound, mark.path.upperBound)
        if end - at == 1 { end = at }
        while at < end {
            let start = at + 1
            hash.add(Self.slash)
            at = start
            while at < end, text[at] != Self.slash {
                hash.add(text[at])
                at += 1
            }
            node =
                find(hash.value, under: node, start..<at, of: text, in: text)
                ?? add(hash.value, under: node, start..<at)
        }
        mark.next = nodes[Int(node)].firstMark
        nodes[Int(node)].firstMark = Int32(truncatingIfNeeded: marks.count)
        marks.append(mark)
    }

    private mutating func add(_ hash: UInt64, under parent: Int32, _ segment: Range<Int>) -> Int32 {
        var added = Node(hash, under: parent, segment)
        added.next = nodes[Int(parent)].firstChild
        let node = Int32(truncatingIfNeeded: nodes.count)
        nodes.append(added)
        nodes[Int(parent)].firstChild = node
        table.insert(node, hash) { nodes[Int($0)].hash }
        return node
    }

    private func find(
        _ hash: UInt64, under parent: Int32, _ segment: Range<Int>, of path: Span<UInt8>, in text: Span<UInt8>
    ) -> Int32? {
        var slot = table.slot(of: hash)
        while let number = table[slot] {
            let node = nodes[Int(number)]
            if node.hash == hash, node.parent == parent, Int(node.end - node.start) == segment.count {
                var (mine, theirs) = (segment.lowerBound, Int(node.start))
                while mine < segment.upperBound, path[mine] == text[theirs] { (mine, theirs) = (mine + 1, theirs + 1) }
                if mine == segment.upperBound { return number }
            }
            slot = table.slot(after: slot)
        }
        return nil
    }
}

/// What lies where.
extension StoredPaths {
    /// Shows `body` the marks on, above and below `path` until it answers true; tells whether it did.
    func visit(overlapping path: LockPath, in text: Span<UInt8>, _ body: (Mark) -> Bool) -> Bool {
        var step = PathStep(path)
        var node = Self.root
        while step.advance() {
            if visit(on: node, body) { return true }
            guard let next = find(step, under: node, in: text) else { return false }
            node = next
        }
        return visit(below: node, body)
    }

    /// Shows `body` the marks on `path` itself until it answers true.
    func visit(at path: LockPath, in text: Span<UInt8>, _ body: (Mark) -> Bool) -> Bool {
        var step = PathStep(path)
        var node = Self.root
        while step.advance() {
            guard let next = find(step, under: node, in: text) else { return false }
            node = next
        }
        return visit(on: node, body)
    }

    private func find(_ step: PathStep, under parent: Int32, in text: Span<UInt8>) -> Int32? {
        find(step.hash, under: parent, step.start..<step.end, of: step.text.utf8Span.span, in: text)
    }

    private func visit(on node: Int32, _ body: (Mark) -> Bool) -> Bool {
        var current = nodes[Int(node)].firstMark
        while current != Self.none {
            if body(marks[Int(current)]) { return true }
            current = marks[Int(current)].next
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
