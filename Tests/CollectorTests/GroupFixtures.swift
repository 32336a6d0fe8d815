@testable import Collector

/// What kernels write into the files of a cgroup, and what is to be read of it.
enum GroupFixtures {
    /// Of Linux 6.1, unified; lines that are not wanted are shortened.
    static let unified = [
        "cpu.stat": """
        usage_usec 3500000
        user_usec 2500000
        system_usec 1000000
        nr_periods 10
        nr_throttled 4
        throttled_usec 250000

        """,
        "memory.current": "52428800\n", "memory.peak": "62914560\n", "memory.max": "max\n",
        "memory.swap.current": "4096\n",
        "memory.stat":
            "anon 30000000\nfile 20000000\nkernel 5\ninactive_anon 7\nactive_file 8\ninactive_file 9000000\n",
        "memory.events": "low 0\nhigh 2\nmax 3\noom 1\noom_kill 1\noom_group_kill 0\n",
        "io.stat": """
        254:0 rbytes=1000 wbytes=2000 rios=3 wios=4 dbytes=0 dios=0
        8:0 rbytes=24 wbytes=48 rios=1 wios=2 dbytes=0 dios=0
        253:1 \n
        """,
        "pids.current": "12\n", "pids.max": "200\n", "cpu.pressure": Fixtures.pressure,
        "memory.pressure": Fixtures.pressure, "io.pressure": Fixtures.pressure, "cgroup.procs": "4711\n4712\n",
    ]

    static let unifiedValues = [
        "cpuSeconds user": 2.5, "cpuSeconds system": 1, "cpuPeriods": 10, "cpuThrottledPeriods": 4,
        "cpuThrottledSeconds": 0.25, "memoryCurrent": 52_428_800, "memoryPeak": 62_914_560, "memorySwap": 4096,
        "memoryAnonymous": 30_000_000, "memoryFile": 20_000_000, "memoryInactiveFile": 9_000_000,
        "memoryEvents low": 0, "memoryEvents high": 2, "memoryEvents max": 3, "memoryEvents oom": 1,
        "memoryEvents oom_kill": 1, "ioReadBytes": 1024, "ioWrittenBytes": 2048, "ioReads": 4, "ioWrites": 6,
        "processes": 12, "processesLimit": 200,
        "pressureWaiting cpu": 33141.065055, "pressureStalled cpu": 1.5, "pressureWaiting memory": 33141.065055,
        "pressureStalled memory": 1.5, "pressureWaiting io": 33141.065055, "pressureStalled io": 1.5,
    ]

    /// Of Linux 5.10, a directory for each controller.
    static let controllers = [
        "cpuacct": ["cpuacct.usage_user": "1500000000\n", "cpuacct.usage_sys": "500000000\n"],
        "cpu": ["cpu.stat": "nr_periods 5\nnr_throttled 1\nthrottled_time 3000000000\n"],
        "memory": [
            "memory.usage_in_bytes": "1048576\n", "memory.max_usage_in_bytes": "2097152\n",
            "memory.limit_in_bytes": "9223372036854771712\n", "memory.failcnt": "7\n",
            "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
            "memory.stat":
                "cache 1\nrss 2\nswap 3\ninactive_file 4\ntotal_cache 10\ntotal_rss 20\ntotal_swap 30\ntotal_inactive_file 40\n",
        ],
        "blkio": [
            "blkio.throttle.io_service_bytes_recursive":
                "254:0 Read 100\n254:0 Write 200\n254:0 Sync 300\n254:0 Total 300\n8:0 Read 1\n8:0 Write 2\nTotal 303\n",
            "blkio.throttle.io_serviced_recursive": "254:0 Read 5\n254:0 Write 6\nTotal 11\n",
        ],
        "pids": ["pids.current": "3\n", "pids.max": "max\n"],
    ]

    static let controllerValues = [
        "cpuSeconds user": 1.5, "cpuSeconds system": 0.5, "cpuPeriods": 5, "cpuThrottledPeriods": 1,
        "cpuThrottledSeconds": 3, "memoryCurrent": 1_048_576, "memoryPeak": 2_097_152, "memoryAnonymous": 20,
        "memoryFile": 10, "memoryInactiveFile": 40, "memorySwap": 30, "memoryEvents max": 7,
        "memoryEvents oom_kill": 2, "ioReadBytes": 101, "ioWrittenBytes": 202, "ioReads": 5, "ioWrites": 6,
        "processes": 3,
    ]

    static let unifiedMount = "40 27 0:40 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n"
    static let controllerMounts = """
        32 27 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
        35 27 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
        38 27 0:35 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio
        39 27 0:36 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
        40 27 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd

        """
    static let hybridMount = "41 27 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
    /// What a unified hierarchy without controllers tells.
    static let bare = [
        "cpu.stat": "usage_usec 5000000\nuser_usec 4000000\nsystem_usec 1000000\n", "cgroup.procs": "4711\n",
    ]
}

extension MachineTree {
    func addMounts(_ lines: String) throws { try write(Fixtures.mounts + lines, to: "proc/self/mountinfo") }

    func addGroup(_ files: [String: String], at directory: String) throws {
        for (name, text) in files { try write(text, to: "sys/fs/cgroup/\(directory)/\(name)") }
    }

    /// On a host with v1 alone.
    func addControllers(at path: String) throws {
        for (controller, files) in GroupFixtures.controllers {
            let mount = controller.hasPrefix("cpu") ? "cpu,cpuacct" : controller
            try addGroup(files, at: "\(mount)/\(path)")
        }
    }

    /// A process that has been there since tick 6000, in a network namespace of its own or the host's.
    func addProcess(_ pid: Int, hasNetwork: Bool) throws {
        let fields = (4...21).map { _ in "1" }.joined(separator: " ")
        try write("\(pid) (a) b) S \(fields) 6000 1 1\n", to: "proc/\(pid)/stat")
        try write(Fixtures.network, to: "proc/\(pid)/net/dev")
        if !hasNetwork {
            try link("proc/\(pid)/ns/net", to: "proc/self/ns/net")
        } else {
            try write("", to: "proc/\(pid)/ns/net")
        }
    }
}
