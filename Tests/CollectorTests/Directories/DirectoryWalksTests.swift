import Foundation
import Glibc
import Synchronization
import Testing

@testable import Collector
@testable import System

@Suite("Directories that are measured", .timeLimit(.minutes(5)))
struct DirectoryWalksTests {
    /// Passes until one is as it should be.
    private func report(
        _ walks: DirectoryWalks, of directories: [MeasuredDirectory], until isSo: (Report) -> Bool
    ) async throws -> Report {
        while true {
            let report = try #require(walks.report(of: directories))
            if isSo(report) { return report }
            await Task.yield()
        }
    }

    /// Nothing hangs unless it is said how long that takes to be noticed.
    private func walks(
        _ machine: Machine, _ calls: HangingCalls = HangingCalls(patience: nil), period: Duration = .zero,
        pause: Duration = .zero
    ) -> DirectoryWalks {
        DirectoryWalks(
            machine, calls: calls, plan: WalkPlan(period: period, pause: pause), look: .milliseconds(1))
    }

    @Test("are told with what is in them, each of its own subject, while nobody waits for a walk")
    func figures() async throws {
        let tree = try MachineTree()
        try DirectoryFixtures.tree(at: tree.file("mail"), seed: 5)
        for name in ["apps", "apps/blog"] { try DirectoryFixtures.directory(tree.file(name)) }
        try DirectoryFixtures.file(tree.file("apps/blog/file"), bytes: 50_000)
        let all = [
            MeasuredDirectory(.host, "mail", at: "/mail"), MeasuredDirectory(.app("blog"), "data", at: "/apps/blog"),
        ]
        let walks = walks(tree.machine, period: .seconds(3600))
        let first = try #require(walks.report(of: all))
        #expect(first.isSuccess && (first.samples.isEmpty || first.samples.count <= 12))
        let report = try await report(walks, of: all) { $0.samples.count == 2 * DirectoryFixtures.metrics.count }
        #expect(report.collector == "directories" && report.isSuccess)
        let usage = try await DirectoryFixtures.usage(of: tree.file("mail"))
        #expect(report.value(.directoryBytes, "mail") == Double(usage.bytes))
        #expect(report.value(.directoryInodes, "mail") == Double(usage.inodes))
        let blog = try await DirectoryFixtures.usage(of: tree.file("apps/blog"))
        #expect(report.value(.directoryBytes, "data", of: .app("blog")) == Double(blog.bytes))
        #expect(report.value(.directoryInodes, "data", of: .app("blog")) == 2)
        #expect(report.value(.directoryComplete, "data", of: .app("blog")) == 1)
        let name = Series(.directoryBytes, "data", of: .app("blog")).name
        #expect(name == "interlock_app_directory_bytes")
        // It gets older until it is walked again.
        let age = try #require(report.value(.directoryAge, "mail"))
        let later = try await self.report(walks, of: all) { $0.value(.directoryAge, "mail") ?? 0 > age }
        #expect(later.value(.directoryBytes, "mail") == Double(usage.bytes))
    }

    @Test("come and go with their apps and with what is there; only one of the host's is missed")
    func comeAndGo() async throws {
        let tree = try MachineTree()
        try DirectoryFixtures.directory(tree.file("apps"))
        let app = MeasuredDirectory(.app("blog"), "data", at: "/apps/blog")
        let host = MeasuredDirectory(.host, "mail", at: "/mail")
        let walks = walks(tree.machine)
        let none = try await report(walks, of: [app, host]) { !$0.problems.isEmpty }
        #expect(none.samples.isEmpty)
        #expect(none.problems == [Problem(source: "the host: directory mail", message: "there is no /mail")])
        for name in ["apps/blog", "mail"] { try DirectoryFixtures.directory(tree.file(name)) }
        let both = try await report(walks, of: [app, host]) { $0.samples.count == 2 * DirectoryFixtures.metrics.count }
        #expect(both.isSuccess)
        // Walked again, it has more in it.
        let before = both.value(.directoryInodes, "data", of: .app("blog"))
        try DirectoryFixtures.file(tree.file("apps/blog/file"))
        _ = try await report(walks, of: [app, host]) { $0.value(.directoryInodes, "data", of: .app("blog")) == 2 }
        #expect(before == 1)
        try FileManager.default.removeItem(atPath: tree.file("apps/blog"))
        let gone = try await report(walks, of: [app, host]) { $0.samples.count == DirectoryFixtures.metrics.count }
        #expect(gone.value(.directoryBytes, "data", of: .app("blog")) == nil && gone.isSuccess)
        let one = try #require(walks.report(of: [app]))
        #expect(one.samples.isEmpty)
        #expect(walks.report(of: []) == nil)
    }

