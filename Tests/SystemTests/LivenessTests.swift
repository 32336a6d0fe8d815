import Glibc
import Testing

@testable import System

@Suite struct LivenessTests {
    @Test func `This process is itself, and alive`() throws {
        let me = try ProcessIdentity.current
        #expect(try me == ProcessIdentity.of(pid: getpid()))
        #expect(me.liveness() == .alive)
    }

    @Test func `A name with blanks and parentheses is read whole`() throws {
        let line = "42 (a) b (c)) S 7 8 9 0 -1 0 0 0 0 0 0 0 0 0 20 0 3 0 123456 0 0\n"
        let status = try #require(ProcessStatus(parsing: Array(line.utf8)))
        #expect(status.name == "a) b (c)")
        #expect(status.pid == 42 && status.state == "S" && status.parent == 7 && status.group == 8)
        #expect(status.threads == 3 && status.startTicks == 123456)
    }

    @Test func `Other start ticks under the same number are another process`() throws {
        let me = try ProcessIdentity.current
        let earlier = ProcessIdentity(
            bootID: me.bootID, pidNamespace: me.pidNamespace, pid: me.pid, startTicks: me.startTicks - 1)
        #expect(evidence(earlier.liveness()).contains("another process"))
        #expect(throws: SystemError.self) { try PidFD(earlier).hasEnded() }
    }

    @Test func `What ran before this boot is dead`() throws {
        let me = try ProcessIdentity.current
        let before = ProcessIdentity(
            bootID: "00000000-0000-0000-0000-000000000000", pidNamespace: me.pidNamespace, pid: me.pid,
            startTicks: me.startTicks)
        #expect(evidence(before.liveness()).contains("started anew"))
        guard case .unknown = before.liveness(onThisHost: false) else {
            Issue.record("nothing can be known of another host")
            return
        }
    }

    @Test func `An empty pid namespace is proven dead by root alone`() throws {
        let me = try ProcessIdentity.current
        let foreign = ProcessIdentity(bootID: me.bootID, pidNamespace: 1, pid: me.pid, startTicks: me.startTicks)
        let isWitness = geteuid() == 0 && me.pidNamespace == Vantage.initialPidNamespace
        if case .dead = foreign.liveness() { #expect(isWitness) } else { #expect(!isWitness) }
        let elsewhere = Vantage(bootID: me.bootID, pidNamespace: 2)
        guard case .unknown = me.liveness(from: elsewhere) else {
            Issue.record("from another namespace nothing is known of this one")
            return
        }
    }

    @Test func `A zombie is dead, and so is what was reaped`() throws {
        let child = try waitingChild()
        let identity = try ProcessIdentity.of(pid: child.pid)
        #expect(identity.liveness() == .alive)
        child.shut()
        #expect(try PidFD(identity).wait(milliseconds: Int(patienceMilliseconds)))
        #expect(try ProcessStatus.of(pid: child.pid).state == "Z")
        #expect(evidence(identity.liveness()).contains("ended"))
        _ = Reaper.reap(child.pid)
        #expect(evidence(identity.liveness()).contains("no process has pid"))
    }

    @Test func `A stopped process is alive`() throws {
        let child = try waitingChild()
        let identity = try ProcessIdentity.of(pid: child.pid)
        try PidFD(identity).signal(SIGSTOP)
        var status: Int32 = 0
        #expect(waitpid(child.pid, &status, WUNTRACED) == child.pid)
        #expect(try ProcessStatus.of(pid: child.pid).state == "T")
        #expect(identity.liveness() == .alive)
        try PidFD(identity).signal(SIGKILL)
        #expect(waitpid(child.pid, &status, 0) == child.pid)
    }

    @Test(.enabled(if: geteuid() == 0 && access(lastPid, W_OK) == 0))
    func `A number that was given to another process is not the old one`() throws {
        for _ in 0..<100 {
            let first = try waitingChild()
            let identity = try ProcessIdentity.of(pid: first.pid)
            first.shut()
            #expect(try PidFD(identity).wait(milliseconds: Int(patienceMilliseconds)))
            _ = Reaper.reap(first.pid)
            // Start ticks are 10 ms long: the next one must not begin within the same.
            _ = waitUntilReadable([], milliseconds: 20)
            try Descriptor.open(lastPid, O_WRONLY).write(Array("\(first.pid - 1)".utf8))
            let second = try waitingChild()
            defer {
                second.shut()
                var status: Int32 = 0
                waitpid(second.pid, &status, 0)
            }
            guard second.pid == first.pid else { continue }
            #expect(evidence(identity.liveness()).contains("another process"))
            #expect(try ProcessIdentity.of(pid: second.pid).liveness() == .alive)
            return
        }
        Issue.record("the number was never given again")
    }

    @Test func `Ancestors lead up from the parent, descendants down to the child`() throws {
        let child = try waitingChild()
        let identity = try ProcessIdentity.of(pid: child.pid)
        #expect(try ProcessTree.ancestors(of: child.pid).first == ProcessIdentity.current)
        #expect(try ProcessTree.descendants(of: getpid()).contains(identity))
        child.shut()
        var status: Int32 = 0
        waitpid(child.pid, &status, 0)
    }

    private func waitingChild() throws -> Launched {
        try Launch(["true"]).start(streams: [-1, -1, -1], gated: true)
    }

    private func evidence(_ liveness: Liveness) -> String {
        guard case .dead(let evidence) = liveness else { return "\(liveness)" }
        return evidence
    }
}

private let lastPid = "/proc/sys/kernel/ns_last_pid"

@Suite struct ProcessWatcherTests {
    @Test(arguments: [1000, 0])
    func `An end is told once, by pidfd or by polling`(maximumDescriptors: Int) async throws {
        let watcher = ProcessWatcher(maximumDescriptors: maximumDescriptors)
        let child = try GatedChild(arguments: ["true"].bytes)
        watcher.watch(child.identity)
        watcher.watch(child.identity)
        child.abandon()
        var ends = watcher.ended.makeAsyncIterator()
        #expect(await ends.next()?.identity == child.identity)
        watcher.watch(try ProcessIdentity.current)
        watcher.unwatch(try ProcessIdentity.current)
        // The next one told is the next one watched: nothing was told twice.
        let second = try GatedChild(arguments: ["true"].bytes)
        second.abandon()
        _ = await second.wait()
        watcher.watch(second.identity)
        #expect(await ends.next()?.identity == second.identity)
    }
}
