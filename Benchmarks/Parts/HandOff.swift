import EventStore
import Events
import MySQL
import Projections
import Runner
import System

/// A contended lock between two processes: from the moment at which one begins to release to the moment at which the other
/// knows that it holds.
enum HandOff {
    /// How long each holds, and how long it then leaves the lock to the other.
    static let holdMilliseconds = 20
    static let pauseMilliseconds = 5

    /// What one process did, and when by the clock that both share.
    private struct Moment {
        var time: UInt64
        var isGrant: Bool
        var isPartner: Bool
    }

    static func measure(_ stand: Stand) async throws -> [Figure] {
        let site = try await stand.shared()
        let single = try await SingleCommit(stand)
        let cycles = stand.isQuick ? 40 : 200
        let partner = try DetachedProcess.start(
            Launch([
                try Program.path, "--directory", stand.directory, "--hand-off-partner", String(cycles),
            ]), error: .file(stand.directory + "/partner.log"))
        let own = try await moments(site, cycles, isPartner: false) { try await single.measure() }
        let commit = await single.round
        guard await partner.wait().cause == .exited(0) else {
            throw Failure(description: "the partner of the hand-off failed; see partner.log")
        }
        let text = String(decoding: try DurableFile.read(file(stand), limit: 1 << 20) ?? [], as: UTF8.self)
        let others = text.split(separator: "\n").compactMap { line in
            UInt64(line.dropFirst()).map { Moment(time: $0, isGrant: line.first == "+", isPartner: true) }
        }
        let all = (own + others).sorted { $0.time < $1.time }
        var round = Round()
        for (released, granted) in zip(all, all.dropFirst())
        where !released.isGrant && granted.isGrant && released.isPartner != granted.isPartner {
            round.record(granted.time - released.time)
        }
        let unit = commit.milliseconds(50)
        let median = round.milliseconds(50)
        return [
            Figure(
                name: "hand-off between processes (\(round.count))", value: median, unit: "ms",
                latencies: round.latencies, peer: "a durable commit (p99 \(commit.latencies.millisecond(99)) ms)",
                peerValue: unit, ratio: median / unit, target: .atMost(4))
        ]
    }

    /// The other process.
    static func partner(_ stand: Stand, cycles: Int) async throws {
        let moments = try await moments(try await stand.shared(), cycles, isPartner: true) {
            Pause.milliseconds(holdMilliseconds)
        }
        let lines = moments.map { "\($0.isGrant ? "+" : "-")\($0.time)\n" }.joined()
        try DurableFile.write(Array(lines.utf8), to: file(stand))
    }

    private static func file(_ stand: Stand) -> String { stand.directory + "/hand-off" }

    private static func moments(
        _ site: OpenSite, _ cycles: Int, isPartner: Bool, while hold: () async throws -> Void
    ) async throws -> [Moment] {
        let path = Lock(LockPath("/hand-off") ?? .root, .exclusive)
        let holder = try await site.bench()
        var moments: [Moment] = []
        for _ in 0..<cycles {
            let granted = try await LockRequest(
                site: site, holder: .session(holder), session: holder, locks: [path], reason: nil, patience: .forever
            ).obtain { _ in }
            moments.append(Moment(time: Clock.now, isGrant: true, isPartner: isPartner))
            try await hold()
            moments.append(Moment(time: Clock.now, isGrant: false, isPartner: isPartner))
            _ = try await site.submit(.release(token: granted.token))
            Pause.milliseconds(pauseMilliseconds)
        }
        return moments
    }
}

/// The same run's single durable commit, one row through the same room, made while this process holds the lock and nothing
/// else happens.
private actor SingleCommit {
    private let room: Room
    private(set) var round = Round()

    init(_ stand: Stand) async throws {
        room = try Room(try stand.database("single"))
        try await room.with {
            try $0.run("CREATE TABLE one (id INT PRIMARY KEY AUTO_INCREMENT, text VARCHAR(200)) ENGINE = InnoDB")
        }
    }

    /// Holds for as long as the other does, with a commit in the middle.
    func measure() async throws {
        let text = [Value.text(String(repeating: "x", count: 200))]
        let time = try await room.with { connection in
            Pause.milliseconds(HandOff.holdMilliseconds / 2)
            let start = Clock.now
            try connection.execute("INSERT INTO one (text) VALUES (?)", text)
            let time = Clock.now - start
            Pause.milliseconds(HandOff.holdMilliseconds / 2)
            return time
        }
        round.record(time)
    }
}

extension OpenSite {
    /// This process's own session.
    func bench() async throws -> SessionID {
        let claimant = try await claimant(
            for: try ProcessIdentity.current, program: "interlock-bench", label: nil, inherited: nil,
            closesWhenIdle: false)
        if case .opening(let opening) = claimant.holder { _ = try await submit(.openSession(opening)) }
        return claimant.session
    }
}
