import System

/// Debian's node_exporter with the collectors of what we measure of a host.
struct NodeExporter {
    static let program = "/usr/bin/prometheus-node-exporter"
    private static let collectors = [
        "cpu", "loadavg", "meminfo", "vmstat", "pressure", "diskstats", "netdev", "filefd", "filesystem", "stat",
        "time",
        "timex",
    ]

    let metered: Metered
    let address: String

    init(_ stand: Stand, address: String) throws {
        self.address = address
        let log = stand.directory + "/node-exporter.log"
        let options = [
            "--web.listen-address=\(address)", "--web.disable-exporter-metrics", "--collector.disable-defaults",
        ]
        metered = Metered(
            process: try DetachedProcess.start(
                Launch([Self.program] + options + Self.collectors.map { "--collector.\($0)" }), output: .file(log),
                error: .file(log)))
    }
}

/// Asking for pages of metrics.
enum Scrape {
    /// Samples of the page there, as soon as it answers with more than none.
    static func samples(_ stand: Stand, _ address: String) async throws -> Int {
        for _ in 0..<200 {
            if let count = try await scrape(stand, address, 1), count > 0 { return count }
            Pause.milliseconds(50)
        }
        throw Failure(description: "http://\(address)/metrics does not answer")
    }

    /// Milliseconds of processor time that one scrape costs who answers: the median of some rounds.
    static func milliseconds(_ stand: Stand, _ address: String, _ answering: Metered) async throws -> Double {
        let count = stand.isQuick ? 20 : 100
        var rounds: [Double] = []
        for _ in 0..<3 {
            let usage = try CPUTimes([answering])
            _ = try await scrape(stand, address, count)
            rounds.append(try usage.seconds()[0] * 1000 / Double(count))
        }
        return rounds.median
    }

    private static func scrape(_ stand: Stand, _ address: String, _ count: Int) async throws -> Int? {
        let command = ["/usr/bin/python3", stand.peers + "/scrape.py", "http://\(address)/metrics", "\(count)"]
        let outcome = try await BoundedCommand.run(Launch(command), within: .seconds(60))
        return Int(String(decoding: outcome.output, as: UTF8.self).filter(\.isNumber))
    }
}
