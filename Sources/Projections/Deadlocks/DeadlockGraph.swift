import Events

/// A deadlock as a picture has it: parties are boxes, locks are ovals. An arrow leads from who wants to what he wants, and
/// from a lock to who holds it, so that the ring can be followed by its arrows.
struct DeadlockGraph {
    /// A box or an oval.
    struct Node {
        enum Kind {
            case party, lock
        }

        var kind: Kind
        var title: String
        var detail: String
        var isInRing: Bool
    }

    /// By the numbers of two nodes.
    struct Edge {
        var from: Int
        var to: Int
        /// Held is solid, wanted dashed.
        var isHeld: Bool
        var isInRing: Bool
        var label: String
    }

    private(set) var nodes: [Node] = []
    private(set) var edges: [Edge] = []
    /// The numbers of the ring's nodes, in the order of its arrows.
    private(set) var ring: [Int] = []
    /// What a party holds besides, by its number.
    private(set) var besides: [Int: Int] = [:]
    private var locks: [LockPath: Int] = [:]

    init(_ story: DeadlockStory) {
        let parties = story.lanes.map { lane in
            add(
                Node(
                    kind: .party, title: lane.party.holder.title, detail: lane.party.holder.detail, isInRing: true))
        }
        for (index, lane) in story.lanes.enumerated() {
            let next = story.lanes[(index + 1) % story.lanes.count]
            join(parties[index], lane.party, to: parties[(index + 1) % parties.count], next.party)
        }
        for (index, lane) in story.lanes.enumerated() where !lane.besides.isEmpty {
            addBesides(lane.besides, to: parties[index])
        }
    }

    private mutating func add(_ node: Node) -> Int {
        nodes.append(node)
        return nodes.count - 1
    }

    private mutating func join(_ one: Int, _ wanting: DeadlockParty, to other: Int, _ holding: DeadlockParty) {
        ring.append(one)
        guard case .lock(let wanted, let position, _) = wanting.wants, let held = holding.holds else {
            edges.append(Edge(from: one, to: other, isHeld: false, isInRing: true, label: "awaits its end"))
            return
        }
        let lock =
            locks[held.lock.path]
            ?? add(
                Node(kind: .lock, title: held.lock.path.text, detail: "", isInRing: true))
        locks[held.lock.path] = lock
        if !ring.contains(lock) { ring.append(lock) }
        // What is wanted can lie above or below what is held.
        let what = wanted.path == held.lock.path ? wanted.mode.rawValue : wanted.words
        edges.append(Edge(from: one, to: lock, isHeld: false, isInRing: true, label: "wants \(what), #\(position)"))
        edges.append(
            Edge(
                from: lock, to: other, isHeld: true, isInRing: true,
                label: "held \(held.lock.mode.rawValue), #\(held.token)"))
    }

    /// One oval for all of them: they are in nobody's way here.
    private mutating func addBesides(_ held: [DeadlockParty.Holding], to party: Int) {
        let shown = held.prefix(Self.maximumBesides).map(\.lock.words).joined(separator: ", ")
        let rest = held.count > Self.maximumBesides ? " and \(held.count - Self.maximumBesides) more" : ""
        let node = add(Node(kind: .lock, title: shown + rest, detail: "", isInRing: false))
        edges.append(Edge(from: node, to: party, isHeld: true, isInRing: false, label: "held too"))
        besides[party] = node
    }

    private static let maximumBesides = 2
}

extension DeadlockParty.Holder {
    /// What it is called, without its process.
    var title: String {
        if let label { return oneLine(label) }
        return task.map { "task \($0)" } ?? oneLine(program ?? "a process")
    }

    /// Which one it is.
    var detail: String {
        if let task { return label == nil ? "" : "task \(task)" }
        return pid.map { "pid \($0)" + (user.map { " of \($0)" } ?? "") } ?? ""
    }
}
