import Glibc
import Testing

@testable import System

/// A disk that is full: nothing is started on it, and what was started gets its record of the end.
@Suite struct FullDiskTests {
    /// A file system of 128 KiB in a mount namespace of its own, seen through /proc.
    private final class SmallDisk {
        let path: String
        private let keeper: ChildProcess

        init(_ scratch: Scratch) async throws {
            let script =
                "mount -t tmpfs -o size=128k none \(scratch.path) && touch \(scratch.path)/up && exec sleep 1000"
            keeper = try DetachedProcess.start(Launch(["unshare", "--mount", "sh", "-c", script]))
            path = "/proc/\(keeper.identity.pid)/root\(scratch.path)"
            let deadline = MonotonicTime.now.advanced(milliseconds: patienceMilliseconds)
            while access("\(path)/up", F_OK) != 0 {
                try #require(keeper.end == nil && MonotonicTime.now < deadline)
                sched_yield()
            }
        }

        deinit { try? keeper.signal(SIGKILL) }

        /// Leaves so many pages of 4 KiB.
        func fill(leaving pages: Int) throws {
            unlink("\(path)/filler")
            let free = try FileSystem.freeBytes(at: path)
            try DurableFile.append([UInt8](repeating: 1, count: free - pages * 4096), to: "\(path)/filler")
            #expect(try FileSystem.freeBytes(at: path) == pages * 4096)
        }
    }

    @Test(.enabled(if: geteuid() == 0 && access("/usr/bin/unshare", X_OK) == 0))
    func `Nothing is started without room for its records, and what was started ends on a full disk`() async throws {
        let scratch = try Scratch()
        let disk = try await SmallDisk(scratch)
        let directory = AttemptDirectory(path: "\(disk.path)/attempt")
        let script = "read x < \(disk.path)/go; echo said; exit 4"
        let spec = AttemptSpec(
            arguments: ["sh", "-c", script].bytes, environment: Environment([("PATH", "/usr/bin:/bin")]))
        try #require(mkfifo("\(disk.path)/go", 0o600) == 0)

        for pages in 0...4 {
            try disk.fill(leaving: pages)
            let failure = #expect(throws: SystemError.self) { try directory.prepare(spec) }
            #expect(failure?.code == .exhausted && failure?.errno == ENOSPC)
            #expect(try directory.standing() == .unstarted)
            try Directory.removeTree(directory.path)
        }
        unlink("\(disk.path)/filler")
        try directory.prepare(spec)
        let shim = try directory.startShim([Attempt.shim], environment: Environment([("PATH", "/usr/bin:/bin")]))
        var connection: AttemptConnection?
        while connection == nil, shim.end == nil { connection = try? AttemptConnection(to: directory) }
        var messages = try #require(connection).messages.makeAsyncIterator()
        guard case .started = await messages.next() else {
            Issue.record("not started")
            return
        }
        try disk.fill(leaving: 0)
        let go = try Descriptor.open("\(disk.path)/go", O_WRONLY)
        try go.write([10])
        #expect(await messages.next() == .exited)
        #expect(await shim.wait().cause == .exited(0))
        guard case .over(let record) = try directory.standing() else {
            Issue.record("it is not over")
            return
        }
        #expect(record.cause == .exited(4) && record.logBytesLost > 0)
    }
}
