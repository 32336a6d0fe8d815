import ArgumentParser
import Events
import MySQL
import Runner
import System

/// Measures what Interlock costs, beside peers in the same run. `bin/bench` starts it with what it needs.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "interlock-bench", abstract: "Measure Interlock beside its peers. Start it by bin/bench.")

    @Option(help: "An empty directory for the private server, the state and the figures.")
    var directory = ""

    @Option(help: "The port of a scratch etcd on 127.0.0.1; without it its ratios are left out.")
    var etcd: UInt16?

    @Option(help: "The directory of the peers' programs.")
    var peers = ""

    @Option(help: "Only these parts: \(Part.allCases.map(\.rawValue).joined(separator: ", ")).")
    var only: [Part] = []

    @Option(help: "How many commands at once, for appends and locks.")
    var concurrent = [1, 8, 64]

    @Flag(help: "Shorter rounds, and fewer.")
    var quick = false

    @Flag(help: "The figures as JSON.")
    var json = false

    @Option(help: "Only what the history in this database takes, that a service of this host has kept there.")
    var storedHistory: String?

    @Option(help: .hidden)
    var handOffPartner: Int?

    @Option(help: .hidden)
    var crewMember: String?

    enum Part: String, CaseIterable, ExpressibleByArgument {
        case appends
        case locks
        case processes
        case state
        case handOff = "hand-off"
        case death
        case replay
        case history
        case run
        case service
        case tasks
        case rename
        case notifications
        case metrics
    }

    func run() async throws {
        let bench = try await Stand(
            directory: directory, etcd: etcd, peers: peers, isQuick: quick, concurrencies: concurrent)
        if let handOffPartner { return try await HandOff.partner(bench, cycles: handOffPartner) }
        if let crewMember { return try await Crew.member(bench, crewMember) }
        var report = Report()
        if let storedHistory {
            let endpoint = try Endpoint(url: storedHistory, allowPassword: true)
            report.figures = try await StoredLevels.figures(of: endpoint, host: Host.name, "as stored")
            return print(json ? report.json.text : report.table)
        }
        try await bench.server.start { Self.say($0) }
        for part in only.isEmpty ? Part.allCases : only {
            Self.say("measuring: \(part.rawValue)")
            let figures = try await Self.figures(part, bench)
            for figure in figures { Self.say("  \(figure.line)") }
            report.figures += figures
        }
        print(json ? report.json.text : report.table)
    }

    private static func figures(_ part: Part, _ stand: Stand) async throws -> [Figure] {
        switch part {
        case .appends: try await Appends.measure(stand)
        case .locks: try await LockCycles.measure(stand)
        case .processes: try await ManyProcesses.measure(stand)
        case .state: try await StateCosts.measure(stand)
        case .handOff: try await HandOff.measure(stand)
        case .death: try await Death.measure(stand)
        case .replay: try await Replay.measure(stand)
        case .history: try HistoryCosts.measure(stand)
        case .run: try await CommandRuns.measure(stand)
        case .service: try await ServiceCosts.measure(stand)
        case .tasks: try await TaskCosts.measure(stand)
        case .rename: try await RenameCosts.measure(stand)
        case .notifications: try await NotificationCosts.measure(stand)
        case .metrics: try await MetricCosts.measure(stand)
        }
    }

    /// Progress, on standard error.
    static func say(_ line: String) {
        Program.complain("bench: \(line)")
    }
}
