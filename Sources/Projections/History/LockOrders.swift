public import Events

/// The orders in which locks were taken: a fold of the log. Whatever a session or an ancestor of it holds comes before what
/// it asks for then, be it granted, withdrawn or refused. Locks of one request have no order among themselves.
///
/// A deadlock needs no more than orders that lead to each other. It may never have happened: the orders prove that it can.
public struct LockOrders: Sendable {
    /// Orders beyond so many different ones are not noted.
    public static let maximumOrders = 10_000

    private struct Party: Sendable {
        var holder: HolderRecord?
        var standing: [(token: Position, locks: [Lock])] = []
        /// The orders, by number, that it has been counted in.
        var noted: Set<Int> = []
    }

    private struct Key: Hashable {
        var holds: Lock
        var wants: Lock
        /// The number of the set that was held.
        var held: Int
    }

    private let since: Timestamp?
    private var parties: [SessionID: Party] = [:]
    private var ancestry = Ancestry()
    /// Requests in the queue: one that is refused there was noted when it was made.
    private var queued: Set<RequestID> = []
    private var numbers: [Key: Int] = [:]
    /// Sets of locks that were held, each stored once, by number.
    private var sets: [[Lock]: Int] = [:]
    /// What was noted, in the order of the first proof.
    public private(set) var orders: [LockOrder] = []
    /// True when there were more than `maximumOrders`.
    public private(set) var isFull = false

    /// Notes requests that were made at `since` or later; with nil all.
    public init(since: Timestamp? = nil) {
        self.since = since
    }

    /// Follows an event of a session or of a lock; others are none of its business.
    public mutating func fold(_ fact: Fact) {
        switch fact.event {
        case .sessionOpened(let data):
            let session = Session(data, position: fact.position, at: fact.at)
            parties[data.session] = Party(holder: HolderRecord(session))
            ancestry.open(data.session, under: data.parent)
        case .sessionEnded(let data):
            parties[data.session] = nil
            ancestry.end(data.session)
        case .taskStarted(let data):
            parties[data.session]?.holder?.pid = data.process.pid
        case .lockRequested(let data):
            queued.insert(data.request)
            note(data.locks, by: data.session, fact)
        case .lockRefused(let data):
            if let request = data.request, queued.remove(request) == nil { note(data.locks, by: data.session, fact) }
        case .lockWithdrawn(let data): queued.remove(data.request)
        case .lockGranted(let data):
            queued.remove(data.request)
            parties[data.session, default: Party()].standing.append((fact.position, data.locks))
        case .lockReleased(let data): release(data)
        case .lockDowngraded(let data): downgrade(data)
        default: break
        }
    }

    private mutating func release(_ data: LockReleased) {
        guard let index = index(of: data.token, data.session) else { return }
        parties[data.session]?.standing[index].locks.removeAll { data.locks.contains($0) }
        if parties[data.session]?.standing[index].locks.isEmpty == true {
            parties[data.session]?.standing.remove(at: index)
        }
    }

    private mutating func downgrade(_ data: LockDowngraded) {
        guard let index = index(of: data.token, data.session),
            let lock = parties[data.session]?.standing[index].locks.firstIndex(of: Lock(data.path, .exclusive))
        else { return }
        parties[data.session]?.standing[index].locks[lock].mode = .shared
    }

    private func index(of token: Position, _ session: SessionID) -> Int? {
        parties[session]?.standing.lastIndex { $0.token == token }
    }
}

/// A request, and what was held when it was made.
extension LockOrders {
    private mutating func note(_ wanted: [Lock], by session: SessionID, _ fact: Fact) {
        if let since, fact.at < since { return }
        let ancestors = ancestry.ancestors(of: session)
        let tokens = tokens(of: [session] + ancestors)
        let wanted = wanted.filter { lock in !tokens.keys.contains { $0.serves(lock) } }
        guard !tokens.isEmpty, !wanted.isEmpty else { return }
        let held = tokens.keys.sorted(by: Lock.precedes)
        guard let set = number(of: held) else { return }
        for lock in held {
            guard let token = tokens[lock] else { continue }
            let proof = LockOrder.Proof(
                session: session, holder: parties[session]?.holder, token: token, position: fact.position, at: fact.at)
            for wants in wanted { note(Key(holds: lock, wants: wants, held: set), held, proof, ancestors) }
        }
    }

    /// What the sessions of one line hold, with the token of each lock; the earliest where there are several.
    private func tokens(of line: [SessionID]) -> [Lock: Position] {
        var tokens: [Lock: Position] = [:]
        for session in line {
            for grant in parties[session]?.standing ?? [] {
                for lock in grant.locks { tokens[lock] = min(grant.token, tokens[lock] ?? .max) }
            }
        }
        return tokens
    }

    /// Nil for a set that is new when there is no room for another order.
    private mutating func number(of held: [Lock]) -> Int? {
        if let number = sets[held] { return number }
        isFull = isFull || orders.count == Self.maximumOrders
        guard !isFull else { return nil }
        sets[held] = sets.count
        return sets.count - 1
    }

    private mutating func note(_ key: Key, _ held: [Lock], _ proof: LockOrder.Proof, _ ancestors: [SessionID]) {
        guard let number = numbers[key] ?? add(key, held, proof) else { return }
        orders[number].count += 1
        orders[number].last = proof
        guard parties[proof.session, default: Party()].noted.insert(number).inserted else { return }
        orders[number].sessions += 1
        orders[number].witnesses.add(ancestors.reversed() + [proof.session])
    }

    private mutating func add(_ key: Key, _ held: [Lock], _ first: LockOrder.Proof) -> Int? {
        guard orders.count < Self.maximumOrders else {
            isFull = true
            return nil
        }
        orders.append(LockOrder(holds: key.holds, wants: key.wants, held: held, first: first))
        numbers[key] = orders.count - 1
        return orders.count - 1
    }
}
