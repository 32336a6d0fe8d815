import Foundation
import System
import Testing

@testable import Collector

@Suite("The cgroups of an app")
struct GroupTests {
    private static let app = Subject.app("blog")
    private static let group = Group(app, at: ["old/blog", "apps/blog"])

    private func tree(_ mounts: String) throws -> MachineTree {
        let tree = try MachineTree()
        try tree.addMounts(mounts)
        try tree.write("", to: "proc/self/ns/net")
        return tree
    }

    private func measure(_ tree: MachineTree, _ group: Group = group) throws -> (samples: [Sample], problems: [Problem])
    {
        try GroupCollector(tree.machine).measure(group) ?? ([], [])
    }

    private func values(_ tree: MachineTree, _ group: Group = group) throws -> [String: Double] {
        let (samples, problems) = try measure(tree, group)
        #expect(problems == [])
        #expect(samples.allSatisfy { $0.series.subject == group.subject })
        return Dictionary(uniqueKeysWithValues: samples.map { ($0.series.words, $0.value) })
    }

    @Test("are read where the unified hierarchy is")
    func unified() throws {
        let tree = try tree(GroupFixtures.unifiedMount)
        try tree.addGroup(GroupFixtures.unified, at: "apps/blog")
        #expect(try values(tree) == GroupFixtures.unifiedValues)
    }

    @Test("are read where each controller has a hierarchy, of which two can be one")
    func controllers() throws {
        let tree = try tree(GroupFixtures.controllerMounts)
        try tree.addControllers(at: "apps/blog")
        #expect(try values(tree) == GroupFixtures.controllerValues)
    }

    @Test("are read in both where they are side by side, and nothing is told twice")
    func hybrid() throws {
        let tree = try tree(GroupFixtures.controllerMounts + GroupFixtures.hybridMount)
        try tree.addControllers(at: "apps/blog")
        try tree.addGroup(GroupFixtures.bare, at: "unified/apps/blog")
        var wanted = GroupFixtures.controllerValues
        (wanted["cpuSeconds user"], wanted["cpuSeconds system"]) = (4, 1)
        #expect(try values(tree) == wanted)
    }

    @Test("of an old and a new container are never added: the first place that is there is meant")
    func alternatives() throws {
        let tree = try tree(GroupFixtures.unifiedMount)
        try tree.addGroup(["pids.current": "5\n"], at: "old/blog")
        try tree.addGroup(["pids.current": "7\n"], at: "apps/blog")
        #expect(try values(tree) == ["processes": 5])
        try FileManager.default.removeItem(atPath: tree.file("sys/fs/cgroup/old"))
        #expect(try values(tree) == ["processes": 7])
    }

    @Test("can be whole paths, as a task's are, in any of the hierarchies")
    func directories() throws {
        let tree = try tree(GroupFixtures.controllerMounts + GroupFixtures.hybridMount)
        try tree.addGroup(GroupFixtures.bare, at: "unified/interlock-1.1")
        try tree.addGroup(["memory.usage_in_bytes": "9\n"], at: "memory/interlock-1.1")
        let task = Group(
            .task("1"),
            in: ["/sys/fs/cgroup/unified/interlock-1.1", "/sys/fs/cgroup/memory/interlock-1.1", "/elsewhere"])
        #expect(try values(tree, task) == ["cpuSeconds user": 4, "cpuSeconds system": 1, "memoryCurrent": 9])
    }

    @Test("that are not there tell nothing, which is no problem; nor do those of a host without any")
    func none() throws {
        #expect(try values(tree(GroupFixtures.unifiedMount)) == [:])
        #expect(try values(tree("")) == [:])
    }

    @Test("that are made anew are others: their counters begin anew, also where they have counted more")
    func identity() throws {
        let tree = try tree(GroupFixtures.unifiedMount)
        try tree.addGroup(GroupFixtures.unified, at: "apps/blog")
        let first = try measure(tree).samples
        // Beside the old one, so that it cannot get its inode.
        try tree.addGroup(GroupFixtures.unified, at: "apps/new")
        try FileManager.default.removeItem(atPath: tree.file("sys/fs/cgroup/apps/blog"))
        try FileManager.default.moveItem(
            atPath: tree.file("sys/fs/cgroup/apps/new"), toPath: tree.file("sys/fs/cgroup/apps/blog"))
        let second = try measure(tree).samples
        var baselines = Baselines()
        _ = baselines.readings(of: first, at: MonotonicTime(nanoseconds: 1))
        let readings = baselines.readings(of: second, at: MonotonicTime(nanoseconds: 2))
        #expect(readings.count == GroupFixtures.unifiedValues.count && readings.allSatisfy { $0.rate == nil })
        #expect(baselines.resets == readings.filter(\.isCounter).count)
    }

