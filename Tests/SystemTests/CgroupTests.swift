import Glibc
import Testing

@testable import System

/// Cgroups of this host, and trees of files that look like those of others.
@Suite struct CgroupTests {
    @Test func `The unified hierarchy comes first, a part of it below its mount`() {
        let memberships = "8:pids:/a\n6:freezer:/b\n4:memory:/\n1:name=systemd:/s\n0::/u/x"
        let hybrid = """
            30 29 0:1 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
            31 29 0:2 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd
            32 29 0:3 /u /sys/fs/cgroup/unified rw shared:1 - cgroup2 cgroup2 rw
            33 29 0:4 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            """
        let hierarchy = CgroupHierarchy(mounts: hybrid, memberships: memberships)
        #expect(
            hierarchy.holding == [
                "/sys/fs/cgroup/unified/x", "/sys/fs/cgroup/pids/a", "/sys/fs/cgroup/systemd/s",
            ])
        #expect(hierarchy.controllers["memory"] == "/sys/fs/cgroup/memory")
        #expect(CgroupHierarchy(mounts: "", memberships: memberships) == CgroupHierarchy())
    }

    @Test func `A cgroup holds its processes' children too, and kills them all`() async throws {
        // Without permission there is no cgroup: then there is nothing to see here.
        guard let cgroup = Cgroup.make(name: "interlock-test-\(getpid())") else { return }
        let scratch = try Scratch()
        var launch = Launch(["sh", "-c", "setsid sleep 1000 & echo > \(scratch.file("up")); wait"])
        launch.cgroup = cgroup
        let child = try DetachedProcess.start(launch)
        try await wait(on: scratch.path) { access(scratch.file("up"), F_OK) == 0 }
        let members = try cgroup.processes().map { try ProcessIdentity.of(pid: $0) }
        #expect(members.count == 2)
        #expect(!cgroup.remove())
        #expect(Cgroup.existing(name: "interlock-test-\(getpid())")?.paths.sorted() == cgroup.paths.sorted())
        cgroup.killAll()
        #expect(await child.wait().cause == .signalled(SIGKILL, coreDumped: false))
        for member in members { try await waitForEnd(of: member) }
        #expect(cgroup.processes().isEmpty && cgroup.remove())
        #expect(Cgroup.existing(name: "interlock-test-\(getpid())") == nil)
        #expect(Cgroup.make(name: "../escape") == nil)
    }

    @Test(.enabled(if: geteuid() == 0)) func `A v1 cgroup is killed too, and can fork no more`() async throws {
        var hierarchy = CgroupHierarchy.current
        hierarchy.unified = nil
        let name = "interlock-test-v1-\(getpid())"
        guard hierarchy.controllers["pids"] != nil,
            let cgroup = Cgroup.make(name: name, limits: ResourceLimits(), in: hierarchy)
        else { return }
        let scratch = try Scratch()
        let chain =
            "trap '' TERM; : > \(scratch.file("up")); while :; do sh -c 'sleep 0.01 & setsid sleep 0.01 &'; done"
        var launch = Launch(["sh", "-c", chain])
        launch.cgroup = cgroup
        let child = try DetachedProcess.start(launch)
        try await wait(on: scratch.path) { access(scratch.file("up"), F_OK) == 0 }
        cgroup.killAll()
        #expect(await child.wait().cause == .signalled(SIGKILL, coreDumped: false))
        #expect(try readFile("\(cgroup.path)/pids.max", limit: 10) == Array("0\n".utf8))
        while !cgroup.processes().isEmpty { cgroup.killAll() }
        while !cgroup.remove() { sched_yield() }
    }

    // MARK: Trees of files

    /// The directory of an attempt as the kernel would make it, with these files.
    private func tree(_ scratch: Scratch, _ path: String, _ files: [String]) throws -> String {
        try DurableFile.makeDirectories(scratch.file(path), mode: 0o700)
        for file in files { try DurableFile.write([], to: scratch.file("\(path)/\(file)")) }
        return scratch.file(path)
    }

    private let all = ResourceLimits(memoryBytes: 32 << 20, cpuPercent: 150, processes: 20)

    @Test func `On v2 limits are memory without swap, processor time and processes`() throws {
        let scratch = try Scratch()
        let files = ["cgroup.procs", "memory.max", "memory.swap.max", "cpu.max", "pids.max", "memory.events"]
        let path = try tree(scratch, "unit/a", files)
        let hierarchy = CgroupHierarchy(unified: scratch.file("unit/\(CgroupHierarchy.runnerLeaf)"))
        let cgroup = try #require(Cgroup.make(name: "a", limits: all, in: hierarchy))
        #expect(cgroup.paths == [path])
        #expect(cgroup.apply(all).isEmpty)
        #expect(try scratch.text("unit/a/memory.max") == "33554432")
        #expect(try scratch.text("unit/a/memory.swap.max") == "0")
        #expect(try scratch.text("unit/a/cpu.max") == "150000 100000")
        #expect(try scratch.text("unit/a/pids.max") == "20")
        #expect(cgroup.outOfMemoryKills() == nil)
        try DurableFile.write(Array("low 0\noom 3\noom_kill 2\noom_group_kill 0\n".utf8), to: "\(path)/memory.events")
        #expect(cgroup.outOfMemoryKills() == 2)
    }

    @Test func `On v1 each controller has a directory of its own, besides the one that holds the attempt together`()
        throws
    {
        let scratch = try Scratch()
        let memory = try tree(
            scratch, "memory/a", ["cgroup.procs", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes"])
        let cpu = try tree(scratch, "cpu/a", ["cgroup.procs", "cpu.cfs_period_us", "cpu.cfs_quota_us"])
        let pids = try tree(scratch, "pids/a", ["cgroup.procs", "pids.max"])
        let unified = try tree(scratch, "unified/a", ["cgroup.procs", "cgroup.kill"])
        let controllers = ["memory", "cpu", "pids"].reduce(into: [:]) { $0[$1] = scratch.file($1) }
        let pure = CgroupHierarchy(controllers: controllers)
        #expect(Cgroup.make(name: "a", limits: all, in: pure)?.paths == [pids, memory, cpu])
        #expect(Cgroup.make(name: "a", limits: ResourceLimits(), in: pure)?.paths == [pids, memory])
        let hybrid = CgroupHierarchy(unified: scratch.file("unified"), controllers: controllers)
        let cgroup = try #require(Cgroup.make(name: "a", limits: all, in: hybrid))
        #expect(cgroup.paths == [unified, memory, cpu, pids])
        #expect(cgroup.apply(all).isEmpty)
        #expect(try scratch.text("memory/a/memory.limit_in_bytes") == "33554432")
        #expect(try scratch.text("memory/a/memory.memsw.limit_in_bytes") == "33554432")
        #expect(try scratch.text("cpu/a/cpu.cfs_period_us") == "100000")
        #expect(try scratch.text("cpu/a/cpu.cfs_quota_us") == "150000")
        #expect(try scratch.text("pids/a/pids.max") == "20")
        let text = "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n"
        try DurableFile.write(Array(text.utf8), to: "\(memory)/memory.oom_control")
        #expect(cgroup.outOfMemoryKills() == 1)
    }

    @Test func `What a cgroup cannot enforce is left over`() throws {
        let scratch = try Scratch()
        _ = try tree(scratch, "unit/a", ["cgroup.procs", "pids.max"])
        let hierarchy = CgroupHierarchy(unified: scratch.file("unit"))
        let cgroup = try #require(Cgroup.make(name: "a", limits: all, in: hierarchy))
        #expect(cgroup.apply(all) == ResourceLimits(memoryBytes: 32 << 20, cpuPercent: 150))
        #expect(ResourceLimits(memoryBytes: 5, cpuPercent: 5, processes: 5).rlimits(forOtherUser: false).count == 1)
        let support = LimitSupport.probe(CgroupHierarchy())
        let warning = try #require(support.warning(for: all))
        #expect(warning.contains("address space") && warning.contains("processor time is not limited"))
        #expect(support.warning(for: ResourceLimits()) == nil)
        #expect(LimitSupport(memory: true, cpu: true, processes: true).warning(for: all) == nil)
    }

    @Test func `The runner switches controllers on, and leaves its delegated cgroup for a leaf of it`() throws {
        let scratch = try Scratch()
        let leaf = CgroupHierarchy.runnerLeaf
        let own = try tree(scratch, "unit", ["cgroup.procs"])
        _ = try tree(scratch, "unit/\(leaf)", ["cgroup.procs"])
        try DurableFile.write(Array("cpuset cpu memory pids\n".utf8), to: "\(own)/cgroup.controllers")
        try DurableFile.write(Array("\(getpid())\n1\n".utf8), to: "\(own)/cgroup.procs")
        try DurableFile.write([], to: "\(own)/cgroup.subtree_control")

        Cgroup.settle(CgroupHierarchy(unified: own), pid: getpid())
        #expect(try scratch.text("unit/cgroup.subtree_control") == "+cpu +memory +pids")
        #expect(try scratch.text("unit/\(leaf)/cgroup.procs") == "")

        // Once they are on, nothing is done, in the leaf neither.
        try DurableFile.write(Array("cpu memory pids\n".utf8), to: "\(own)/cgroup.subtree_control")
        Cgroup.settle(CgroupHierarchy(unified: "\(own)/\(leaf)"), pid: getpid())
        #expect(try scratch.text("unit/cgroup.subtree_control") == "cpu memory pids\n")
    }

    @Test func `Where controllers cannot be switched on the runner stays where it is`() throws {
        let scratch = try Scratch()
        let own = try tree(scratch, "unit", ["cgroup.procs"])
        _ = try tree(scratch, "unit/\(CgroupHierarchy.runnerLeaf)", [])
        // A file system of ours refuses to be switched on while this is a directory, as the kernel does with EBUSY.
        try DurableFile.makeDirectory("\(own)/cgroup.subtree_control")
        try DurableFile.write(Array("cpu memory\n".utf8), to: "\(own)/cgroup.controllers")
        try DurableFile.write(Array("\(getpid())\n1\n".utf8), to: "\(own)/cgroup.procs")
        Cgroup.settle(CgroupHierarchy(unified: own), pid: getpid())
        #expect(!Directory.contains("\(own)/\(CgroupHierarchy.runnerLeaf)"))
        #expect(try scratch.text("unit/cgroup.procs") == "\(getpid())\n1\n")
        let leaf = try tree(scratch, "unit/\(CgroupHierarchy.runnerLeaf)", ["cgroup.procs"])
        Cgroup.settle(CgroupHierarchy(unified: own), pid: getpid())
        #expect(try scratch.text("unit/\(CgroupHierarchy.runnerLeaf)/cgroup.procs") == "\(getpid())", "it had moved")
        #expect(Directory.contains(leaf))
    }
}
