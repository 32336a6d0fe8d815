import Glibc
import Testing

@testable import Collector

extension KernelFile {
    func samples(text: String) throws(Malformed) -> [Sample] { try samples(Array(text.utf8)) }

    func values(text: String) throws(Malformed) -> [String: Double] {
        Dictionary(uniqueKeysWithValues: try samples(text: text).map { ($0.series.words, $0.value) })
    }
}

extension Series {
    /// The built-in metric, and its label where it has one.
    var words: String { (["\(metric.map { "\($0)" } ?? name)"] + labels.map(\.value)).joined(separator: " ") }

    var metric: Metric? { Metric.allCases.first { $0.name(of: subject) == name } }
}

@Suite("A file of the kernel's")
struct KernelFileTests {
    @Test("stat: processor time by mode, without each processor's; processes and the start of the kernel")
    func stat() throws {
        #expect(
            try KernelFile.stat.values(text: Fixtures.stat) == [
                "cpuSeconds user": 78088.07, "cpuSeconds nice": 1.11, "cpuSeconds system": 14388.19,
                "cpuSeconds idle": 42080.2, "cpuSeconds iowait": 570.46, "cpuSeconds irq": 0,
                "cpuSeconds softirq": 332.36, "cpuSeconds steal": 285.4, "bootTime": 1_795_760_268, "forks": 3_809_494,
                "processesRunning": 8, "processesBlocked": 1,
            ])
    }

    @Test("loadavg, uptime, file-nr: numbers in a line")
    func lines() throws {
        #expect(
            try KernelFile.loadAverage.values(text: Fixtures.loadavg) == [
                "loadAverage 1m": 3.14, "loadAverage 5m": 4.98, "loadAverage 15m": 7.39,
            ])
        #expect(try KernelFile.uptime.values(text: Fixtures.uptime) == ["uptime": 68027.77])
        #expect(
            try KernelFile.fileHandles.values(text: Fixtures.fileHandles) == [
                "fileHandles": 2361, "fileHandlesLimit": 2_466_193,
            ])
    }

    @Test("meminfo: bytes, of the lines that are wanted")
    func memory() throws {
        let values = try KernelFile.memory.values(text: Fixtures.meminfo)
        #expect(values.count == 10 && values["memoryTotal"] == 24_684_096 * 1024 && values["swapCached"] == 12 * 1024)
        #expect(values["memoryAvailable"] == 23_035_920 * 1024 && values["memorySlabUnreclaimable"] == 95336 * 1024)
    }

    @Test("vmstat: swapped pages in bytes, and kills for want of memory where the kernel counts them")
    func paging() throws {
        let page = Double(sysconf(Int32(_SC_PAGESIZE)))
        let values = try KernelFile.paging.values(text: Fixtures.vmstat)
        #expect(values == ["swapIn": 3 * page, "swapOut": 70 * page, "outOfMemoryKills": 132])
        let old = try KernelFile.paging.values(text: Fixtures.vmstat.replacing("oom_kill 132\n", with: ""))
        #expect(old == ["swapIn": 3 * page, "swapOut": 70 * page])
    }

    @Test("pressure: seconds in which some, or all, waited")
    func pressure() throws {
        let io = KernelFile.pressure("io")
        #expect(
            try io.values(text: Fixtures.pressure) == ["pressureWaiting io": 33141.065055, "pressureStalled io": 1.5])
        let full = try #require(Fixtures.pressure.split(separator: "\n").last)
        #expect(try KernelFile.pressure("irq").values(text: full + "\n") == ["pressureStalled irq": 1.5])
        let some = try #require(Fixtures.pressure.split(separator: "\n").first)
        #expect(try io.values(text: some + "\n") == ["pressureWaiting io": 33141.065055])
    }

    @Test("diskstats: bytes and seconds of whole disks, which are known by their numbers")
    func disks() throws {
        let samples = try KernelFile.disks.samples(text: Fixtures.diskstats)
        #expect(Set(samples.compactMap(\.series.labels.first?.value)) == ["vda", "nvme0n1", "dm-1", "dm-11", "xvda1"])
        let nvme = samples.filter { $0.series.labels == [Label("disk", "nvme0n1")] }
        #expect(nvme.allSatisfy { $0.identity == Identity(259, 0) })
        #expect(
            Dictionary(
                uniqueKeysWithValues: nvme.compactMap { sample in sample.series.metric.map { ($0, sample.value) } })
                == [
                    .diskReads: 10, .diskReadBytes: 1024, .diskReadSeconds: 1.5, .diskWrites: 20,
                    .diskWrittenBytes: 2048,
                    .diskWriteSeconds: 2.5, .diskBusySeconds: 3.5, .diskWeightedSeconds: 4.5,
                ])
    }

    @Test("net/dev: interfaces, without the loopback and the ends of containers")
    func network() throws {
        let values = try KernelFile.network.values(text: Fixtures.network)
        #expect(
            values == [
                "networkReceivedBytes eth0": 298_168_651, "networkReceivedPackets eth0": 8423,
                "networkReceiveErrors eth0": 1, "networkReceiveDrops eth0": 2, "networkSentBytes eth0": 501_912,
                "networkSentPackets eth0": 6552, "networkSendErrors eth0": 7, "networkSendDrops eth0": 8,
            ])
    }

    @Test("mountinfo: each file system once, none of the kernel's own, none that another one hides")
    func mounts() throws {
        #expect(
            try Mounts.real(Array(Fixtures.mounts.utf8)) == [
                Mount(point: "/", isReadOnly: false, id: 27), Mount(point: "/broken", isReadOnly: true, id: 31),
                Mount(point: "/data", isReadOnly: false, id: 29), Mount(point: "/mnt/old", isReadOnly: false, id: 33),
                Mount(point: "/nameless", isReadOnly: false, id: 37),
                Mount(point: "/srv/read only", isReadOnly: true, id: 28),
                Mount(point: "/twice", isReadOnly: false, id: 35),
            ])
    }

    @Test(
        "that is not as it should be says where, and gives nothing",
        arguments: [
            (KernelFile.loadAverage, "3.14 4.98 7.39 9/278 16481", "it is cut short"),
            (.loadAverage, "", "it is cut short"), (.loadAverage, "3.14 4.98\n", "line 1: fields are missing"),
            (.loadAverage, "3.14 -4.98 7.39\n", "line 1: a number is expected"),
            (.loadAverage, "3.14 . 7.39\n", "line 1: a number is expected"),
            (.loadAverage, "3 4 5\n", "line 1: a number is expected"),
            (.stat, "cpu 1 2 3 4 5 6 7\n", "line 1: fields are missing"),
            (.stat, "cpu 1 2 3 4 5 6 7 8\n", "it does not tell btime"),
            (.stat, "cpu0 1 2 3 4 5 6 7 8\n", "line 1: another word is expected"),
            (.uptime, "99999999999999999999.00 1.0\n", "line 1: a number is expected"),
            (.fileHandles, "18446744073709551616 0 1\n", "line 1: a number is expected"),
            (.memory, "MemTotal: 5 MB\n", "line 1: another word is expected"),
            (.memory, "MemTotal: 5 kB\nMemTotal: 6 kB\n", "line 2: it tells something twice"),
            (.memory, "MemTotal: 5 kB 6\n", "line 1: there are more fields than expected"),
            (.paging, "pswpin 1\n", "it does not tell pswpout"),
            (.pressure("io"), "some avg10=0.00 avg60=0.00 avg300=0.00 total=\n", "line 1: fields are missing"),
            (.disks, "8 0 sda 1 2 3 4 5 6 7 8 9 10\n", "line 1: fields are missing"),
            (.disks, "8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n", "it tells something twice"),
            (.network, "eth0: 1\n", "line 1: another word is expected"),
        ])
    func malformed(file: KernelFile, text: String, words: String) {
        let error = #expect(throws: Malformed.self) { try file.samples(text: text) }
        #expect(error?.words == words)
    }
}
