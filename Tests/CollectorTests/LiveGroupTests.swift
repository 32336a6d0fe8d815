import Foundation
import Glibc
import System
import Testing

@testable import Collector

/// Cgroups of the kernel at hand, made and filled and removed while they are measured.
@Suite(
    "Cgroups of this kernel",
    .enabled(if: Cgroup.make(name: "interlock-group-tests").map { $0.remove() } ?? false))
struct LiveGroupTests {
    private static func name() -> String { "interlock-live-\(UUID().uuidString.prefix(8))" }

    private func measure(_ cgroup: Cgroup) throws -> [Series: Double] {
        let (samples, problems) = try GroupCollector(.this).measure(Group(.task("t"), in: cgroup.paths)) ?? ([], [])
        #expect(problems == [])
        return Dictionary(uniqueKeysWithValues: samples.map { ($0.series, $0.value) })
    }

    private func start(_ script: String, in cgroup: Cgroup) throws -> ChildProcess {
        var launch = Launch(["sh", "-c", script])
        launch.cgroup = cgroup
        return try DetachedProcess.start(launch)
    }

    @Test("tell the processor time of what ran in them, since when, and that its network is the host's")
    func filled() async throws {
        let cgroup = try #require(Cgroup.make(name: Self.name()))
        defer { cgroup.remove() }
        let begin = Double(WallTime.now.microseconds) / 1e6
        let child = try start("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; exec sleep 1000", in: cgroup)
        defer { try? child.signal(SIGKILL) }
        var values: [Series: Double] = [:]
        repeat {
            await Task.yield()
            values = try measure(cgroup)
        } while values[Series(.cpuSeconds, "user", of: .task("t"))] ?? 0 == 0
        let start = try #require(values[Series(.startTime, of: .task("t"))])
        // The kernel rounds the moment of its own start to a second.
        #expect(start > begin - 2 && start < Double(WallTime.now.microseconds) / 1e6 + 2)
        #expect(values.keys.allSatisfy { !$0.name.contains("network") })
        try child.signal(SIGKILL)
        _ = await child.wait()
        // What it used stays with the cgroup.
        #expect(try measure(cgroup)[Series(.cpuSeconds, "user", of: .task("t"))] ?? 0 > 0)
    }

    @Test("that go and come while they are read are told whole or not at all, and each new one is another")
    func underTheFeet() throws {
        let name = Self.name()
        let path = try #require(Cgroup.make(name: name)?.paths)
        let cgroup = try #require(Cgroup(paths: path))
        // In the middle of it one hierarchy has it, and the other has it no more.
        let parts = try path.map { Set(try measure(try #require(Cgroup(paths: [$0]))).keys) }
        let whole = parts + [Set(try measure(cgroup).keys)]
        let maker = Thread {
            for _ in 0..<800 {
                cgroup.remove()
                _ = Cgroup.make(name: name)
            }
            cgroup.remove()
        }
        maker.start()
        var identities: Set<Identity> = []
        var isGone = 0
        let collector = try GroupCollector(.this)
        while !maker.isFinished {
            let (samples, problems) = collector.measure(Group(.task("t"), in: path)) ?? ([], [])
            #expect(problems == [])
            if samples.isEmpty { isGone += 1 } else { #expect(whole.contains(Set(samples.map(\.series)))) }
            identities.formUnion(samples.map(\.identity))
        }
        #expect(identities.count > 1 && isGone > 0)
    }

    @Test(
        "whose processes have a network of their own tell what it carries",
        .enabled(if: geteuid() == 0 && access("/usr/bin/unshare", X_OK) == 0))
    func network() async throws {
        let cgroup = try #require(Cgroup.make(name: Self.name()))
        defer { cgroup.remove() }
        // A network with both ends of a cable.
        let child = try start(
            "exec unshare --net sh -ec 'ip link add a0 type veth peer name a1; exec sleep 1000'", in: cgroup)
        defer { try? child.signal(SIGKILL) }
        let sent = Series(.networkSentBytes, "a0", of: .task("t"))
        while try measure(cgroup)[sent] == nil {
            try #require(child.end == nil, "no network can be made")
            await Task.yield()
        }
        #expect(try measure(cgroup)[Series(.networkReceivedBytes, "a0", of: .task("t"))] == 0)
        try child.signal(SIGKILL)
        _ = await child.wait()
    }
}
