public import Events

/// That one lock was held while another was asked for, how often, and by whom.
public struct LockOrder: Sendable, Equatable {
    /// One time that it happened.
    public struct Proof: Sendable, Equatable {
        /// Who asked: the one that held, or a descendant of it.
        public let session: SessionID
        /// Who that is.
        public let holder: HolderRecord?
        /// Of the grant of what was held.
        public let token: Position
        /// Of the request; of its refusal where it was refused when it was made.
        public let position: Position
        /// The time of the request.
        public let at: Timestamp
    }

    /// What was held.
    public let holds: Lock
    /// What was asked for.
    public let wants: Lock
    /// All that the asker and its ancestors held then, `holds` among it, by path: where one of these is in the way of what
    /// another order held, the two can never meet.
    public let held: [Lock]
    /// How often.
    public internal(set) var count = 0
    /// By how many sessions.
    public internal(set) var sessions = 0
    /// The earliest time.
    public let first: Proof
    /// The latest time.
    public internal(set) var last: Proof
    /// Some of those who did it.
    var witnesses = Witnesses()

    init(holds: Lock, wants: Lock, held: [Lock], first: Proof) {
        (self.holds, self.wants, self.held) = (holds, wants, held)
        (self.first, last) = (first, first)
    }

    /// True when whoever waits in this order may wait for one who has come as far as holding in the other.
    func leads(to other: LockOrder) -> Bool { wants.conflicts(with: other.holds) }

    /// True when the two can be there at one time: neither held what is in the other's way.
    func canMeet(_ other: LockOrder) -> Bool {
        !held.contains { lock in other.held.contains { lock.conflicts(with: $0) } }
    }
}

/// So many of the sessions of an order that, of any `InversionSearch.maximumLength - 1` others, one is related to none
/// whenever that is true of one of all its sessions. Each is kept with its ancestors, from the top.
struct Witnesses: Sendable, Equatable {
    private(set) var lines: [[SessionID]] = []

    /// Takes a session that is given with its ancestors, itself last, unless others do as well as it: a descendant of it,
    /// or enough that branch off its line in different places. Another session can be related to those of one branch only.
    mutating func add(_ line: [SessionID]) {
        var branches: Set<SessionID> = []
        for known in lines {
            let shared = zip(known, line).prefix { $0 == $1 }.count
            if shared == line.count { return }
            if shared < known.count { branches.insert(known[shared]) }
        }
        if branches.count < InversionSearch.maximumLength { lines.append(line) }
    }

    /// True when they never conflict: the same session, or one above the other.
    static func areRelated(_ one: [SessionID], _ other: [SessionID]) -> Bool {
        zip(one, other).allSatisfy { $0 == $1 }
    }
}

extension Lock {
    /// True when whoever holds this need not wait for `wanted`: what would be in the way of that is in the way of this.
    func serves(_ wanted: Lock) -> Bool {
        path.covers(wanted.path) && (mode == .exclusive || wanted.mode != .exclusive)
    }

    /// By path, then mode: one form for a set.
    static func precedes(_ one: Lock, _ other: Lock) -> Bool {
        (one.path, one.mode.rawValue) < (other.path, other.mode.rawValue)
    }
}
