import Dispatch
import Synchronization
import Testing

@testable import Collector
@testable import System

@Suite("The table of mounts", .timeLimit(.minutes(5)))
struct MountTableTests {
    @Test(
        "is read anew when something is mounted, can be written no more, or is taken away, and not otherwise",
        .enabled(if: MountNamespace.isPossible))
    func changes() async throws {
        let tree = try MachineTree()
        let (first, second) = (tree.file("first"), tree.file("second"))
        let mounted = try await MountNamespace(
            tree, mounting: "mkdir -p \(first) \(second) && mount -t tmpfs a \(first)")
        let table = WatchedFile(mounted.table)
        let reads = Mutex(0)
        var machine = tree.machine
        machine.mountTable = { _ throws(SystemError) in
            let bytes = try table.readIfChanged(limit: Machine.maximumFileBytes)
            reads.withLock { $0 += bytes == nil ? 0 : 1 }
            return bytes
        }
        machine.room = { [root = mounted.root] mount throws(SystemError) in try FileSystem.room(at: root + mount) }
        let meter = HostMeter(machine, files: HangingCalls(), mounts: HangingCalls(), walks: DirectoryWalks(machine))
        func expect(_ readOnly: [String: Double?], reads wanted: Int) async throws {
            for _ in 0..<2 {
                let pass = try await BlockingCall.run { meter.pass() }
                for (mount, isReadOnly) in readOnly {
                    #expect(pass.value(.filesystemReadOnly, mount) == isReadOnly)
                }
            }
            #expect(reads.withLock { $0 } == wanted)
        }
        try await expect([first: 0, second: nil], reads: 1)
        try await mounted.run("mount -t tmpfs b \(second)")
        try await expect([first: 0, second: 0], reads: 2)
        try await mounted.run("mount -o remount,ro \(second)")
        try await expect([first: 0, second: 1], reads: 3)
        try await mounted.run("umount \(first)")
        try await expect([first: nil, second: 1], reads: 4)
    }

    @Test("tells a file system from the one that was at its place before, whose call never returns")
    func replaced() async throws {
        let tree = try MachineTree()
        let line = { (id: Int) in "\(id) 1 0:9 / /m rw - tmpfs m rw\n" }
        let contents = Mutex<[UInt8]?>(Array(line(7).utf8))
        let isHanging = Mutex(true)
        let gate = DispatchSemaphore(value: 0)
        defer { gate.signal() }
        var machine = tree.machine
        machine.mountTable = { _ throws(SystemError) in
            contents.withLock { contents in
                defer { contents = nil }
                return contents
            }
        }
        machine.room = { [room = machine.room] mount throws(SystemError) in
            if isHanging.withLock({ $0 }) { gate.wait() }
            return try room(mount)
        }
        let meter = HostMeter(machine, files: HangingCalls(), mounts: HangingCalls(), walks: DirectoryWalks(machine))
        let hung = try await BlockingCall.run { meter.pass() }
        #expect(hung.value(.filesystemError, "/m") == 1 && hung.hanging == 1)
        isHanging.withLock { $0 = false }
        contents.withLock { $0 = Array(line(8).utf8) }
        let well = try await BlockingCall.run { meter.pass() }
        #expect(well.value(.filesystemError, "/m") == 0 && well.hanging == 1)
        #expect(try well.report("filesystems").isSuccess)
    }

    @Test("that cannot be understood is a problem of each pass until there is another one")
    func malformed() async throws {
        let tree = try MachineTree()
        let contents = Mutex<[UInt8]?>(Array("nothing".utf8))
        var machine = tree.machine
        machine.mountTable = { _ throws(SystemError) in
            contents.withLock { contents in
                defer { contents = nil }
                return contents
            }
        }
        let meter = HostMeter(machine, files: HangingCalls(), mounts: HangingCalls(), walks: DirectoryWalks(machine))
        for _ in 0..<2 {
            let pass = try await BlockingCall.run { meter.pass() }
            #expect(try pass.report("filesystems").problems.map(\.source) == ["/proc/self/mountinfo"])
        }
        let whole = try readFile(tree.file(Mounts.path), limit: Machine.maximumFileBytes)
        contents.withLock { $0 = whole }
        for _ in 0..<2 {
            let pass = try await BlockingCall.run { meter.pass() }
            #expect(try pass.report("filesystems").isSuccess)
            #expect(pass.value(.filesystemReadOnly, "/") == 0)
        }
    }
}
