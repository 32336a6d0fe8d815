import Events
import Testing

/// What the writers of a storm said: what they asked for, and what they were answered.
struct Ledger {
    /// The number of events of each command that was asked for.
    private(set) var asked: [String: Int] = [:]
    private(set) var acknowledged: [String: Range<Position>] = [:]
    /// Commands that were answered with the positions of an earlier attempt, whose answer nobody had heard.
    private(set) var found = 0
    /// By writer, the orders that have no answer: its successor gives them again.
    private(set) var unanswered: [Int: [String: String]] = [:]

    /// Reads what one process said. Other lines are the shell's word on how it ended.
    mutating func read(_ text: String, of writer: Int) {
        // The last line may be half a line.
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            let words = line.split(separator: " ").map(String.init)
            switch (words.first, words.count) {
            case ("ask", 2):
                let parts = words[1].split(separator: ":").map(String.init)
                asked[parts[0]] = parts[1] == "open" ? Int(parts[2]) : 1
                unanswered[writer, default: [:]][parts[0]] = words[1]
            case ("ack", 4), ("found", 4):
                guard let first = Int(words[2]), let end = Int(words[3]) else { continue }
                #expect(acknowledged[words[1], default: first..<end] == first..<end, "\(words[1]) has two places")
                acknowledged[words[1]] = first..<end
                unanswered[writer]?[words[1]] = nil
                if words[0] == "found" { found += 1 }
            case ("fail", _): Issue.record("\(line)")
            default: break
            }
        }
    }

    /// Holds it against the log: every acknowledged command is there once, where it was said to be; every other one is
    /// there whole or not at all; and nobody else's is.
    func check(_ events: [RecordedEvent]) {
        let landed = Dictionary(grouping: events) { String($0.id.prefix { $0 != "." }) }
        for (id, count) in asked {
            let there = landed[id, default: []]
            let positions = there.map(\.position)
            if let place = acknowledged[id] {
                #expect(positions == Array(place), "\(id) was acknowledged at \(place)")
            }
            guard !there.isEmpty else { continue }
            #expect(there.map(\.id) == (0..<count).map { "\(id).\($0)" }, "\(id) is not whole, or twice there")
            #expect(positions == (0..<count).map { positions[0] + $0 }, "\(id) is not in one piece")
        }
        #expect(Set(landed.keys).isSubset(of: asked.keys))
        #expect(Set(acknowledged.keys).isSubset(of: asked.keys))
    }
}