    @Test("whose path leads through a link are not measured, and it is said where it does")
    func link() async throws {
        let tree = try MachineTree()
        try DirectoryFixtures.directory(tree.file("real"))
        try #require(symlink("real", tree.file("mail")) == 0)
        let walks = walks(tree.machine)
        let report = try await report(walks, of: [MeasuredDirectory(.host, "mail", at: "/mail")]) {
            !$0.problems.isEmpty
        }
        #expect(report.problems.first?.message.contains("'mail', which is a symbolic link") == true)
        #expect(report.samples.isEmpty && !report.isSuccess)
    }

    @Test(
        "on a mount that never answers cost a thread and their own figures; those on others are walked again and again",
        .enabled(if: MountNamespace.canBeDeaf))
    func deaf() async throws {
        let tree = try MachineTree()
        for name in ["data", "data/a", "data/b", "home"] { try DirectoryFixtures.directory(tree.file(name)) }
        let namespace = try await MountNamespace(tree, mounting: MountNamespace.deaf(at: "deaf", of: tree))
        let isDeaf = Mutex(false)
        let asked = Mutex(0)
        var machine = tree.machine
        let (path, root) = (namespace.path("deaf"), tree.file("data"))
        machine.directory = { place throws(SystemError) in
            guard place.hasPrefix(root), isDeaf.withLock({ $0 }) else { return try PinnedDirectory(place).reader() }
            asked.withLock { $0 += 1 }
            return try DirectoryReader(path, in: AT_FDCWD)
        }
        // Each on a mount of its own by the fixture, but the last two.
        let all = [
            MeasuredDirectory(.host, "home", at: "/home"), MeasuredDirectory(.app("a"), "x", at: "/data/a"),
            MeasuredDirectory(.app("b"), "x", at: "/data/b"),
        ]
        let walks = walks(machine, HangingCalls(), pause: .milliseconds(50))
        _ = try await report(walks, of: all) { $0.samples.count == 3 * DirectoryFixtures.metrics.count }
        isDeaf.withLock { $0 = true }
        let hung = try await report(walks, of: all) { !$0.problems.isEmpty }
        #expect(hung.problems.map(\.source) == ["app a: directory x", "app b: directory x"])
        #expect(hung.problems.allSatisfy { $0.message == "it does not answer" } && walks.hanging == 1)
        let age = try #require(hung.value(.directoryAge, "x", of: .app("a")))
        // The other one has new figures, these two get older.
        try DirectoryFixtures.file(tree.file("home/file"))
        let later = try await report(walks, of: all) { $0.value(.directoryInodes, "home") == 2 }
        #expect(later.problems == hung.problems && later.samples.count == hung.samples.count)
        #expect(try #require(later.value(.directoryAge, "x", of: .app("a"))) > age)
        #expect(asked.withLock { $0 } == 1 && walks.hanging == 1)
        // The kernel gives it up, and what was mounted there is no more.
        isDeaf.withLock { $0 = false }
        namespace.end()
        let well = try await report(walks, of: all) { $0.problems.isEmpty }
        #expect(well.samples.count == 3 * DirectoryFixtures.metrics.count && walks.hanging == 0)
    }

