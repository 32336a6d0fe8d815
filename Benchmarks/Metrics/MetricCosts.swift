import Runner
import System

/// What it costs to measure a host with apps: what a service with a section `metrics` takes more than one without, beside collectd
/// and node_exporter at the same time on the same host. Peers that are not installed are left out.
enum MetricCosts {
    private static let counts = [0, 50, 200]

    static func measure(_ stand: Stand) async throws -> [Figure] {
        let carbon = "127.91.17.5:24690"
        let sink = try DetachedProcess.start(
            Launch(["/usr/bin/python3", stand.peers + "/carbon_sink.py", carbon]),
            output: .file(stand.directory + "/sink"))
        defer { try? sink.signal(Signals.kill) }
        while try DurableFile.read(stand.directory + "/sink", limit: 64)?.isEmpty != false { Pause.milliseconds(10) }
        var fields: [AppField] = []
        for count in counts {
            guard let field = try AppField(count) else {
                Bench.say("this host lets us make no cgroups: nothing is measured")
                continue
            }
            fields.append(field)
        }
        let figures: [Figure]
        do {
            for field in fields { try field.fill() }
            figures = try await measure(stand, fields, carbon)
        } catch {
            for field in fields { await field.clear() }
            throw error
        }
        for field in fields { await field.clear() }
        return figures + (try await MonthOfHistory.measure(stand))
    }

    private static func measure(_ stand: Stand, _ fields: [AppField], _ carbon: String) async throws -> [Figure] {
        var surroundings = MeasuredService.Surroundings(carbon: carbon)
        // A whole number of flushes of the history, which are once a minute.
        let usual = try await MetricRound(
            stand, fields, interval: stand.isQuick ? 2 : 10, seconds: stand.isQuick ? 60 : 240, hasGraphite: true,
            &surroundings)
        let processors = try usual.processorFigures + usual.memoryFigures
        let pages = try await usual.pageFigures(stand)
        await usual.end()
        let stored = try await StoredLevels.figures(
            of: usual.largest.endpoint, host: usual.largest.host, "of \(counts.last ?? 0) apps, real")
        // Longer than a block is filled: then the history has as much in memory as it ever has. Graphite's lines wait for 5 s until
        // carbon has them, which is one pass at the usual interval and would be six here.
        let full = try await MetricRound(
            stand, fields, interval: 1, seconds: stand.isQuick ? 30 : 180, hasGraphite: false, &surroundings)
        let memory = try full.memoryFigures
        await full.end()
        let fine = try await StoredLevels.figures(
            of: full.largest.endpoint, host: full.largest.host, "of \(counts.last ?? 0) apps, real")
        return processors + pages + memory + stored + fine
    }
}
