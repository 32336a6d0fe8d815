import Events

/// Whom an asker waits for through the graph, as numbers in the order in which they were met, and whom each of them waits
/// for.
struct WaitGraph {
    /// Stands for the asker and its ancestors among the numbers.
    static let asker = -1

    /// Who is taken for the asker.
    var stuck: [Int] = []
    private(set) var parties: [Party] = []
    /// True when somebody waits for the asker.
    private(set) var isRing = false
    /// Those who wait for a slot: any of its holders may give it.
    private(set) var wantSlots: Set<Int> = []
    private var sessions: [Int: Int] = [:]
    private var tasks: [TaskID: Int] = [:]
    /// The edges of one follow those of the one before.
    private var ends: [Int] = []
    private var starts: [Int] = []

    /// The number of a party, which is given one when it has none.
    @discardableResult
    mutating func meet(_ party: Party) -> Int {
        switch party {
        case .session(let session):
            if stuck.contains(session) {
                isRing = true
                return Self.asker
            }
            if let number = sessions[session] { return number }
            sessions[session] = parties.count
        case .task(let task):
            if let number = tasks[task] { return number }
            tasks[task] = parties.count
        }
        parties.append(party)
        return parties.count - 1
    }

    /// The party from which edges are added next; nil behind the last one that was met.
    mutating func next() -> Party? {
        guard starts.count < parties.count else { return nil }
        starts.append(ends.count)
        return parties[starts.count - 1]
    }

    mutating func addEdge(to party: Party) { ends.append(meet(party)) }

    mutating func wantsSlot() { wantSlots.insert(starts.count - 1) }

    func edges(of number: Int) -> ArraySlice<Int> {
        ends[starts[number]..<(number + 1 < starts.count ? starts[number + 1] : ends.count)]
    }

    /// Who was not met is taken for the asker: as one that does not end.
    func number(of party: Party) -> Int {
        switch party {
        case .session(let session): sessions[session] ?? Self.asker
        case .task(let task): tasks[task] ?? Self.asker
        }
    }
}

/// Who is to be looked at again when one that he was seen to wait for has ended: a list for each, all in one array.
struct Watchers {
    private var first: [Int]
    private var entries: [(watcher: Int, next: Int)] = []

    init(_ count: Int) {
        first = Array(repeating: -1, count: count)
        entries.reserveCapacity(count)
    }

    /// The asker does not end, and nobody is told.
    mutating func add(_ watcher: Int, to number: Int) {
        guard number != WaitGraph.asker else { return }
        entries.append((watcher, first[number]))
        first[number] = entries.count - 1
    }

    mutating func take(from number: Int, _ body: (Int) -> Void) {
        var entry = first[number]
        while entry >= 0 {
            body(entries[entry].watcher)
            entry = entries[entry].next
        }
        first[number] = -1
    }
}
