internal import System

/// The files that tell of the host as a whole (proc(5)).
extension KernelFile {
    /// Ticks a second in what the kernel tells to programs: the same on every Linux (USER_HZ).
    static let ticksPerSecond = 100.0
    static let pageBytes = Double(Host.pageBytes)
    private static let cpuModes = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"]

    static let stat = KernelFile(path: "proc/stat") { text, samples throws(Malformed) in
        var cpu = try text.required()
        try cpu.expect("cpu ")
        // Guests are in the user's time already.
        let ticks = try cpu.numbers(atLeast: cpuModes.count)
        for (mode, ticks) in zip(cpuModes, ticks) { samples.add(.cpuSeconds, mode, Double(ticks) / ticksPerSecond) }
        try [
            Key("btime", .bootTime), Key("processes", .forks), Key("procs_running", .processesRunning),
            Key("procs_blocked", .processesBlocked),
        ].parse(&text, &samples)
    }

    static let loadAverage = KernelFile(path: "proc/loadavg") { text, samples throws(Malformed) in
        var line = try text.required()
        for window in ["1m", "5m", "15m"] { samples.add(.loadAverage, window, try line.decimal()) }
    }

    static let memory = KernelFile(path: "proc/meminfo") { text, samples throws(Malformed) in
        try [
            Key("MemTotal:", .memoryTotal, scale: 1024), Key("MemAvailable:", .memoryAvailable, scale: 1024),
            Key("MemFree:", .memoryFree, scale: 1024), Key("Buffers:", .memoryBuffers, scale: 1024),
            Key("Cached:", .memoryCached, scale: 1024), Key("SReclaimable:", .memorySlabReclaimable, scale: 1024),
            Key("SUnreclaim:", .memorySlabUnreclaimable, scale: 1024), Key("SwapTotal:", .swapTotal, scale: 1024),
            Key("SwapFree:", .swapFree, scale: 1024), Key("SwapCached:", .swapCached, scale: 1024),
        ].parse(&text, &samples, unit: "kB")
    }

    static let paging = KernelFile(path: "proc/vmstat") { text, samples throws(Malformed) in
        // The kernel tells of its kills since 4.13.
        try [
            Key("pswpin", .swapIn, scale: pageBytes), Key("pswpout", .swapOut, scale: pageBytes),
            Key("oom_kill", .outOfMemoryKills, isOptional: true),
        ].parse(&text, &samples)
    }

    /// Pressure stall information of a resource; kernels can be without, or have it switched off.
    static func pressure(_ resource: String) -> KernelFile {
        pressure(resource, at: "proc/pressure/\(resource)")
    }

    /// The same in another place, such as of a cgroup.
    static func pressure(_ resource: String, at path: String) -> KernelFile {
        KernelFile(path: path, isOptional: true) { text, samples throws(Malformed) in
            var line: Line? = try text.required()
            // Of interrupts there is the second line only (Documentation/accounting/psi.rst, 6.1).
            if var some = line, some.isNext("some") {
                try some.expect("some ")
                samples.add(.pressureWaiting, resource, try stalled(&some))
                line = text.next()
            }
            // Older kernels have none for processors.
            guard var full = line else { return }
            try full.expect("full ")
            samples.add(.pressureStalled, resource, try stalled(&full))
        }
    }

    /// Seconds, of the rest of "some avg10=0.00 avg60=0.00 avg300=0.00 total=0", which has microseconds.
    private static func stalled(_ line: inout Line) throws(Malformed) -> Double {
        for average in ["avg10=", "avg60=", "avg300="] as [StaticString] {
            try line.expect(average)
            _ = try line.decimal()
        }
        try line.expect("total=")
        let microseconds = try line.whole()
        try line.end()
        return Double(microseconds) / 1e6
    }

    static let fileHandles = KernelFile(path: "proc/sys/fs/file-nr") { text, samples throws(Malformed) in
        var line = try text.required()
        let numbers = try line.numbers(atLeast: 3)
        samples.add(.fileHandles, Double(numbers[0]))
        samples.add(.fileHandlesLimit, Double(numbers[2]))
    }

    static let uptime = KernelFile(path: "proc/uptime") { text, samples throws(Malformed) in
        var line = try text.required()
        samples.add(.uptime, try line.decimal())
    }
}
