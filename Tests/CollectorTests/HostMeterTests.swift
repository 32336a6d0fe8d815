import Dispatch
import Glibc
import Synchronization
import Testing

@testable import Collector
@testable import System

@Suite("A pass over the host", .timeLimit(.minutes(5)))
struct HostMeterTests {
    private func meter(_ machine: Machine) -> HostMeter {
        HostMeter(machine, files: HangingCalls(), mounts: HangingCalls(), walks: DirectoryWalks(machine))
    }

    private func measure(_ meter: HostMeter) async throws -> Pass { try await BlockingCall.run { meter.pass() } }

    @Test("tells all that the files tell, and of each file system how full it is")
    func tree() async throws {
        let tree = try MachineTree()
        let pass = try await measure(meter(tree.machine))
        #expect(pass.reports.flatMap(\.problems) == [])
        #expect(pass.reports.allSatisfy { $0.isSuccess } && pass.hanging == 0)
        #expect(pass.value(.cpuSeconds, "user") == 78088.07 && pass.value(.clockSynchronised) == 1)
        #expect(pass.value(.filesystemSize, "/data") == 409_600 && pass.value(.filesystemFree, "/data") == 204_800)
        #expect(pass.value(.filesystemAvailable, "/data") == 163_840 && pass.value(.filesystemInodes, "/data") == 30)
        #expect(pass.value(.filesystemFreeInodes, "/data") == 20 && pass.value(.filesystemError, "/data") == 0)
        #expect(pass.value(.filesystemReadOnly, "/data") == 0 && pass.value(.filesystemReadOnly, "/broken") == 1)
        let series = pass.reports.flatMap(\.samples).map(\.series)
        #expect(Set(series).count == series.count)
        // Of all that is measured of a host there is something here, but of directories, of which there are none.
        let told = Set(series.map(\.name))
        let lacking = Metric.allCases.filter { $0.rawValue.hasPrefix("interlock_host_") && !told.contains($0.rawValue) }
        #expect(lacking == DirectoryFixtures.metrics)
        #expect(!pass.reports.contains { $0.collector == DirectoryWalks.name })
    }

