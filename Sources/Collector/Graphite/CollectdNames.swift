/// The names of collectd 5.12's `write_graphite`, below prefix and host, and of the table plugin as Cloudron configures it, for what is
/// the same thing there. `{}` is the metric's label, `{app}` the app's id. docs/graphite.md says where the meaning differs.
enum CollectdNames {
    /// One that is a metric in another unit.
    struct Name: Sendable {
        let metric: Metric
        let name: String
        let template: GraphiteTemplate
        /// What the level is multiplied with.
        var scale = 1.0
        /// It tells what a counter has come to, and not its rate.
        var isTotal = false

        init(_ name: String, _ metric: Metric, scale: Double = 1, isTotal: Bool = false) {
            (self.metric, self.name, self.scale, self.isTotal) = (metric, name, scale, isTotal)
            template = GraphiteTemplate(name)
        }
    }

    /// One that follows from several metrics with the same label.
    struct Derived: Sendable {
        enum Formula: Sendable {
            /// The first one less all others.
            case difference
            /// The first one's seconds for each of the second one, in milliseconds; none where the second one is 0.
            case millisecondsEach
        }

        let name: String
        let template: GraphiteTemplate
        let formula: Formula
        let metrics: [Metric]

        init(_ name: String, _ formula: Formula, _ metrics: [Metric]) {
            (self.name, self.formula, self.metrics) = (name, formula, metrics)
            template = GraphiteTemplate(name)
        }

        func value(_ levels: [Double]) -> Double {
            switch formula {
            case .difference: return levels.dropFirst().reduce(levels[0], -)
            case .millisecondsEach: return levels[1] > 0 ? levels[0] / levels[1] * 1000 : 0
            }
        }
    }

    private static let ticksPerSecond = 100.0

    static let ofHost: [Name] = [
        Name("aggregation-cpu-sum.cpu-{}", .cpuSeconds, scale: ticksPerSecond),
        Name("load.load.{}", .loadAverage),
        Name("processes.fork_rate", .forks),
        Name("processes.ps_state-running", .processesRunning),
        Name("processes.ps_state-blocked", .processesBlocked),
        Name("uptime.uptime", .uptime),
        Name("memory.memory-free", .memoryFree),
        Name("memory.memory-buffered", .memoryBuffers),
        Name("memory.memory-cached", .memoryCached),
        Name("memory.memory-slab_recl", .memorySlabReclaimable),
        Name("memory.memory-slab_unrecl", .memorySlabUnreclaimable),
        Name("swap.swap-free", .swapFree),
        Name("swap.swap-cached", .swapCached),
        Name("swap.swap_io-in", .swapIn, scale: 1 / KernelFile.pageBytes),
        Name("swap.swap_io-out", .swapOut, scale: 1 / KernelFile.pageBytes),
        Name("vmem.vmpage_io-swap.in", .swapIn, scale: 1 / KernelFile.pageBytes),
        Name("vmem.vmpage_io-swap.out", .swapOut, scale: 1 / KernelFile.pageBytes),
        Name("disk-{}.disk_ops.read", .diskReads),
        Name("disk-{}.disk_ops.write", .diskWrites),
        Name("disk-{}.disk_octets.read", .diskReadBytes),
        Name("disk-{}.disk_octets.write", .diskWrittenBytes),
        Name("disk-{}.disk_io_time.io_time", .diskBusySeconds, scale: 1000),
        Name("disk-{}.disk_io_time.weighted_io_time", .diskWeightedSeconds, scale: 1000),
        Name("df-{}.df_complex-free", .filesystemAvailable),
        Name("df-{}.df_inodes-free", .filesystemFreeInodes),
        Name("interface-{}.if_octets.rx", .networkReceivedBytes),
        Name("interface-{}.if_octets.tx", .networkSentBytes),
        Name("interface-{}.if_packets.rx", .networkReceivedPackets),
        Name("interface-{}.if_packets.tx", .networkSentPackets),
        Name("interface-{}.if_errors.rx", .networkReceiveErrors),
        Name("interface-{}.if_errors.tx", .networkSendErrors),
        Name("interface-{}.if_dropped.rx", .networkReceiveDrops),
        Name("interface-{}.if_dropped.tx", .networkSendDrops),
        Name("fhcount.file_handles-used", .fileHandles),
        Name("fhcount.file_handles-max", .fileHandlesLimit),
    ]

    static let ofApps: [Name] = [
        Name("table-{app}-memory.gauge-rss", .memoryAnonymous),
        Name("table-{app}-memory.gauge-max_usage_in_bytes", .memoryPeak),
        Name("table-{app}-cpu.gauge-{}", .cpuSeconds, scale: ticksPerSecond, isTotal: true),
    ]

    static let derived: [Derived] = [
        Derived(
            "memory.memory-used", .difference,
            [
                .memoryTotal, .memoryFree, .memoryBuffers, .memoryCached, .memorySlabReclaimable,
                .memorySlabUnreclaimable,
            ]),
        Derived("swap.swap-used", .difference, [.swapTotal, .swapFree, .swapCached]),
        Derived("df-{}.df_complex-reserved", .difference, [.filesystemFree, .filesystemAvailable]),
        Derived("df-{}.df_complex-used", .difference, [.filesystemSize, .filesystemFree]),
        Derived("df-{}.df_inodes-used", .difference, [.filesystemInodes, .filesystemFreeInodes]),
        Derived("disk-{}.disk_time.read", .millisecondsEach, [.diskReadSeconds, .diskReads]),
        Derived("disk-{}.disk_time.write", .millisecondsEach, [.diskWriteSeconds, .diskWrites]),
    ]

    /// What collectd calls it; most it calls as everybody.
    static func word(for value: String, of metric: Metric) -> String {
        switch metric {
        case .cpuSeconds: value == "iowait" ? "wait" : value == "irq" ? "interrupt" : value
        case .loadAverage: value == "1m" ? "shortterm" : value == "5m" ? "midterm" : value == "15m" ? "longterm" : value
        case .filesystemSize, .filesystemFree, .filesystemAvailable, .filesystemInodes, .filesystemFreeInodes:
            value == "/" ? "root" : String(value.drop { $0 == "/" }).replacing("/", with: "-")
        default: value
        }
    }
}
