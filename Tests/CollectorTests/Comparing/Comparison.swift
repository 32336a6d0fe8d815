@testable import Collector

/// One metric, as three programs measured it.
struct Comparison {
    /// How what others measured between two passes of ours relates to these.
    enum Kind {
        /// It is exactly that, where it did not change meanwhile.
        case still
        /// It only grows: it lies between. Who adds up cores or writes whole seconds may be so far off, and who multiplies where we
        /// divide a little.
        case growing(Double = 1e-6)
        /// It moves both ways, but hardly so far beyond: not in each of many moments.
        case moving(Double)

        /// Nil where nothing can be said.
        func agrees(_ theirs: Double, _ before: Double, _ after: Double) -> Bool? {
            switch self {
            case .still: before == after ? theirs == before : nil
            case .growing(let slack): before - slack <= theirs && theirs <= after + slack
            case .moving(let slack):
                // Beyond it can have been and be back: another moment tells.
                min(before, after) - slack <= theirs && theirs <= max(before, after) + slack ? true : nil
            }
        }
    }

    /// Ours.
    let name: String
    let kind: Kind
    /// The same in our unit; nil where they do not measure it.
    let collectd: Double?
    let exporter: Double?
    let before: Double
    let after: Double

    /// Nil where nothing can be said at this moment.
    var isAgreed: Bool? {
        let verdicts = [collectd, exporter].compactMap { $0 }.map { kind.agrees($0, before, after) }
        guard !verdicts.contains(where: { $0 == nil }) else { return nil }
        return !verdicts.isEmpty && verdicts.allSatisfy { $0 == true }
    }

    /// A row of a table.
    var line: String {
        let words = [before, collectd, exporter, after].map { $0.map(\.written) ?? "" }
        return "| `\(name)` | " + words.joined(separator: " | ") + " |"
    }
}

/// What is compared.
extension Moment {
    private static let page = KernelFile.pageBytes

    var comparisons: [Comparison] {
        hostComparisons + memoryComparisons + rootComparisons
            + labels(of: .diskReads).flatMap(diskComparisons)
            + labels(of: .networkReceivedBytes).flatMap(networkComparisons)
    }

    private var hostComparisons: [Comparison] {
        let cores = collectd.keys.filter { $0.hasPrefix("cpu-") && $0.hasSuffix("/cpu-user") }.count
        let ticks = Double(cores) / KernelFile.ticksPerSecond
        let modes = [
            ("user", "user"), ("nice", "nice"), ("system", "system"), ("softirq", "softirq"), ("steal", "steal"),
        ]
        let cpu = modes.map { ours, theirs in
            compare(
                .cpuSeconds, ours, .growing(ticks), sum(of: "cpu-", "/cpu-\(theirs)", scale: 0.01),
                exporter.filter { $0.key.hasPrefix("node_cpu_seconds_total{") && $0.key.hasSuffix("mode=\"\(ours)\"}") }
                    .values.reduce(0, +))
        }
        let load = [("1m", 0), ("5m", 1), ("15m", 2)].map { window, index in
            compare(
                .loadAverage, window, .moving(1), value("load/load", index),
                exporter["node_load\(window.dropLast())"])
        }
        let now = exporter["node_time_seconds"] ?? 0
        return cpu + load + [
            compare(.forks, "", .growing(), value("processes/fork_rate"), exporter["node_forks_total"]),
            compare(.bootTime, "", .still, nil, exporter["node_boot_time_seconds"]),
            compare(
                .uptime, "", .growing(1), value("uptime/uptime"), exporter["node_boot_time_seconds"].map { now - $0 }),
            compare(
                .fileHandlesLimit, "", .still, value("fhcount/file_handles-max"), exporter["node_filefd_maximum"]),
            compare(
                .outOfMemoryKills, "", .growing(), nil, exporter["node_vmstat_oom_kill"]),
        ]
    }

    private var memoryComparisons: [Comparison] {
        let total = exporter["node_memory_MemTotal_bytes"] ?? 0
        let parts = ["used", "free", "buffered", "cached", "slab_recl", "slab_unrecl"]
        let moving: [(Metric, String?, String)] = [
            (.memoryAvailable, nil, "MemAvailable"), (.memoryFree, "free", "MemFree"),
            (.memoryBuffers, "buffered", "Buffers"), (.memoryCached, "cached", "Cached"),
            (.memorySlabReclaimable, "slab_recl", "SReclaimable"),
            (.memorySlabUnreclaimable, "slab_unrecl", "SUnreclaim"),
        ]
        func swap(_ index: Int) -> Double? { value("vmem/vmpage_io-swap", index).map { $0 * Self.page } }
        func paged(_ name: String) -> Double? { exporter["node_vmstat_\(name)"].map { $0 * Self.page } }
        return [
            compare(
                .memoryTotal, "", .still, summed(parts.map { "memory/memory-\($0)" }),
                exporter["node_memory_MemTotal_bytes"]),
            compare(
                .swapTotal, "", .still, summed(["used", "free", "cached"].map { "swap/swap-\($0)" }),
                exporter["node_memory_SwapTotal_bytes"]),
            compare(.swapIn, "", .growing(), swap(0), paged("pswpin")),
            compare(.swapOut, "", .growing(), swap(1), paged("pswpout")),
        ]
            + moving.map { metric, part, name in
                compare(
                    metric, "", .moving(total / 20), part.flatMap { value("memory/memory-\($0)") },
                    exporter["node_memory_\(name)_bytes"])
            }
    }

