import Events

/// The living sessions. Each has a number as long as it lives: a judgement goes from one to the next a thousand times, and
/// by numbers it hashes no ids. Numbers are nowhere but in this process: the same state may number them otherwise.
struct Sessions: Sendable {
    private var numbers: [SessionID: Int] = [:]
    /// A vacant one keeps what it had until it is taken again.
    private var all: [Session] = []
    private var vacant: [Int] = []

    mutating func reserveCapacity(_ count: Int) {
        numbers.reserveCapacity(count)
        all.reserveCapacity(count)
    }

    func number(of id: SessionID) -> Int? { numbers[id] }

    func contains(_ id: SessionID) -> Bool { numbers[id] != nil }

    /// The living session of that id.
    subscript(id: SessionID) -> Session? { numbers[id].map { all[$0] } }

    /// The session of a number that was given out and not given back.
    subscript(number: Int) -> Session { all[number] }

    /// All, in no order.
    var living: some Sequence<Session> { numbers.values.lazy.map { all[$0] } }

    /// The numbers of all, in the order of their opening.
    var inOrder: [Int] { numbers.values.sorted { all[$0].position < all[$1].position } }

    /// Gives the session its number.
    mutating func insert(_ session: Session) -> Int {
        let number = vacant.popLast() ?? all.count
        if number == all.count { all.append(session) } else { all[number] = session }
        numbers[session.id] = number
        return number
    }

    mutating func remove(_ id: SessionID) {
        if let number = numbers.removeValue(forKey: id) { vacant.append(number) }
    }

    /// Changes a session in its place; does nothing where none lives.
    mutating func change(_ id: SessionID, _ body: (inout Session) -> Void) {
        if let number = numbers[id] { body(&all[number]) }
    }

    /// For one whose grants were read behind it.
    mutating func set(_ tokens: [Position], of number: Int) { all[number].tokens = tokens }
}
