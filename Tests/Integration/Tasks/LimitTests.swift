import Glibc
import Testing

@testable import System

private let smallTasks = """
    tasks:
      small:
        command: [sh, -c, "{script}"]
        arguments: { script: { required: true } }
        limits: { memory: 32M, cpu: 80%, pids: 20 }
    """

@Suite("The limits of a task", .service(smallTasks), .enabled(if: LimitSupport.probe().memory))
struct LimitTests {
    @Test("hold it: with more memory than it may have it is crashed, and why is told")
    func memory() async throws {
        let site = try currentSite()
        let end = try await site.finished(try await site.task(type: "small", "exec tail /dev/zero"))
        #expect(end.outcome == "crashed")
        #expect(end.signal == 9)
        #expect(try #require(end.evidence.text).contains("the kernel killed 1 process of it for want of memory"))
    }

    @Test("are set in a cgroup of its own")
    func values() async throws {
        let site = try currentSite()
        let script = """
            cgroup=$(sed -n 's/.*:pids://p' /proc/self/cgroup); cat /sys/fs/cgroup/pids$cgroup/pids.max \
                || cat /sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/pids.max
            """
        let task = try await site.task(type: "small", script)
        #expect(try await site.finished(task).outcome == "succeeded")
        #expect(try await site.run("task", "logs", task).output.hasSuffix(" out 20\n"))
    }
}
