/// The files that tell of a cgroup (cgroups(7); the kernel's admin-guide, cgroup-v2 and cgroup-v1). All of them are optional: a
/// kernel tells in one hierarchy what it does not tell in the other.
extension KernelFile {
    /// In the unified hierarchy (v2).
    static let unifiedGroup = [
        cpuTime, current("memory.current", .memoryCurrent), current("memory.peak", .memoryPeak),
        limit("memory.max", .memoryLimit), memoryDetail, current("memory.swap.current", .memorySwap), memoryEvents,
        io, current("pids.current", .processes), limit("pids.max", .processesLimit),
        pressure("cpu", at: "cpu.pressure"), pressure("memory", at: "memory.pressure"),
        pressure("io", at: "io.pressure"), pressure("irq", at: "irq.pressure"),
    ]

    /// In the hierarchy of a controller (v1), by its name.
    static let controllerGroup = [
        "cpuacct": [nanoseconds("cpuacct.usage_user", "user"), nanoseconds("cpuacct.usage_sys", "system")],
        "cpu": [throttling],
        "memory": [
            current("memory.usage_in_bytes", .memoryCurrent), current("memory.max_usage_in_bytes", .memoryPeak),
            limit("memory.limit_in_bytes", .memoryLimit), totalMemoryDetail, failures, kills,
        ],
        "blkio": [
            perDisk("blkio.throttle.io_service_bytes_recursive", .ioReadBytes, .ioWrittenBytes),
            perDisk("blkio.throttle.io_serviced_recursive", .ioReads, .ioWrites),
        ],
        "pids": [current("pids.current", .processes), limit("pids.max", .processesLimit)],
    ]

    private static let cpuTime = KernelFile(path: "cpu.stat", isOptional: true) { text, samples throws(Malformed) in
        // The last three are there where the controller is.
        try [
            Key("user_usec", .cpuSeconds, "user", scale: 1e-6), Key("system_usec", .cpuSeconds, "system", scale: 1e-6),
            Key("nr_periods", .cpuPeriods, isOptional: true),
            Key("nr_throttled", .cpuThrottledPeriods, isOptional: true),
            Key("throttled_usec", .cpuThrottledSeconds, scale: 1e-6, isOptional: true),
        ].parse(&text, &samples)
    }

    private static let throttling = KernelFile(path: "cpu.stat", isOptional: true) { text, samples throws(Malformed) in
        try [
            Key("nr_periods", .cpuPeriods), Key("nr_throttled", .cpuThrottledPeriods),
            Key("throttled_time", .cpuThrottledSeconds, scale: 1e-9),
        ].parse(&text, &samples)
    }

    private static let memoryDetail = KernelFile(path: "memory.stat", isOptional: true) {
        text, samples throws(Malformed) in
        try [
            Key("anon", .memoryAnonymous), Key("file", .memoryFile), Key("inactive_file", .memoryInactiveFile),
        ].parse(&text, &samples)
    }

    /// With all that is below.
    private static let totalMemoryDetail = KernelFile(path: "memory.stat", isOptional: true) {
        text, samples throws(Malformed) in
        try [
            Key("total_rss", .memoryAnonymous), Key("total_cache", .memoryFile),
            Key("total_inactive_file", .memoryInactiveFile), Key("total_swap", .memorySwap, isOptional: true),
        ].parse(&text, &samples)
    }

    private static let memoryEvents = KernelFile(path: "memory.events", isOptional: true) {
        text, samples throws(Malformed) in
        try [
            Key("low", .memoryEvents, "low"), Key("high", .memoryEvents, "high"), Key("max", .memoryEvents, "max"),
            Key("oom", .memoryEvents, "oom"), Key("oom_kill", .memoryEvents, "oom_kill", isOptional: true),
        ].parse(&text, &samples)
    }

    /// How often the limit was reached, which v2 calls max.
    private static let failures = KernelFile(path: "memory.failcnt", isOptional: true) {
        text, samples throws(Malformed) in
        samples.add(.memoryEvents, "max", Double(try text.onlyNumber()))
    }

    private static let kills = KernelFile(path: "memory.oom_control", isOptional: true) {
        text, samples throws(Malformed) in
        try [Key("oom_kill", .memoryEvents, "oom_kill", isOptional: true)].parse(&text, &samples)
    }

