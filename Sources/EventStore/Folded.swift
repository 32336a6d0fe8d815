internal import Digest
internal import Events

/// A machine with the place in the log up to which it was folded. Its hash is the chain's there: a log that has another
/// one at this position is not the log this state came from.
struct Folded<Machine: StoredMachine> {
    var machine = Machine()
    var head = Head.empty
    /// For each projection the number of events that moved it.
    var versions: [String: Int] = [:]

    mutating func fold(_ event: some LogRow) throws {
        let fact = try event.fact()
        guard fact.follows(head.position) else { throw LogReader.hole(head.position + 1) }
        try fold(event, as: fact)
    }

    /// For an event that was decoded already.
    mutating func fold(_ event: some LogRow, as fact: Fact) throws {
        try machine.evolve(fact)
        advance(event)
    }

    /// For events that the machine has evolved already.
    mutating func advance(_ event: some LogRow) {
        if let kind = Event.Kind(rawValue: event.type) { versions[Machine.projection(of: kind), default: 0] += 1 }
        head = Head(position: event.position, hash: event.hash)
    }
}
