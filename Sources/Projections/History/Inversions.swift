public import Events

/// Orders of locks that lead to each other: sessions that take them so at one time may wait for each other for ever.
public struct Inversion: Sendable, Equatable {
    /// Each leads to the next, the last to the first. A single one leads to itself: several may hold the one lock, and then
    /// all want the other.
    public let orders: [LockOrder]

    /// What is held in it, each path once, in the ring's order.
    public var paths: [LockPath] {
        orders.map(\.holds.path).reduce(into: []) { paths, path in if !paths.contains(path) { paths.append(path) } }
    }

    /// How often its orders were taken, all together.
    public var count: Int { orders.reduce(0) { $0 + $1.count } }
}

/// What the orders of a history can come to.
public struct Inversions: Sendable {
    /// Why there may be more than was found.
    public enum Limit: Sendable {
        /// More than `LockOrders.maximumOrders` were taken.
        case orders
        /// There are more than `maximum`.
        case inversions
        /// The search ended after `maximumSteps`.
        case steps
    }

    /// More are not told.
    public static let maximum = 100
    /// So many comparisons of locks are made, about half a second of work.
    public static let maximumSteps = 2_000_000

    /// The shortest first; of those of one length the most frequent.
    public let found: [Inversion]
    /// Which bounds were reached.
    public let limits: [Limit]
}

extension LockOrders {
    /// The orders that can meet in a deadlock: of sessions that are not related, none of which held what is in the way of
    /// what another one held. Each ring of locks is told once, with the most frequent of its orders; none that has a
    /// shorter one inside. Nothing is told of rings longer than `InversionSearch.maximumLength`.
    public func inversions() -> Inversions {
        var search = InversionSearch(orders)
        search.run()
        return Inversions(found: search.inversions, limits: (isFull ? [.orders] : []) + search.limits)
    }
}