    /// Of the root, where that is a file system of its own.
    private var rootComparisons: [Comparison] {
        guard let size = before[Self.name(Series(.filesystemSize, "/"))] else { return [] }
        func theirs(_ name: String) -> Double? {
            exporter.first { $0.key.hasPrefix("node_filesystem_\(name){") && $0.key.hasSuffix("mountpoint=\"/\"}") }?
                .value
        }
        func all(_ kind: String) -> Double? {
            summed(["free", "reserved", "used"].map { "df-root/df_\(kind)-\($0)" })
        }
        return [
            compare(.filesystemSize, "/", .still, all("complex"), theirs("size_bytes")),
            compare(.filesystemInodes, "/", .still, all("inodes"), theirs("files")),
            compare(
                .filesystemAvailable, "/", .moving(size / 20), value("df-root/df_complex-free"), theirs("avail_bytes")),
            compare(
                .filesystemFree, "/", .moving(size / 20),
                summed(["free", "reserved"].map { "df-root/df_complex-\($0)" }), theirs("free_bytes")),
            compare(.filesystemReadOnly, "/", .still, nil, theirs("readonly")),
        ]
    }

    private func diskComparisons(_ disk: String) -> [Comparison] {
        func theirs(_ name: String) -> Double? { exporter["node_disk_\(name)_total{device=\"\(disk)\"}"] }
        func plugin(_ name: String, _ index: Int = 0) -> Double? { value("disk-\(disk)/\(name)", index) }
        return [
            compare(.diskReads, disk, .growing(), plugin("disk_ops"), theirs("reads_completed")),
            compare(.diskWrites, disk, .growing(), plugin("disk_ops", 1), theirs("writes_completed")),
            compare(.diskReadBytes, disk, .growing(), plugin("disk_octets"), theirs("read_bytes")),
            compare(.diskWrittenBytes, disk, .growing(), plugin("disk_octets", 1), theirs("written_bytes")),
            compare(
                .diskBusySeconds, disk, .growing(), plugin("disk_io_time").map { $0 / 1000 }, theirs("io_time_seconds")),
            compare(.diskReadSeconds, disk, .growing(), nil, theirs("read_time_seconds")),
            compare(.diskWriteSeconds, disk, .growing(), nil, theirs("write_time_seconds")),
            compare(
                .diskWeightedSeconds, disk, .growing(), plugin("disk_io_time", 1).map { $0 / 1000 },
                theirs("io_time_weighted_seconds")),
        ]
    }

    private func networkComparisons(_ interface: String) -> [Comparison] {
        func theirs(_ name: String) -> Double? { exporter["node_network_\(name)_total{device=\"\(interface)\"}"] }
        func plugin(_ name: String, _ index: Int) -> Double? { value("interface-\(interface)/if_\(name)", index) }
        let kinds: [(Metric, Metric, String, String)] = [
            (.networkReceivedBytes, .networkSentBytes, "octets", "bytes"),
            (.networkReceivedPackets, .networkSentPackets, "packets", "packets"),
            (.networkReceiveErrors, .networkSendErrors, "errors", "errs"),
            (.networkReceiveDrops, .networkSendDrops, "dropped", "drop"),
        ]
        return kinds.flatMap { received, sent, ofCollectd, ofExporter in
            [
                compare(received, interface, .growing(), plugin(ofCollectd, 0), theirs("receive_\(ofExporter)")),
                compare(sent, interface, .growing(), plugin(ofCollectd, 1), theirs("transmit_\(ofExporter)")),
            ]
        }
    }

    private func compare(
        _ metric: Metric, _ label: String, _ kind: Comparison.Kind, _ collectd: Double?, _ exporter: Double?
    ) -> Comparison {
        let name = Self.name(Series(metric, label))
        return Comparison(
            name: name, kind: kind, collectd: collectd, exporter: exporter, before: before[name] ?? .nan,
            after: after[name] ?? .nan)
    }

    private func value(_ name: String, _ index: Int = 0) -> Double? {
        collectd[name].flatMap { $0.indices.contains(index) ? $0[index] : nil }
    }

    private func summed(_ names: [String]) -> Double? {
        let values = names.compactMap { value($0) }
        return values.count == names.count ? values.reduce(0, +) : nil
    }

    private func sum(of prefix: String, _ suffix: String, scale: Double) -> Double? {
        collectd.filter { $0.key.hasPrefix(prefix) && $0.key.hasSuffix(suffix) }.values.reduce(0) {
            $0 + ($1.first ?? 0) * scale
        }
    }

    /// Disks or interfaces that all have, before and after: others can come and go.
    private func labels(of metric: Metric) -> [String] {
        let prefix = metric.rawValue + " "
        return before.keys.filter { $0.hasPrefix(prefix) && after[$0] != nil }.map {
            String($0.dropFirst(prefix.count))
        }
        .sorted()
    }
}