    @Test("tell of their first process since when it is there, and what its own network has carried")
    func process() throws {
        let tree = try tree(GroupFixtures.unifiedMount)
        try tree.addGroup(["cgroup.procs": "4711\n"], at: "apps/blog")
        try tree.addProcess(4711, hasNetwork: true)
        #expect(
            try values(tree) == [
                "startTime": 1_795_760_268 + 60, "networkReceivedBytes eth0": 298_168_651,
                "networkReceivedPackets eth0": 8423, "networkReceiveErrors eth0": 1, "networkReceiveDrops eth0": 2,
                "networkSentBytes eth0": 501912, "networkSentPackets eth0": 6552, "networkSendErrors eth0": 7,
                "networkSendDrops eth0": 8,
            ])
    }

    @Test("with thousands of interfaces tell of the first ones")
    func manyInterfaces() throws {
        let tree = try tree(GroupFixtures.unifiedMount)
        try tree.addGroup(["cgroup.procs": "4711\n"], at: "apps/blog")
        try tree.addProcess(4711, hasNetwork: true)
        let line = try #require(Fixtures.network.split(separator: "\n").last { $0.contains("eth0:") })
        let more = (1...2000).map { line.replacing("eth0:", with: "eth\($0):") + "\n" }.joined()
        try tree.write(Fixtures.network + more, to: "proc/4711/net/dev")
        let told = try values(tree).keys.filter { $0.hasPrefix("networkSentBytes") }
        #expect(told.count == 32 && told.contains("networkSentBytes eth0"))
    }

    @Test("with many cgroups below are not searched through")
    func manyBelow() throws {
        let tree = try tree(GroupFixtures.unifiedMount)
        try tree.addGroup(["cgroup.procs": "", "pids.current": "3\n"], at: "apps/blog")
        try tree.addGroup(["cgroup.procs": ""], at: "apps/blog/a")
        for number in 0..<100 { try tree.addGroup(["cgroup.procs": ""], at: "apps/blog/a/\(number)") }
        // It would be found behind these.
        try tree.addGroup(["cgroup.procs": "4711\n"], at: "apps/blog/b")
        try tree.addProcess(4711, hasNetwork: true)
        #expect(try values(tree) == ["processes": 3])
    }

    @Test("whose processes are in the host's network tell nothing of it: it is not theirs")
    func hostNetwork() throws {
        let tree = try tree(GroupFixtures.unifiedMount)
        // The process is in a cgroup below: a container with a service manager of its own.
        try tree.addGroup(["cgroup.procs": ""], at: "apps/blog")
        try tree.addGroup(["cgroup.procs": "4711\n"], at: "apps/blog/init.scope")
        try tree.addProcess(4711, hasNetwork: false)
        #expect(try values(tree) == ["startTime": 1_795_760_268 + 60])
    }

    @Test("with garbage in one file tell of the others, and which one it was by the app's name", arguments: 0..<3)
    func garbage(kind: Int) throws {
        for (name, text) in GroupFixtures.unified where name != "cgroup.procs" {
            let tree = try tree(GroupFixtures.unifiedMount)
            try tree.addGroup(GroupFixtures.unified, at: "apps/blog")
            let lines = text.split(separator: "\n")
            let broken = [
                String(text.dropLast()), lines.map { "x\($0)\n" }.joined(), lines.map { "\($0) -1\n" }.joined(),
            ]
            try tree.addGroup([name: broken[kind]], at: "apps/blog")
            let (samples, problems) = try measure(tree)
            #expect(problems.map(\.source) == ["app blog: \(name)"], "\(name)")
            #expect(!samples.isEmpty)
            for sample in samples { #expect(GroupFixtures.unifiedValues[sample.series.words] == sample.value) }
        }
    }
}
