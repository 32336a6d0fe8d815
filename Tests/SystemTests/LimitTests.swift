import Glibc
import Testing

@testable import System

/// What tasks may use, held to by this machine's kernel.
@Suite struct LimitTests {
    private static let support = LimitSupport.probe()
    private static let name = "interlock-test-limit-\(getpid())"

    private func attempt(_ name: String, _ limits: ResourceLimits, _ script: String) throws -> Attempt {
        try Attempt(script) {
            $0.cgroup = "\(Self.name)-\(name)"
            $0.limits = limits
        }
    }

    @Test(.enabled(if: support.memory)) func `A task that takes more memory than it may is killed, and that is told`()
        async throws
    {
        let attempt = try attempt("main", ResourceLimits(memoryBytes: 32 << 20), "exec tail /dev/zero")
        let record = try await attempt.run()
        #expect(record.cause == .signalled(SIGKILL, coreDumped: false))
        #expect(record.outOfMemory && !record.stopOrdered && !record.timedOut)
        #expect(
            record.evidence
                == "the main process was ended by SIGKILL; the kernel killed 1 process of it for want of memory")
        #expect(record.usage.maxResidentBytes <= 40 << 20)
    }

    @Test(.enabled(if: support.memory)) func `So is the kill of a child that the task survives`() async throws {
        let script = "tail /dev/zero; echo survived $?; exit 5"
        let attempt = try attempt("child", ResourceLimits(memoryBytes: 32 << 20), script)
        let record = try await attempt.run()
        #expect(record.cause == .exited(5) && record.outOfMemory)
        #expect(record.evidence.hasSuffix("; the kernel killed 1 process of it for want of memory"))
        #expect(try attempt.logLines().contains("out survived 137"))
    }

    @Test(.enabled(if: support.memory)) func `A kill by somebody else is not told as want of memory`() async throws {
        let attempt = try attempt("other", ResourceLimits(memoryBytes: 32 << 20), "kill -9 $$")
        #expect(try await attempt.run().outOfMemory == false)
    }

    @Test(.enabled(if: support.processes)) func `A task forks no more than it may, from its first fork on`()
        async throws
    {
        let attempt = try attempt("pids", ResourceLimits(processes: 3), "for i in 1 2 3 4; do sleep 1000 & done; wait")
        let record = try await attempt.run()
        guard case .exited(let code) = record.cause, code != 0 else {
            Issue.record("\(record.cause)")
            return
        }
        #expect(record.leftoversKilled == 2)
        #expect(try attempt.logLines().contains { $0.lowercased().contains("fork") })
    }

    @Test(.enabled(if: support.cpu)) func `Processor time is limited in the attempt's own cgroup, which goes with it`()
        async throws
    {
        let attempt = try attempt("cpu", ResourceLimits(cpuPercent: 50), "touch $DIR/up; sleep 1000")
        let shim = try attempt.start()
        try await attempt.wait(for: "up")
        let cgroup = try #require(try attempt.directory.cgroup())
        let values = cgroup.paths.compactMap { path in
            (try? kernelText("\(path)/cpu.max")) ?? (try? kernelText("\(path)/cpu.cfs_quota_us"))
        }
        #expect(values == ["50000 100000"] || values == ["50000"])
        try attempt.directory.send(.kill)
        _ = await shim.wait()
        #expect(try attempt.directory.cgroup() == nil && !cgroup.paths.contains(where: Directory.contains))
    }

    @Test func `Without a cgroup memory is limited for each process, as address space`() async throws {
        let attempt = try Attempt("grep 'address space' /proc/self/limits; exec tail /dev/zero") {
            $0.limits = ResourceLimits(memoryBytes: 64 << 20, cpuPercent: 10, processes: 5)
        }
        let record = try await attempt.run()
        guard case .exited(let code) = record.cause, code != 0 else {
            Issue.record("\(record.cause)")
            return
        }
        #expect(!record.outOfMemory)
        let line = try #require(try attempt.logLines().first)
        #expect(line.split(separator: " ").dropFirst(4).prefix(2) == ["67108864", "67108864"])
    }

    @Test(.enabled(if: geteuid() == 0))
    func `Without a cgroup processes are limited for another user than the runner's`()
        async throws
    {
        let script = "grep 'Max processes' /proc/self/limits"
        let limits = ResourceLimits(processes: 50)
        let own = try Attempt(script) { $0.limits = limits }
        #expect(try await own.run().cause == .exited(0))
        #expect(try own.logLines().first?.contains(" 50 ") == false)
        let other = try Attempt(script) {
            $0.limits = limits
            $0.credentials = Credentials(userID: 65_534, groupID: 65_534, groups: [])
        }
        #expect(chmod(other.scratch.path, 0o711) == 0)
        #expect(try await other.run().cause == .exited(0))
        #expect(try other.logLines().first?.contains(" 50 ") == true)
    }
}