    @Test("goes on where a file is garbage, missing, or too long, and says which")
    func garbage() async throws {
        let tree = try MachineTree()
        try tree.write("some nonsense\n", to: "proc/pressure/io")
        try tree.write("nonsense\n", to: "proc/loadavg")
        unlink(tree.file("proc/uptime"))
        let fd = open(tree.file("proc/diskstats"), O_WRONLY)
        #expect(ftruncate(fd, off_t(Machine.maximumFileBytes) + 1) == 0)
        close(fd)
        let pass = try await measure(meter(tree.machine))
        #expect(
            try pass.report("pressure").problems == [
                Problem(source: "/proc/pressure/io", message: "line 1: another word is expected")
            ])
        #expect(try pass.report("cpu").problems.map(\.source) == ["/proc/loadavg"])
        #expect(try pass.report("clock").problems.map(\.source) == ["/proc/uptime"])
        #expect(try pass.report("disks").problems.first?.message.contains("is longer than") == true)
        #expect(pass.value(.cpuSeconds, "user") == 78088.07 && pass.value(.loadAverage, "1m") == nil)
        #expect(try !pass.report("cpu").isSuccess && pass.report("memory").isSuccess)
    }

    @Test("has no complaint where the kernel tells of no pressure, or not of its clock")
    func optional() async throws {
        let tree = try MachineTree()
        unlink(tree.file("proc/pressure/io"))
        var machine = tree.machine
        machine.isClockSynchronised = { nil }
        let pass = try await measure(meter(machine))
        #expect(try pass.report("pressure").isSuccess && pass.report("pressure").samples.isEmpty)
        #expect(try pass.report("clock").isSuccess && pass.value(.clockSynchronised) == nil)
    }

    @Test("is not held up by a file that hangs: its collector alone comes to no end, and is not begun again meanwhile")
    func hangingFile() async throws {
        let tree = try MachineTree()
        unlink(tree.file("proc/loadavg"))
        try #require(mkfifo(tree.file("proc/loadavg"), 0o600) == 0)
        let meter = meter(tree.machine)
        for _ in 0..<2 {
            let pass = try await measure(meter)
            let cpu = try pass.report("cpu")
            #expect(cpu.duration == nil && cpu.samples.isEmpty && cpu.problems.map(\.source) == ["cpu"])
            #expect(pass.hanging == 1)
        }
        // Somebody writes at last.
        let writer = open(tree.file("proc/loadavg"), O_WRONLY)
        let text = Array(Fixtures.loadavg.utf8)
        #expect(write(writer, text, text.count) == text.count)
        close(writer)
        unlink(tree.file("proc/loadavg"))
        try tree.write(Fixtures.loadavg, to: "proc/loadavg")
        var pass = try await measure(meter)
        while pass.hanging > 0 { pass = try await measure(meter) }
        // That one may have begun while the call had not returned yet.
        pass = try await measure(meter)
        #expect(try pass.report("cpu").isSuccess)
    }

    @Test(
        "tells everything else where it is not known which apps there are, or who says so hangs, who is not asked anew then"
    )
    func findingApps() async throws {
        let tree = try MachineTree()
        let meter = meter(tree.machine)
        let problem = Problem(source: "engine", message: "away")
        let away = try await BlockingCall.run { meter.pass(apps: { () throws(Problem) in throw problem }) }
        #expect(try away.report("apps").problems == [problem] && away.report("tasks").isSuccess)
        let gate = DispatchSemaphore(value: 0)
        let asked = Mutex(0)
        for _ in 0..<2 {
            let pass = try await BlockingCall.run {
                meter.pass(apps: { () throws(Problem) in
                    asked.withLock { $0 += 1 }
                    gate.wait()
                    return []
                })
            }
            #expect(try pass.report("apps").duration == nil && pass.hanging == 1)
            #expect(pass.reports.filter { !$0.isSuccess }.map(\.collector) == ["apps"])
        }
        #expect(asked.withLock { $0 } == 1)
        gate.signal()
    }

    @Test("names a file system that cannot be asked, and tells the others")
    func failingMount() async throws {
        let tree = try MachineTree()
        var machine = tree.machine
        let room = machine.room
        machine.room = { mount throws(SystemError) in
            if mount == "/data" { throw SystemError(errno: ESTALE, "ask for the room left at /data") }
            return try room(mount)
        }
        let pass = try await measure(meter(machine))
        #expect(try pass.report("filesystems").problems.map(\.source) == ["/data"])
        #expect(pass.value(.filesystemError, "/data") == 1 && pass.value(.filesystemSize, "/data") == nil)
        #expect(pass.value(.filesystemError, "/") == 0 && pass.value(.filesystemSize, "/") == 409_600)
    }

    @Test(
        "is not held up by a file system that never answers, also the first: that one lacks, one thread is kept",
        .enabled(if: MountNamespace.canBeDeaf))
    func deafMount() async throws {
        let tree = try MachineTree()
        let deaf = try await MountNamespace(tree, mounting: MountNamespace.deaf(at: "deaf", of: tree))
        var machine = tree.machine
        let path = deaf.path("deaf")
        let asked = Mutex(0)
        machine.room = { mount throws(SystemError) in
            guard mount == "/data" else { return try FileSystem.room(at: "/") }
            asked.withLock { $0 += 1 }
            return try FileSystem.room(at: path)
        }
        let meter = meter(machine)
        for _ in 0..<3 {
            let pass = try await measure(meter)
            #expect(
                try pass.report("filesystems").problems == [Problem(source: "/data", message: "it does not answer")])
            #expect(pass.value(.filesystemError, "/data") == 1 && pass.value(.filesystemSize, "/data") == nil)
            #expect(pass.value(.filesystemReadOnly, "/data") == 0)
            for mount in ["/", "/broken", "/mnt/old", "/twice"] {
                #expect(try #require(pass.value(.filesystemSize, mount)) > 0)
            }
            #expect(pass.reports.filter { !$0.isSuccess }.map(\.collector) == ["filesystems"] && pass.hanging == 1)
        }
        #expect(asked.withLock { $0 } == 1)
        deaf.end()
        // The kernel gives it up, in the middle of a pass perhaps, for which it comes too late.
        var message: String?
        repeat {
            message = try await measure(meter).report("filesystems").problems.first?.message
        } while message == "it does not answer"
        #expect(message?.contains("cannot ask for the room left") == true)
    }

    @Test("of this machine says what others say of it")
    func live() async throws {
        let pass = try await measure(HostMeter())
        for report in pass.reports where report.collector != "filesystems" {
            #expect(report.problems == [], "\(report.collector)")
        }
        let pages = Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))
        #expect(pass.value(.memoryTotal) == pages)
        var root = statvfs()
        #expect(statvfs("/", &root) == 0)
        #expect(pass.value(.filesystemSize, "/") == Double(root.f_blocks) * Double(root.f_frsize))
        #expect(pass.value(.filesystemInodes, "/") == Double(root.f_files))
        #expect(try #require(pass.value(.cpuSeconds, "user")) > 0)
        #expect(try #require(pass.value(.fileHandles)) > 0)
    }
}
