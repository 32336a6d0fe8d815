import Seeds

/// What one party of the storm does: it asks for locks, and under them does one thing after the other, perhaps starts another
/// party below it.
struct Party: Sendable {
    enum Patience: Sendable {
        case none
        case brief(milliseconds: Int)
        case forever

        var arguments: [String] {
            switch self {
            case .none: ["--no-wait"]
            case .brief(let milliseconds): ["--wait", "\(milliseconds)ms"]
            case .forever: []
            }
        }
    }

    struct Request: Sendable {
        var claims: [Claim]
        var patience: Patience

        var arguments: String { (claims.flatMap(\.arguments) + patience.arguments).joined(separator: " ") }
    }

    indirect enum Step: Sendable {
        /// Asks whether its token still stands for a path.
        case check(String)
        /// Holds on for so long.
        case linger(milliseconds: Int)
        case downgrade(String)
        case release(Claim)
        /// Asks for more for its own session (`lock acquire --pid`), and gives that back.
        case more(Request)
        case nest(Party)
    }

    static let maximumDepth = 3

    /// Tells it from all others; those below it have it for a beginning.
    var name: String
    /// By `lock run`, or by `lock acquire` for a shell that runs already.
    var isRun: Bool
    var request: Request
    var steps: [Step]

    /// One that the dice make up.
    init(_ name: String, depth: Int = 1, _ random: inout Random) {
        self.name = name
        isRun = depth > 1 || random.chance(75)
        request = Request(&random)
        steps = []
        var held = request.claims
        for number in 0..<random.below(4) {
            let claim = held.randomElement(using: &random)
            switch random.below(10) {
            case 0: if let claim { steps.append(.check(claim.path)) }
            case 1, 2: steps.append(.linger(milliseconds: random.below(60)))
            case 3:
                guard let claim, claim.mode == .exclusive else { continue }
                steps.append(.downgrade(claim.path))
                held = held.map { $0 == claim ? Claim(.shared, claim.path) : $0 }
            case 4:
                guard let claim, held.count > 1 else { continue }
                steps.append(.release(claim))
                held.removeAll { $0 == claim }
            case 5: steps.append(.more(Request(&random)))
            default:
                guard depth < Self.maximumDepth else { continue }
                steps.append(.nest(Party("\(name).\(number)", depth: depth + 1, &random)))
            }
        }
    }
}

extension Party.Request {
    fileprivate init(_ random: inout Random) {
        claims = Claim.some(&random)
        switch random.below(10) {
        case 0..<2: patience = .none
        case 2..<4: patience = .brief(milliseconds: 20 + random.below(1500))
        default: patience = .forever
        }
    }
}
