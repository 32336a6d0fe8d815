import Events

/// Looks for rings of orders, the shortest first.
struct InversionSearch {
    /// The orders of a ring at most.
    static let maximumLength = 6

    /// One lock held and one asked for: the orders that differ only in what else was held, the most frequent first.
    private struct Arc {
        /// The number of the lock that is held.
        var holds: Int
        /// The number of the lock that is asked for.
        var wants: Int
        var orders: [Int]
    }

    /// One order of an arc, and one session that took it.
    private struct Choice {
        var order: Int
        var line: [SessionID]
    }

    private let orders: [LockOrder]
    private var arcs: [Arc] = []
    /// The arcs by the number of what is held, and of what is asked for.
    private var arcsFrom: [[Int]] = []
    private var arcsTo: [[Int]] = []
    /// By the number of what is asked for: what is held and in its way. And the other way round.
    private var heldInTheWay: [[Int]] = []
    private var wantedInTheWay: [[Int]] = []
    /// Arcs that lead to themselves, and were taken so by two who could meet.
    private var loops: Set<Int> = []
    private var rings: [(arcs: [Int], inversion: Inversion)] = []
    private var steps = 0
    private(set) var limits: [Inversions.Limit] = []

    init(_ orders: [LockOrder]) {
        self.orders = orders
        let held = Set(orders.map(\.holds)).sorted(by: Lock.precedes)
        let wanted = Set(orders.map(\.wants)).sorted(by: Lock.precedes)
        let heldNumbers = Dictionary(uniqueKeysWithValues: zip(held, held.indices))
        let wantedNumbers = Dictionary(uniqueKeysWithValues: zip(wanted, wanted.indices))
        var alike: [[Int]: [Int]] = [:]
        for (number, order) in orders.enumerated() {
            guard let holds = heldNumbers[order.holds], let wants = wantedNumbers[order.wants] else { continue }
            alike[[holds, wants], default: []].append(number)
        }
        arcs = alike.map { pair, numbers in
            Arc(
                holds: pair[0], wants: pair[1],
                orders: numbers.sorted { (orders[$1].count, $0) < (orders[$0].count, $1) })
        }.sorted { ($0.holds, $0.wants) < ($1.holds, $1.wants) }
        arcsFrom = Array(repeating: [], count: held.count)
        arcsTo = Array(repeating: [], count: wanted.count)
        for (number, arc) in arcs.enumerated() {
            arcsFrom[arc.holds].append(number)
            arcsTo[arc.wants].append(number)
        }
        link(held, wanted)
    }

    private mutating func link(_ held: [Lock], _ wanted: [Lock]) {
        var index = LockIndex()
        for (number, lock) in held.enumerated() { index.insert(lock, position: number, session: 0) }
        heldInTheWay = wanted.map { lock in
            var found: [Int] = []
            _ = index.visit(conflictingWith: lock) { mark in
                found.append(mark.position)
                return false
            }
            return found.sorted()
        }
        wantedInTheWay = Array(repeating: [], count: held.count)
        for (wants, besides) in heldInTheWay.enumerated() {
            for holds in besides { wantedInTheWay[holds].append(wants) }
        }
    }

    /// Finds all rings that the bounds allow.
    mutating func run() {
        for arc in arcs.indices where leads(arc, to: arc) && keep([arc, arc]) { loops.insert(arc) }
        for length in 2...Self.maximumLength {
            for start in arcsFrom.indices {
                guard isWithinBounds() else { return }
                let distances = distances(to: start, from: length - 1)
                for arc in arcsFrom[start] where distances[arcs[arc].wants] < length {
                    extend([arc], to: length, distances)
                }
            }
        }
    }

    /// What was found, the shortest first.
    var inversions: [Inversion] {
        rings.sorted { one, other in
            (one.arcs.count, other.inversion.count) == (other.arcs.count, one.inversion.count)
                ? one.arcs.lexicographicallyPrecedes(other.arcs)
                : (one.arcs.count, other.inversion.count) < (other.arcs.count, one.inversion.count)
        }.map(\.inversion)
    }
}

/// Rings of locks, whoever took them.
extension InversionSearch {
    private func leads(_ arc: Int, to other: Int) -> Bool {
        orders[arcs[arc].orders[0]].leads(to: orders[arcs[other].orders[0]])
    }

    /// By how many arcs each lock that is asked for lies before `start`, which is held; no farther than `limit`. Every ring is
    /// begun at the first of its arcs: those before are left out.
    private mutating func distances(to start: Int, from limit: Int) -> [Int] {
        var distances = Array(repeating: Int.max, count: arcsTo.count)
        var reached = wantedInTheWay[start]
        for distance in 0...limit {
            var next: [Int] = []
            for wants in reached where distances[wants] == .max {
                distances[wants] = distance
                for arc in arcsTo[wants] where arcs[arc].holds > start { next += wantedInTheWay[arcs[arc].holds] }
                steps += arcsTo[wants].count
            }
            reached = next
        }
        return distances
    }

    /// Goes on from the last arc of `ring`. A ring in which an arc leads to another than the next has a shorter one inside.
    private mutating func extend(_ ring: [Int], to length: Int, _ distances: [Int]) {
        guard ring.count < length else {
            _ = keep(ring)
            return
        }
        let start = arcs[ring[0]].holds
        let isLast = ring.count == length - 1
        for holds in heldInTheWay[arcs[ring[ring.count - 1]].wants] where holds >= start {
            for arc in arcsFrom[holds] where arc > ring[0] {
                guard distances[arcs[arc].wants] < length - ring.count else { continue }
                steps += ring.count
                guard isWithinBounds() else { return }
                guard leads(arc, to: ring[0]) == isLast, !ring.dropLast().contains(where: { leads($0, to: arc) }),
                    !ring.dropFirst().contains(where: { leads(arc, to: $0) })
                else { continue }
                extend(ring + [arc], to: length, distances)
            }
        }
    }

    private mutating func isWithinBounds() -> Bool {
        if limits.isEmpty, steps > Inversions.maximumSteps { limits.append(.steps) }
        return limits.isEmpty
    }
}

/// Whether a ring of locks was taken by such as can meet.
extension InversionSearch {
    private mutating func keep(_ ring: [Int]) -> Bool {
        var choices: [Choice] = []
        guard ring.count == 2 || loops.isDisjoint(with: ring), choose(ring, &choices) else { return false }
        guard rings.count < Inversions.maximum else {
            if limits.isEmpty { limits.append(.inversions) }
            return false
        }
        var numbers = choices.map(\.order)
        if numbers.count == 2, numbers[0] == numbers[1] { numbers.removeLast() }
        rings.append((ring, Inversion(orders: numbers.map { orders[$0] })))
        return true
    }

    /// An order of each arc, and a session of each order: no two related, none in another's way.
    private mutating func choose(_ ring: [Int], _ choices: inout [Choice]) -> Bool {
        guard choices.count < ring.count else { return true }
        for order in arcs[ring[choices.count]].orders {
            steps += choices.reduce(1) { $0 + orders[$1.order].held.count * orders[order].held.count }
            guard isWithinBounds() else { return false }
            guard choices.allSatisfy({ orders[$0.order].canMeet(orders[order]) }) else { continue }
            for line in orders[order].witnesses.lines
            where choices.allSatisfy({ !Witnesses.areRelated($0.line, line) }) {
                choices.append(Choice(order: order, line: line))
                if choose(ring, &choices) { return true }
                choices.removeLast()
            }
        }
        return false
    }
}
