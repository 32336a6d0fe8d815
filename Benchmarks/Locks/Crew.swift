import Events
import MySQL
import Runner
import System

/// Processes that all do the same in the same second. Orders and answers are files: an order names the time of the clock that
/// all share at which to begin, an answer how long each cycle waited.
struct Crew {
    /// What the members lock.
    enum Work {
        case locks(held: Int)
        /// The database server's own locks.
        case names

        var text: String {
            switch self {
            case .locks(let held): LockField.database(held)
            case .names: ""
            }
        }
    }

    private let directory: String
    private let members: [ChildProcess]
    private var turn = 0

    /// Starts the members, and ends them behind `body`.
    static func with<Answer>(
        _ count: Int, _ work: Work, _ stand: Stand, _ body: (inout Crew) throws -> Answer
    ) async throws -> Answer {
        let directory = stand.directory + "/crew"
        if Directory.contains(directory) { try Directory.removeTree(directory) }
        try DurableFile.makeDirectory(directory)
        let members = try (0..<count).map { number in
            try DetachedProcess.start(
                Launch([
                    try Program.path, "--directory", stand.directory, "--crew-member", "\(number)/\(work.text)",
                ]), error: .file(stand.directory + "/crew.log"))
        }
        defer { for member in members { try? member.signal(Signals.kill) } }
        var crew = Crew(directory: directory, members: members)
        _ = try crew.answers()
        let answer = try body(&crew)
        try crew.order("")
        for member in members {
            guard await member.wait().cause == .exited(0) else { throw Self.failure }
        }
        return answer
    }

    private static let failure = Failure(description: "a process that was to lock failed; see crew.log")

    /// How long everybody has to see an order.
    private static let notice: UInt64 = 100_000_000

    mutating func round(_ contest: Contest, seconds: Double) throws -> Round {
        let start = Clock.now + Self.notice
        try order("\(contest.rawValue) \(start) \(start + UInt64(seconds * 1e9))")
        var round = Round()
        var end = start
        for answer in try answers() {
            end = max(end, answer.first ?? 0)
            for waited in answer.dropFirst() { round.record(waited) }
        }
        round.seconds = Double(end - start) / 1e9
        return round
    }

    private mutating func order(_ text: String) throws {
        turn += 1
        try DurableFile.write(Array(text.utf8), to: "\(directory)/order.\(turn)")
    }

    /// Of all members: when it ended, and what each cycle waited.
    private func answers() throws -> [[UInt64]] {
        try members.indices.map { number in
            while true {
                let answer = try DurableFile.read("\(directory)/\(number).\(turn)", limit: 1 << 24)
                if let answer {
                    return String(decoding: answer, as: UTF8.self).split(separator: " ").compactMap { UInt64($0) }
                }
                guard members[number].end == nil else { throw Self.failure }
                Pause.milliseconds(2)
            }
        }
    }
}
