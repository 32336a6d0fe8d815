import Seeds

/// One lock as a party of the storm asks for it, and the rule it must obey: written once more, so that nothing is taken from
/// the program that is tested.
struct Claim: Sendable, Hashable, CustomStringConvertible {
    enum Mode: String, Sendable {
        case exclusive
        case shared
        case slot
    }

    var mode: Mode
    var path: String

    /// As it stands in the ledger: `shared:/a/b`.
    var description: String { "\(mode.rawValue):\(path)" }

    init(_ mode: Mode, _ path: String) {
        self.mode = mode
        self.path = path
    }

    init?(_ text: Substring) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let mode = Mode(rawValue: String(parts[0])) else { return nil }
        self.init(mode, String(parts[1]))
    }

    /// Whether two sessions that are not related can never hold both. How many may hold a slot is another matter.
    func excludes(_ other: Claim) -> Bool {
        guard mode == .exclusive || other.mode == .exclusive else { return false }
        return covers(other.path) || other.covers(path)
    }

    private func covers(_ other: String) -> Bool {
        path == "/" || path == other || other.hasPrefix(path + "/")
    }

    var arguments: [String] {
        switch mode {
        case .exclusive: [path]
        case .shared: ["--shared", path]
        case .slot: ["--slot", path]
        }
    }
}

extension Claim {
    /// How many may hold a slot of a path.
    static let capacities = ["/s": 2, "/a/s": 3]
    static let configuration =
        "slots: { " + capacities.sorted { $0.key < $1.key }.map { "\($0): \($1)" }.joined(separator: ", ") + " }\n"
    private static let names = ["a", "b", "s"]

    /// One to three, no path twice. Few paths, and short ones oftener: they are to meet.
    static func some(_ random: inout Random) -> [Claim] {
        var claims: [Claim] = []
        for _ in 0...random.below(3) {
            let claim = one(&random)
            if !claims.contains(where: { $0.path == claim.path }) { claims.append(claim) }
        }
        return claims
    }

    private static func one(_ random: inout Random) -> Claim {
        if random.chance(30) {
            let paths = capacities.keys.sorted()
            return Claim(.slot, paths[random.below(paths.count)])
        }
        if random.chance(2) { return Claim(.exclusive, "/") }
        let path = (0...random.below(2)).map { _ in "/" + names[random.below(names.count)] }.joined()
        return Claim(random.chance(50) ? .exclusive : .shared, path)
    }
}