    @Test(
        "whose mount was taken from under a walk that never returns are walked anew, and its thread is told",
        .enabled(if: MountNamespace.canBeDeaf))
    func takenAway() async throws {
        let tree = try MachineTree()
        for name in ["data", "data/a"] { try DirectoryFixtures.directory(tree.file(name)) }
        let namespace = try await MountNamespace(tree, mounting: MountNamespace.deaf(at: "deaf", of: tree))
        defer { namespace.end() }
        let isDeaf = Mutex(true)
        var machine = tree.machine
        let path = namespace.path("deaf")
        machine.directory = { place throws(SystemError) in
            guard isDeaf.withLock({ $0 }) else { return try PinnedDirectory(place).reader() }
            return try DirectoryReader(path, in: AT_FDCWD)
        }
        let all = [MeasuredDirectory(.app("a"), "x", at: "/data/a")]
        let walks = walks(machine, HangingCalls(), pause: .milliseconds(50))
        _ = try await report(walks, of: all) { !$0.problems.isEmpty }
        let table = String(decoding: try readFile(tree.file(Mounts.path), limit: 1 << 20), as: UTF8.self)
        let mounts = table.split(separator: "\n")
        let without = mounts.filter { !$0.contains(" /data ") }
        try #require(without.count == mounts.count - 1)
        isDeaf.withLock { $0 = false }
        try tree.write(without.joined(separator: "\n") + "\n", to: Mounts.path)
        let well = try await report(walks, of: all) { $0.problems.isEmpty && !$0.samples.isEmpty }
        #expect(well.samples.count == DirectoryFixtures.metrics.count && walks.hanging == 1)
    }

    @Test("in whose place another one came while they were walked are walked anew")
    func replaced() async throws {
        let tree = try MachineTree()
        for name in ["apps", "apps/a"] { try DirectoryFixtures.directory(tree.file(name)) }
        let isFirst = Mutex(true)
        var machine = tree.machine
        let path = tree.file("apps/a")
        machine.directory = { place throws(SystemError) in
            let reader = try PinnedDirectory(place).reader()
            guard
                isFirst.withLock({ isFirst in
                    defer { isFirst = false }
                    return isFirst
                })
            else { return reader }
            try Directory.move(path, to: path + "-before")
            try DurableFile.makeDirectory(path)
            try DurableFile.write([1], to: path + "/file")
            return reader
        }
        let walks = walks(machine)
        let all = [MeasuredDirectory(.app("a"), "x", at: "/apps/a")]
        _ = walks.report(of: all)
        let report = try await report(walks, of: all) { $0.value(.directoryInodes, "x", of: .app("a")) != nil }
        #expect(report.value(.directoryInodes, "x", of: .app("a")) == 2)
        #expect(report.value(.directoryComplete, "x", of: .app("a")) == 1)
    }

    @Test("are a collector of a pass, which nobody has who names none; what is ended is told no more")
    func pass() async throws {
        let tree = try MachineTree()
        try DirectoryFixtures.directory(tree.file("mail"))
        let walks = walks(tree.machine)
        let meter = HostMeter(tree.machine, files: HangingCalls(), mounts: HangingCalls(), walks: walks)
        let all = [MeasuredDirectory(.host, "mail", at: "/mail")]
        var pass: Pass
        repeat {
            pass = try await BlockingCall.run { meter.pass(directories: all) }
        } while pass.value(.directoryInodes, "mail") == nil
        #expect(try pass.report("directories").isSuccess && pass.value(.directoryInodes, "mail") == 1)
        #expect(HostMeter.collectors.contains("directories") && pass.hanging == 0)
        meter.endWalks()
        #expect(walks.work() == nil)
        pass = try await BlockingCall.run { meter.pass() }
        #expect(!pass.reports.contains { $0.collector == "directories" })
    }
}
