import Glibc
import Seeds
import ServerTesting
import Testing

@testable import System

/// What befalls the processes of a storm, in an order that a seed gives.
struct Blows {
    enum Kind {
        case kill
        case stop
        case terminate
        case killServer
        case killRunner
    }

    /// How often what happened.
    struct Figures {
        var (kills, stops, terminations, serverKills, runnerKills) = (0, 0, 0, 0, 0)
    }

    private(set) var figures = Figures()
    private var random: Random
    private let round: [Kind]
    /// Rounds are begun until then; without it there is one.
    private let end: ContinuousClock.Instant?
    /// Those who are stopped, and for how many further blows.
    private var stopped: [(target: StormField.Target, blows: Int)] = []
    /// Bytes that the ledger grows between two blows, at most so many and a few.
    private static let calm = 400

    init(seed: Int, _ round: [(Kind, Int)], end: ContinuousClock.Instant? = nil) {
        random = Random(seed: seed)
        self.round = round.flatMap { Array(repeating: $0.0, count: $0.1) }
        self.end = end
    }

    /// Strikes until it is over; whoever is stopped then goes on.
    mutating func strike(_ storm: LockStorm) async throws {
        repeat {
            for blow in round.shuffled(using: &random) where end.map({ ContinuousClock.now < $0 }) ?? true {
                try await storm.field.untilGrown(random.below(Self.calm))
                try wake(storm.field)
                try await strike(blow, storm)
            }
        } while end.map { ContinuousClock.now < $0 } ?? false
        while !stopped.isEmpty { try wake(storm.field) }
    }

    private mutating func strike(_ blow: Kind, _ storm: LockStorm) async throws {
        switch blow {
        case .kill:
            if let target = victim(in: storm.field) { try kill(target, storm.field) }
        case .stop:
            guard let target = victim(in: storm.field), Self.signal(SIGSTOP, to: target) else { return }
            figures.stops += 1
            stopped.append((target, 1 + random.below(3)))
        case .terminate:
            // A wrapper passes it on to its command; one that still waits gives up.
            guard let target = victim(in: storm.field, program: "interlock") else { return }
            try storm.field.say("term \(target.identity.pid) \(target.party)")
            if Self.signal(SIGTERM, to: target) { figures.terminations += 1 }
        case .killServer:
            figures.serverKills += 1
            try await storm.server.kill()
            try await storm.server.restart()
        case .killRunner:
            guard let service = storm.service else { return }
            figures.runnerKills += 1
            try await service.kill()
            try await service.restart()
        }
    }

    /// Any process of any party: a wrapper before or behind its grant, a command that holds, one that is not let go yet, an
    /// `acquire`, a `release`.
    private mutating func victim(in field: StormField, program: String? = nil) -> StormField.Target? {
        let targets = field.targets().filter { $0.program != "sleep" && $0.program == program ?? $0.program }
        return targets.sorted { $0.identity.pid < $1.identity.pid }.randomElement(using: &random)
    }

    private mutating func kill(_ target: StormField.Target, _ field: StormField) throws {
        // Before it is so: from here on nothing is expected of it.
        try field.say("kill \(target.identity.pid) \(target.party)")
        if Self.signal(SIGKILL, to: target) { figures.kills += 1 }
    }

    /// Those who were stopped long enough go on, or die as they are.
    private mutating func wake(_ field: StormField) throws {
        let due = stopped.filter { $0.blows <= 1 }
        stopped = stopped.filter { $0.blows > 1 }.map { ($0.target, $0.blows - 1) }
        for (target, _) in due {
            if random.chance(40) { try kill(target, field) } else { Self.signal(SIGCONT, to: target) }
        }
    }

    /// False when it has ended meanwhile.
    @discardableResult
    private static func signal(_ number: Int32, to target: StormField.Target) -> Bool {
        do {
            try PidFD(target.identity).signal(number)
            return true
        } catch {
            return false
        }
    }
}
