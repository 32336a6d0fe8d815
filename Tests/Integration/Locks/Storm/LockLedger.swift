/// What the parties of a storm said while they held, in the order in which it was so; and what is wrong with it. Neither the log
/// nor the program that writes it is asked.
struct LockLedger {
    /// A process that holds.
    private struct Holder {
        var name: String
        /// Its session, then its ancestors.
        var line: [Substring]
        var claims: [Claim]

        func isRelated(to other: Holder) -> Bool {
            line.prefix(1).allSatisfy(other.line.contains) || other.line.prefix(1).allSatisfy(line.contains)
        }
    }

    /// What was seen that must not be, one line each.
    private(set) var violations: [String] = []
    private(set) var grants = 0
    private(set) var refused = 0
    private(set) var busy = 0
    private var holders: [Substring: Holder] = [:]
    private var killed: Set<String> = []
    private var terminated: Set<String> = []
    /// By slot path, every session that ever held one there: what they start is served by them.
    private var slotSessions: [String: Set<Substring>] = [:]
    private let wasServerKilled: Bool

    init(_ text: String, wasServerKilled: Bool) {
        self.wasServerKilled = wasServerKilled
        for line in text.split(separator: "\n") { read(line, line.split(separator: " ")) }
        for holder in holders.values { violations.append("\(holder.name) never left") }
    }

    private mutating func read(_ line: Substring, _ words: [Substring]) {
        let claims = words.dropFirst(2).compactMap(Claim.init)
        switch (words.first, words.count) {
        case ("in", 5...):
            guard !terminated.contains(String(words[1])) else { return }
            let chain = words[3].split(separator: ":")
            holders[words[2]] = Holder(name: String(words[1]), line: chain, claims: [])
            enter(words[2], words.dropFirst(4).compactMap(Claim.init), line)
        case ("more", 3...): enter(words[1], claims, line)
        case ("less", 3...): for claim in claims { leave(words[1], claim) }
        case ("down", 3):
            leave(words[1], Claim(.exclusive, String(words[2])))
            holders[words[1]]?.claims.append(Claim(.shared, String(words[2])))
        case ("out", 2): holders[words[1]] = nil
        case ("told", 4): judge(String(words[1]), String(words[2]), Int32(words[3]), line)
        case ("kill", 3):
            holders[words[1]] = nil
            killed.insert(String(words[2]))
        case ("term", 3):
            // Passed on to whichever process is the party's command.
            holders = holders.filter { $0.value.name != words[2] }
            terminated.insert(String(words[2]))
        default: violations.append("what does this mean: \(line)")
        }
    }

    private mutating func enter(_ process: Substring, _ claims: [Claim], _ line: Substring) {
        guard let mine = holders[process] else { return }
        grants += 1
        for claim in claims {
            for other in holders.values where !other.isRelated(to: mine) {
                guard let held = other.claims.first(where: claim.excludes) else { continue }
                violations.append("\(mine.name) has \(claim) while \(other.name) has \(held): \(line)")
            }
            if claim.mode == .slot { enter(slot: claim.path, mine, line) }
        }
        holders[process]?.claims += claims
    }

    /// Whoever is served by an ancestor's slot takes none.
    private mutating func enter(slot path: String, _ mine: Holder, _ line: Substring) {
        let known = slotSessions[path, default: []]
        slotSessions[path, default: []].formUnion(mine.line.prefix(1))
        guard known.isDisjoint(with: mine.line) else { return }
        let those = holders.values.filter { holder in
            holder.claims.contains(Claim(.slot, path)) && !holder.isRelated(to: mine)
        }
        let taken = those.count { holder in known.isDisjoint(with: holder.line.dropFirst()) }
        guard taken >= Claim.capacities[path, default: 0] else { return }
        violations.append("\(mine.name) has a slot of \(path) beside \(those.map(\.name).sorted()): \(line)")
    }

    private mutating func leave(_ process: Substring, _ claim: Claim) {
        guard let index = holders[process]?.claims.firstIndex(of: claim) else { return }
        holders[process]?.claims.remove(at: index)
    }

    /// Holds an exit code against what may be: 0 and 76, 75 for who would not wait for ever, 69 while the server was away,
    /// and the codes of those who were ended.
    mutating func judge(_ name: String, _ verb: String, _ code: Int32?, _ line: Substring) {
        let isAsking = !["check", "downgrade", "release"].contains(verb)
        switch code {
        case 0: return
        case 76 where isAsking: refused += 1
        case 75 where verb.hasPrefix("try-"): busy += 1
        case 69 where wasServerKilled: return
        // Its child may have been killed before it was let go: then its request is withdrawn.
        case 137, 75: if !killed.contains(name) { violations.append("unexpected: \(line)") }
        case 143: if !terminated.contains(name) { violations.append("unexpected: \(line)") }
        default: violations.append("unexpected: \(line)")
        }
    }
}
