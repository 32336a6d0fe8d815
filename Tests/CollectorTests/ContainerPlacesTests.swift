import Foundation
import Testing

@testable import Collector
@testable import System

@Suite("The cgroups of containers")
struct ContainerPlacesTests {
    private static let id = String(repeating: "0123456789abcdef", count: 4)
    private static let other = String(repeating: "f", count: 64)

    private func group(_ app: String, _ id: String = id) -> Group { Group(.app(app), container: id) }

    /// What a pass tells of apps' processes, by app.
    private func processes(_ groups: [Group], _ tree: MachineTree, _ places: KnownPlaces) -> [String: Double] {
        let report = Report("apps", of: { () throws(Problem) in groups }, on: tree.machine, places)
        #expect(report.problems == [])
        let told = report.samples.filter { $0.series.name == "interlock_app_processes" }
        return Dictionary(told.map { ($0.series.subject.app ?? "", $0.value) }) { $0 + $1 }
    }

    @Test(
        "are where Docker makes them with either driver, and where they have a parent of their own",
        arguments: [
            "docker/\(id)", "system.slice/docker-\(id).scope", "apps/deep/\(id)",
            "apps.slice/apps-blog.slice/docker-\(id).scope", "machine.slice/libpod-\(id).scope",
            "user.slice/user-7.slice/libpod-\(id).scope",
        ], ["unified", "controllers", "hybrid"])
    func found(path: String, kind: String) throws {
        let tree = try MachineTree()
        let places = KnownPlaces()
        switch kind {
        case "unified":
            try tree.addMounts(GroupFixtures.unifiedMount)
            try tree.addGroup(["pids.current": "3\n"], at: path)
        default:
            try tree.addMounts(GroupFixtures.controllerMounts + (kind == "hybrid" ? GroupFixtures.hybridMount : ""))
            try tree.addControllers(at: path)
            if kind == "hybrid" { try tree.addGroup(GroupFixtures.bare, at: "unified/\(path)") }
        }
        for _ in 0..<2 { #expect(processes([group("blog")], tree, places) == ["blog": 3]) }
        #expect(processes([group("blog", Self.other)], tree, places) == [:])
    }

    @Test("of an old and a new one are told apart by their ids: the name's present one is meant")
    func remade() throws {
        let tree = try MachineTree()
        let places = KnownPlaces()
        try tree.addMounts(GroupFixtures.unifiedMount)
        try tree.addGroup(["pids.current": "3\n"], at: "docker/\(Self.id)")
        try tree.addGroup(["pids.current": "5\n"], at: "parent/docker/\(Self.other)")
        #expect(processes([group("blog")], tree, places) == ["blog": 3])
        #expect(processes([group("blog", Self.other)], tree, places) == ["blog": 5])
        #expect(processes([group("blog", Self.other), group("wiki")], tree, places) == ["blog": 5, "wiki": 3])
        try FileManager.default.removeItem(atPath: tree.file("sys/fs/cgroup/parent"))
        #expect(processes([group("blog", Self.other), group("wiki")], tree, places) == ["wiki": 3])
    }

    @Test("are not searched for anew because tasks run, which are in none")
    func besidesTasks() async throws {
        let tree = try MachineTree()
        try tree.addMounts(GroupFixtures.unifiedMount)
        try tree.addGroup(["pids.current": "3\n"], at: "parent/\(Self.id)")
        try tree.addGroup(["pids.current": "1\n"], at: "task")
        let meter = HostMeter(
            tree.machine, files: HangingCalls(), mounts: HangingCalls(), walks: DirectoryWalks(tree.machine))
        let (apps, tasks) = ([group("blog")], [Group(.task("t"), at: ["task"])])
        func processes() async throws -> Double? {
            let pass = try await BlockingCall.run {
                meter.pass(apps: { () throws(Problem) in apps }, tasks: { () throws(Problem) in tasks })
            }
            #expect(pass.reports.flatMap(\.remarks) == [])
            return pass.value(.processes, of: .app("blog"))
        }
        #expect(try await processes() == 3)
        // A search would find this one first.
        try tree.addGroup(["pids.current": "5\n"], at: "a/\(Self.id)")
        #expect(try await processes() == 3)
        let lone = try await BlockingCall.run {
            meter.pass(
                apps: { () throws(Problem) in [self.group("wiki", Self.other)] }, tasks: { () throws(Problem) in tasks }
            )
        }
        #expect(lone.reports.flatMap(\.remarks).map(\.source) == ["containers"])
    }

    @Test("are searched for once, again where another one is missing, and in vain once a minute")
    func searches() {
        var places = ContainerPlaces()
        var searched: [Int] = []
        var there: [String: String] = [:]
        var lost = 0
        func find(_ groups: [Group], _ second: UInt64) -> [Group] {
            let (found, nowhere) = places.find(groups, at: MonotonicTime(nanoseconds: second * 1_000_000_000)) {
                names in
                searched.append(names.count)
                return there.filter { names.contains($0.key) }
            }
            lost = nowhere
            return found
        }
        #expect(find([], 0) == [] && searched == [])
        #expect(find([group("blog")], 1) == [] && find([group("blog")], 60) == [] && searched == [4])
        #expect(lost == 1)
        there["docker-\(Self.id).scope"] = "x/docker-\(Self.id).scope"
        #expect(find([group("blog")], 61) == [Group(.app("blog"), at: ["x/docker-\(Self.id).scope"])])
        #expect(find([group("blog")], 200).count == 1 && searched == [4, 4] && lost == 0)
        #expect(find([group("blog"), group("wiki", Self.other)], 201).count == 1 && searched == [4, 4, 4])
        #expect(find([group("blog"), group("wiki", Self.other)], 202).count == 1 && searched == [4, 4, 4])
        // One that is started again and again is at its usual place now and then.
        #expect(find([group("blog")], 210).count == 1 && find([group("wiki", Self.other)], 220) == [])
        #expect(searched == [4, 4, 4])
        // One that is at its usual place now is not lost, though it was searched for in vain.
        #expect(find([], 220) == [] && lost == 0)
        // Nobody asked for it meanwhile: it is forgotten.
        #expect(find([], 221) == [] && find([group("blog")], 222).count == 1 && searched == [4, 4, 4, 4])
    }
}
