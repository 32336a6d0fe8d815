import Events

@testable import Histories

/// Locks taken in turn, found the slow way: every time that something was asked for while something was held, each by itself,
/// and every ring of them tried.
struct OrderModel {
    /// One time that `wants` was asked for with `holds` held.
    struct Taking {
        var session: SessionID
        var holds: Lock
        var wants: Lock
        var held: Set<Lock>
        var token: Position
        var position: Position
    }

    /// The locks of an order, as text: `exclusive /a, shared /b`.
    typealias Arc = String

    private(set) var takings: [Taking] = []
    private var parents: [SessionID: SessionID] = [:]
    private var grants: [(token: Position, session: SessionID, lock: Lock)] = []
    private var asked: Set<RequestID> = []

    init(_ facts: [Fact]) {
        for fact in facts { follow(fact) }
    }

    private mutating func follow(_ fact: Fact) {
        switch fact.event {
        case .sessionOpened(let data): parents[data.session] = data.parent
        case .lockRequested(let data):
            asked.insert(data.request)
            ask(data.session, data.locks, fact)
        case .lockRefused(let data):
            guard let request = data.request, !asked.contains(request) else { return }
            ask(data.session, data.locks, fact)
        case .lockGranted(let data):
            grants += data.locks.map { (fact.position, data.session, $0) }
        case .lockReleased(let data):
            grants.removeAll { $0.token == data.token && data.locks.contains($0.lock) }
        case .lockDowngraded(let data):
            for index in grants.indices where grants[index].token == data.token && grants[index].lock.path == data.path
            {
                grants[index].lock.mode = .shared
            }
        default: break
        }
    }

    private mutating func ask(_ session: SessionID, _ wanted: [Lock], _ fact: Fact) {
        let mine = grants.filter { isSame(session, orBelow: $0.session) }
        let held = Set(mine.map(\.lock))
        for lock in held {
            let token = mine.filter { $0.lock == lock }.map(\.token).min() ?? 0
            takings += wanted.map {
                Taking(
                    session: session, holds: lock, wants: $0, held: held, token: token, position: fact.position)
            }
        }
    }

    private func isSame(_ session: SessionID, orBelow elder: SessionID) -> Bool {
        session == elder || (parents[session].map { isSame($0, orBelow: elder) } ?? false)
    }

    static func conflict(_ one: Lock, _ other: Lock) -> Bool {
        guard one.mode == .exclusive || other.mode == .exclusive else { return false }
        return zip(one.path.segments, other.path.segments).allSatisfy { $0 == $1 }
    }
}

extension OrderModel {
    static func arc(_ holds: Lock, _ wants: Lock) -> Arc {
        "\(holds.mode) \(holds.path), \(wants.mode) \(wants.path)"
    }

    /// The same ring has one form, wherever it begins.
    static func turned(_ ring: [Arc]) -> [Arc] {
        ring.indices.map { Array(ring[$0...] + ring[..<$0]) }.min { $0.lexicographicallyPrecedes($1) } ?? []
    }

    /// Every ring of two to six that can be there at one time and has no shorter one among its orders.
    func rings() -> Set<[Arc]> {
        var found: Set<[[Int]]> = []
        let field = Field(self)
        for taking in field.takings { field.extend([taking], &found) }
        let rings = Set(
            found.map { ring in Self.turned(ring.map { Self.arc(field.locks[$0[0]], field.locks[$0[1]]) }) })
        return rings.filter { ring in
            !rings.contains { $0.count < ring.count && Set($0).isSubset(of: ring) }
        }
    }

    /// The takings that differ, with numbers for names: a set of locks is a set of bits.
    private struct Field {
        struct Taking: Hashable {
            var session: Int
            var holds: Int
            var wants: Int
            var held: UInt64
        }

        let locks: [Lock]
        private(set) var takings: [Taking] = []
        /// Who is the same, or above or below.
        private var isRelated: [[Bool]]
        /// What is in the way of each lock.
        private var obstacles: [UInt64]

        init(_ model: OrderModel) {
            let locks = Array(Set(model.takings.flatMap { [$0.wants] + $0.held }))
            let sessions = Array(Set(model.takings.map(\.session)))
            func bits(_ isIn: (Lock) -> Bool) -> UInt64 {
                locks.indices.reduce(0) { isIn(locks[$1]) ? $0 | 1 << UInt64($1) : $0 }
            }
            self.locks = locks
            isRelated = sessions.map { one in
                sessions.map { model.isSame(one, orBelow: $0) || model.isSame($0, orBelow: one) }
            }
            obstacles = locks.map { lock in bits { OrderModel.conflict(lock, $0) } }
            let taken = model.takings.compactMap { taking -> Taking? in
                guard let session = sessions.firstIndex(of: taking.session),
                    let holds = locks.firstIndex(of: taking.holds), let wants = locks.firstIndex(of: taking.wants)
                else { return nil }
                return Taking(session: session, holds: holds, wants: wants, held: bits(taking.held.contains))
            }
            takings = Array(Set(taken))
        }

        private func canMeet(_ one: Taking, _ other: Taking) -> Bool {
            !isRelated[one.session][other.session]
                && locks.indices.allSatisfy { one.held & 1 << UInt64($0) == 0 || obstacles[$0] & other.held == 0 }
        }

        private func leads(_ one: Taking, _ other: Taking) -> Bool {
            obstacles[one.wants] & 1 << UInt64(other.holds) != 0
        }

        func extend(_ line: [Taking], _ found: inout Set<[[Int]]>) {
            guard let last = line.last, line.count < 6 else { return }
            for next in takings where leads(last, next) && line.allSatisfy({ canMeet($0, next) }) {
                let longer = line + [next]
                // What goes on from here has this ring inside.
                if let start = line.indices.last(where: { leads(next, longer[$0]) }) {
                    found.insert(longer[start...].map { [$0.holds, $0.wants] })
                } else {
                    extend(longer, &found)
                }
            }
        }
    }
}
