/// What is measured, by its name for Prometheus; what the host and apps have both, by its name for the host. All there are:
/// `allCases`.
public enum Metric: String, CaseIterable, Sendable {
    case cpuSeconds = "interlock_host_cpu_seconds_total"
    case processesRunning = "interlock_host_processes_running"
    case processesBlocked = "interlock_host_processes_blocked"
    case forks = "interlock_host_forks_total"
    case bootTime = "interlock_host_boot_timestamp_seconds"
    case uptime = "interlock_host_uptime_seconds"
    case clockSynchronised = "interlock_host_clock_synchronised"
    case loadAverage = "interlock_host_load_average"

    case memoryTotal = "interlock_host_memory_total_bytes"
    case memoryAvailable = "interlock_host_memory_available_bytes"
    case memoryFree = "interlock_host_memory_free_bytes"
    case memoryBuffers = "interlock_host_memory_buffers_bytes"
    case memoryCached = "interlock_host_memory_cached_bytes"
    case memorySlabReclaimable = "interlock_host_memory_slab_reclaimable_bytes"
    case memorySlabUnreclaimable = "interlock_host_memory_slab_unreclaimable_bytes"
    case swapTotal = "interlock_host_swap_total_bytes"
    case swapFree = "interlock_host_swap_free_bytes"
    case swapCached = "interlock_host_swap_cached_bytes"
    case swapIn = "interlock_host_swap_in_bytes_total"
    case swapOut = "interlock_host_swap_out_bytes_total"
    case outOfMemoryKills = "interlock_host_out_of_memory_kills_total"
    case pressureWaiting = "interlock_host_pressure_waiting_seconds_total"
    case pressureStalled = "interlock_host_pressure_stalled_seconds_total"

    case diskReads = "interlock_host_disk_reads_total"
    case diskReadBytes = "interlock_host_disk_read_bytes_total"
    case diskReadSeconds = "interlock_host_disk_read_seconds_total"
    case diskWrites = "interlock_host_disk_writes_total"
    case diskWrittenBytes = "interlock_host_disk_written_bytes_total"
    case diskWriteSeconds = "interlock_host_disk_write_seconds_total"
    case diskBusySeconds = "interlock_host_disk_busy_seconds_total"
    case diskWeightedSeconds = "interlock_host_disk_weighted_seconds_total"

    case filesystemSize = "interlock_host_filesystem_size_bytes"
    case filesystemFree = "interlock_host_filesystem_free_bytes"
    case filesystemAvailable = "interlock_host_filesystem_available_bytes"
    case filesystemInodes = "interlock_host_filesystem_inodes"
    case filesystemFreeInodes = "interlock_host_filesystem_inodes_free"
    case filesystemReadOnly = "interlock_host_filesystem_read_only"
    case filesystemError = "interlock_host_filesystem_error"
    case directoryBytes = "interlock_host_directory_bytes"
    case directoryApparentBytes = "interlock_host_directory_apparent_bytes"
    case directoryInodes = "interlock_host_directory_inodes"
    case directoryComplete = "interlock_host_directory_complete"
    case directoryAge = "interlock_host_directory_age_seconds"
    case directoryWalk = "interlock_host_directory_walk_seconds"
    case fileHandles = "interlock_host_file_handles"
    case fileHandlesLimit = "interlock_host_file_handles_limit"

    case networkReceivedBytes = "interlock_host_network_received_bytes_total"
    case networkReceivedPackets = "interlock_host_network_received_packets_total"
    case networkReceiveErrors = "interlock_host_network_receive_errors_total"
    case networkReceiveDrops = "interlock_host_network_receive_drops_total"
    case networkSentBytes = "interlock_host_network_sent_bytes_total"
    case networkSentPackets = "interlock_host_network_sent_packets_total"
    case networkSendErrors = "interlock_host_network_send_errors_total"
    case networkSendDrops = "interlock_host_network_send_drops_total"