    /// "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6", of each disk; all of them together are told.
    private static let io = KernelFile(path: "io.stat", isOptional: true) { text, samples throws(Malformed) in
        var sums = [UInt64](repeating: 0, count: ioKeys.count)
        while var line = text.next() {
            try line.device()
            // One that has never been used has no numbers.
            if line.isAtEnd { continue }
            var missing = ioKeys.count
            while let word = line.word() {
                guard let index = ioKeys.firstIndex(where: { word.starts(with: $0.key.utf8) }) else { continue }
                sums[index] = try line.sum(sums[index], line.digits(word.dropFirst(ioKeys[index].key.utf8.count)))
                missing -= 1
            }
            guard missing == 0 else { throw line.malformed(missing > 0 ? .tooFewFields : .twice) }
        }
        for (key, sum) in zip(ioKeys, sums) { samples.add(key.metric, Double(sum)) }
    }

    private static let ioKeys: [(key: String, metric: Metric)] = [
        ("rbytes=", .ioReadBytes), ("wbytes=", .ioWrittenBytes), ("rios=", .ioReads), ("wios=", .ioWrites),
    ]

    /// "8:0 Read 1", of each disk and operation, and "Total 1"; all disks together are told.
    private static func perDisk(_ path: String, _ read: Metric, _ written: Metric) -> KernelFile {
        KernelFile(path: path, isOptional: true) { text, samples throws(Malformed) in
            var (reads, writes): (UInt64, UInt64) = (0, 0)
            var isWhole = false
            while var line = text.next() {
                guard !isWhole else { throw line.malformed(.unknownWord) }
                isWhole = line.isNext("Total")
                if isWhole { continue }
                try line.device()
                let operation = try line.text()
                let count = try line.whole()
                try line.end()
                switch operation {
                case "Read": reads = try line.sum(reads, count)
                case "Write": writes = try line.sum(writes, count)
                case "Sync", "Async", "Discard", "Total": break
                default: throw line.malformed(.unknownWord)
                }
            }
            guard isWhole else { throw Malformed(fault: .missing("Total")) }
            samples.add(read, Double(reads))
            samples.add(written, Double(writes))
        }
    }

    private static func nanoseconds(_ path: String, _ mode: String) -> KernelFile {
        KernelFile(path: path, isOptional: true) { text, samples throws(Malformed) in
            samples.add(.cpuSeconds, mode, Double(try text.onlyNumber()) / 1e9)
        }
    }

    private static func current(_ path: String, _ metric: Metric) -> KernelFile {
        KernelFile(path: path, isOptional: true) { text, samples throws(Malformed) in
            samples.add(metric, Double(try text.onlyNumber()))
        }
    }

    /// Not told where there is none: v2 says "max" then, and v1 a number that no machine has.
    private static func limit(_ path: String, _ metric: Metric) -> KernelFile {
        KernelFile(path: path, isOptional: true) { text, samples throws(Malformed) in
            var line = try text.required()
            guard let word = line.word() else { throw line.malformed(.tooFewFields) }
            try line.end()
            guard !word.elementsEqual("max".utf8) else { return }
            let number = try line.digits(word)
            if number < unlimited { samples.add(metric, Double(number)) }
        }
    }

    /// The counter of pages at its largest, in bytes, is little below 2^63.
    private static let unlimited: UInt64 = 1 << 62
}

extension FileText {
    /// Of a file that is one number.
    mutating func onlyNumber() throws(Malformed) -> UInt64 {
        var line = try required()
        let number = try line.whole()
        try line.end()
        return number
    }
}

extension Line {
    /// Takes a disk's numbers, "254:0".
    mutating func device() throws(Malformed) {
        guard let word = word() else { throw malformed(.tooFewFields) }
        let parts = word.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw malformed(.unknownWord) }
        for part in parts { _ = try digits(part) }
    }

    /// Whether this word is next; it is not taken.
    func isNext(_ word: String) -> Bool {
        var copy = self
        return copy.word().map { $0.elementsEqual(word.utf8) } ?? false
    }

    /// Of two numbers of the kernel's, whose sum fits as well or one of them is garbage.
    func sum(_ left: UInt64, _ right: UInt64) throws(Malformed) -> UInt64 {
        let (sum, isBeyond) = left.addingReportingOverflow(right)
        guard !isBeyond else { throw malformed(.noNumber) }
        return sum
    }
}
