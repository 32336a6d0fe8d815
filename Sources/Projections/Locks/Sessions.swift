import Events

/// The living sessions. Each has a number as long as it lives: a judgement goes from one to the next a thousand times, and
/// by numbers it hashes no ids. Numbers are nowhere but in this process: the same state may number them otherwise.
struct Sessions: Sendable {
    private var numbers: [SessionID: Int] = [:]
    /// A vacant one keeps what it had until it is taken again.
    private var all: [Session] = []
    private var isLiving: [Bool] = []
    private var vacant: [Int] = []

    mutating func reserveCapacity(_ count: Int) {
        numbers.reserveCapacity(count)
        all.reserveCapacity(count)
        isLiving.reserveCapacity(count)
    }

    func number(of id: SessionID) -> Int? { numbers[id] }

    func contains(_ id: SessionID) -> Bool { numbers[id] != nil }

    /// The living session of that id.
    subscript(id: SessionID) -> Session? { numbers[id].map { all[$0] } }

    /// The session of a number that was given out and not given back.
    subscript(number: Int) -> Session { all[number] }

    /// All, in no order.
    var values: some Sequence<Session> { all.indices.lazy.filter { isLiving[$0] }.map { all[$0] } }

    /// The numbers of all, in the order of their opening: nearly so they stand already.
    var inOrder: [Int] {
        var opened: [(position: Position, number: Int)] = []
        opened.reserveCapacity(numbers.count)
        for number in all.indices where isLiving[number] { opened.append((all[number].position, number)) }
        return opened.sorted { $0.position < $1.position }.map(\.number)
    }

    /// Gives the session its number.
    mutating func insert(_ session: consuming Session) -> Int {
        numbers[session.id] = vacant.last ?? all.count
        let number = vacant.popLast() ?? all.count
        if number == all.count {
            all.append(session)
            isLiving.append(true)
        } else {
            all[number] = session
            isLiving[number] = true
        }
        return number
    }

    mutating func remove(_ id: SessionID) {
        guard let number = numbers.removeValue(forKey: id) else { return }
        isLiving[number] = false
        vacant.append(number)
    }

    /// Changes a session in its place; does nothing where none lives.
    mutating func change(_ id: SessionID, _ body: (inout Session) -> Void) {
        if let number = numbers[id] { body(&all[number]) }
    }

    /// For one whose grants were read behind it.
    mutating func set(_ tokens: [Position], of number: Int) { all[number].tokens = tokens }
}

/// A set of sessions' numbers, a bit each: they are dense.
struct NumberSet {
    private var words: [UInt64] = []

    /// True when it was not there yet.
    mutating func insert(_ number: Int) -> Bool {
        let (word, bit) = (number / 64, UInt64(1) << UInt64(number % 64))
        if word >= words.count { words += Array(repeating: 0, count: word + 1 - words.count) }
        guard words[word] & bit == 0 else { return false }
        words[word] |= bit
        return true
    }

    func contains(_ number: Int) -> Bool {
        number / 64 < words.count && words[number / 64] & (UInt64(1) << UInt64(number % 64)) != 0
    }
}