    case startTime = "interlock_app_start_timestamp_seconds"
    case cpuPeriods = "interlock_app_cpu_periods_total"
    case cpuThrottledPeriods = "interlock_app_cpu_throttled_periods_total"
    case cpuThrottledSeconds = "interlock_app_cpu_throttled_seconds_total"
    case memoryCurrent = "interlock_app_memory_current_bytes"
    case memoryPeak = "interlock_app_memory_peak_bytes"
    case memoryLimit = "interlock_app_memory_limit_bytes"
    case memoryAnonymous = "interlock_app_memory_anonymous_bytes"
    case memoryFile = "interlock_app_memory_file_bytes"
    case memoryInactiveFile = "interlock_app_memory_inactive_file_bytes"
    case memorySwap = "interlock_app_memory_swap_bytes"
    case memoryEvents = "interlock_app_memory_events_total"
    case ioReads = "interlock_app_io_reads_total"
    case ioReadBytes = "interlock_app_io_read_bytes_total"
    case ioWrites = "interlock_app_io_writes_total"
    case ioWrittenBytes = "interlock_app_io_written_bytes_total"
    case processes = "interlock_app_processes"
    case processesLimit = "interlock_app_processes_limit"

    case collectorDuration = "interlock_collector_duration_seconds"
    case collectorSuccess = "interlock_collector_success"
    case collectorLastSuccess = "interlock_collector_last_success_timestamp_seconds"
    case collectorSamples = "interlock_collector_samples"
    case collectorErrors = "interlock_collector_errors_total"
    case counterResets = "interlock_collector_resets_total"
    case hangingCalls = "interlock_collector_hanging_calls"

    case graphiteConnected = "interlock_graphite_connected"
    case graphiteLastSuccess = "interlock_graphite_last_success_timestamp_seconds"
    case graphiteSentLines = "interlock_graphite_sent_lines_total"
    case graphiteQueuedLines = "interlock_graphite_queued_lines"
    case graphiteDroppedLines = "interlock_graphite_dropped_lines_total"
    case graphiteUnnamed = "interlock_graphite_unnamed_samples_total"
    case historyWritten = "interlock_history_written_total"
    case historyDropped = "interlock_history_dropped_total"
    case historyWaiting = "interlock_history_waiting"
    case historyStored = "interlock_history_stored_bytes"
    case historyDamaged = "interlock_history_damaged_blocks_total"
    case historyFlushDuration = "interlock_history_flush_duration_seconds"
    case historyLastSuccess = "interlock_history_last_success_timestamp_seconds"

    /// What its values mean to who adds them up. Prometheus' names say so themselves.
    public var isCounter: Bool { rawValue.hasSuffix("_total") }

    /// What is told of each collector, by the names.
    public static let ofCollectors = Set(allCases.filter { $0.label == "collector" }.map(\.rawValue))

    /// The label by which its series differ beside their subject; nil when there is one only.
    public var label: String? {
        switch self {
        case .cpuSeconds: "mode"
        case .loadAverage: "window"
        case .pressureWaiting, .pressureStalled: "resource"
        case .diskReads, .diskReadBytes, .diskReadSeconds, .diskWrites, .diskWrittenBytes, .diskWriteSeconds,
            .diskBusySeconds, .diskWeightedSeconds:
            "disk"
        case .filesystemSize, .filesystemFree, .filesystemAvailable, .filesystemInodes, .filesystemFreeInodes,
            .filesystemReadOnly, .filesystemError:
            "mount"
        case .directoryBytes, .directoryApparentBytes, .directoryInodes, .directoryComplete, .directoryAge,
            .directoryWalk:
            "directory"
        case .networkReceivedBytes, .networkReceivedPackets, .networkReceiveErrors, .networkReceiveDrops,
            .networkSentBytes, .networkSentPackets, .networkSendErrors, .networkSendDrops:
            "interface"
        case .collectorDuration, .collectorSuccess, .collectorLastSuccess, .collectorSamples: "collector"
        case .collectorErrors: "source"
        case .memoryEvents: "event"
        default: nil
        }
    }

    /// Its name where it is measured of a subject. What tells of the collectors is the host's.
    public func name(of subject: Subject) -> String {
        switch subject {
        case .host: rawValue
        case .app: Self.ofApps[self] ?? rawValue
        case .task: Self.ofTasks[self] ?? rawValue
        }
    }

    private static let ofApps = names(with: "app")
    private static let ofTasks = names(with: "task")

    private static func names(with word: String) -> [Metric: String] {
        Dictionary(
            uniqueKeysWithValues: allCases.map { metric in
                let parts = metric.rawValue.split(separator: "_", maxSplits: 2)
                let isMeasured = parts.count == 3 && ["host", "app"].contains(parts[1])
                return (metric, isMeasured ? "\(parts[0])_\(word)_\(parts[2])" : metric.rawValue)
            })
    }
}
