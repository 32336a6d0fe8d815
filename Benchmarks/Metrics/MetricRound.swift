import Runner
import System

/// Services and peers that measure the same for a while, side by side.
struct MetricRound {
    /// Seconds from pass to pass.
    let interval: Int
    private let seconds: Int
    private var beds: [Bed] = []
    private var exporter: NodeExporter?
    private let processes: Int
    private let hasGraphite: Bool

    /// All that measures so many apps.
    private struct Bed {
        let apps: Int
        let on: MeasuredService
        let off: MeasuredService
        var samples = 0
        var collectds: [(kind: Collectd.Kind, metered: Metered)] = []
        /// Milliseconds of processor time a pass: with, without, and of each collectd.
        var costs: [Double] = []

        var all: [Metered] { [on.metered, off.metered] + collectds.map(\.metered) }
        var name: String { "metrics of the host and \(apps) apps" }
    }

    /// Starts everything, and measures what it takes of the processor.
    init(
        _ stand: Stand, _ fields: [AppField], interval: Int, seconds: Int, hasGraphite: Bool,
        _ surroundings: inout MeasuredService.Surroundings
    ) async throws {
        (self.interval, self.seconds, self.hasGraphite) = (interval, seconds, hasGraphite)
        surroundings.hasGraphite = hasGraphite
        for field in fields {
            var bed = Bed(
                apps: field.count,
                on: try await MeasuredService(stand, field, interval: interval, isMeasuring: true, &surroundings),
                off: try await MeasuredService(stand, field, interval: interval, isMeasuring: false, &surroundings))
            for kind in Self.kinds(field.count) where Directory.contains(Collectd.program) {
                let name = "\(kind)-\(field.count)-\(interval)"
                let collectd = try Collectd(
                    stand, field, kind, interval: interval, name: name, carbon: surroundings.carbon)
                bed.collectds.append((kind, collectd.metered))
            }
            beds.append(bed)
        }
        if Directory.contains(NodeExporter.program) {
            exporter = try NodeExporter(stand, address: surroundings.next())
        }
        // The first passes read what later ones have in memory.
        Pause.milliseconds(2500 * interval)
        let usages = try beds.map { try CPUTimes($0.all) }
        Pause.milliseconds(seconds * 1000)
        let passes = Double(seconds / interval)
        for index in beds.indices {
            beds[index].costs = try usages[index].seconds().map { $0 * 1000 / passes }
            beds[index].samples = try await Scrape.samples(stand, beds[index].on.address)
        }
        processes = try Directory.names(in: "/proc").filter { Int($0) != nil }.count
    }

    /// Which collectds are measured beside how many apps: what looks at all processes of the host once.
    private static func kinds(_ apps: Int) -> [Collectd.Kind] {
        apps == 0 ? [.sameFiles] : apps >= 200 ? [.sameFiles, .table, .processes] : [.sameFiles, .table]
    }

    /// The service that measures the most.
    var largest: Site { beds[beds.count - 1].on.site }

    func end() async {
        for bed in beds { for metered in bed.all { await metered.end() } }
        await exporter?.metered.end()
    }

    var processorFigures: [Figure] {
        beds.flatMap { bed in
            let cost = max(0, bed.costs[0] - bed.costs[1])
            let name = "\(bed.name), processor time a pass each \(interval) s (\(bed.samples) samples)"
            let alone = Figure(name: name, value: cost, unit: "ms")
            let beside = zip(bed.collectds, bed.costs.dropFirst(2)).map { peer, peerCost in
                var figure = alone
                (figure.peer, figure.peerValue) = (title(peer.kind), peerCost)
                figure.ratio = peerCost > 0 ? cost / peerCost : nil
                if peer.kind == .sameFiles { figure.target = .atMost(0.5) }
                return figure
            }
            return beside.isEmpty ? [alone] : beside
        }
    }

    private func title(_ kind: Collectd.Kind) -> String {
        kind == .processes ? "\(kind.rawValue) (\(processes) processes)" : kind.rawValue
    }

    /// What a scrape costs who answers it. node_exporter measures then; the service tells what it has measured.
    func pageFigures(_ stand: Stand) async throws -> [Figure] {
        var peer: (name: String, cost: Double)?
        if let exporter {
            let samples = try await Scrape.samples(stand, exporter.address)
            let cost = try await Scrape.milliseconds(stand, exporter.address, exporter.metered)
            peer = ("a scrape of node_exporter (\(samples) samples)", cost)
        }
        var figures: [Figure] = []
        for bed in beds {
            let cost = try await Scrape.milliseconds(stand, bed.on.address, bed.on.metered)
            let name = "\(bed.name), processor time a scrape (\(bed.samples) samples)"
            let pass = max(0, bed.costs[0] - bed.costs[1])
            let isHost = bed.apps == 0
            figures.append(
                Figure(
                    name: name, value: cost, unit: "ms", peer: isHost ? peer?.name : nil,
                    peerValue: isHost ? peer?.cost : nil, ratio: isHost ? peer.map { cost / $0.cost } : nil))
            guard isHost, let peer else { continue }
            figures.append(
                Figure(
                    name: "the same with the pass before it", value: cost + pass, unit: "ms", peer: peer.name,
                    peerValue: peer.cost, ratio: (cost + pass) / peer.cost))
        }
        return figures
    }

    /// What is in RAM more with a section `metrics` than without, once blocks of the history are full.
    var memoryFigures: [Figure] {
        get throws {
            try beds.flatMap { bed in
                let added = try bed.on.metered.megabytes() - bed.off.metered.megabytes()
                let sinks = hasGraphite ? "history and Graphite" : "history"
                let name = "\(bed.name), resident memory added after \(seconds / interval) passes, \(sinks)"
                let peers =
                    try bed.collectds.filter { $0.kind != .processes }.map {
                        ($0.kind.rawValue, try $0.metered.megabytes())
                    } + (exporter.map { bed.apps == 0 ? [("node_exporter", try $0.metered.megabytes())] : [] } ?? [])
                let alone = Figure(name: name, value: added, unit: "MB", target: .atMost(10), isBoundOnValue: true)
                return peers.isEmpty
                    ? [alone]
                    : peers.enumerated().map { index, peer in
                        var figure = alone
                        (figure.peer, figure.peerValue, figure.ratio) = (peer.0, peer.1, added / peer.1)
                        if index > 0 { figure.target = nil }
                        return figure
                    }
            }
        }
    }
}
