import Glibc
import Testing

@testable import System

/// Stopping what does not want to be stopped.
@Suite(.serialized) struct StopTests {
    /// Ignores every signal that can be, and forks on and on: new sessions, forks of forks whose parents have left, closed
    /// descriptors, an empty environment. It gives up by itself after some hundred, so that a broken shim costs no machine.
    static let forking = """
        trap '' TERM HUP INT QUIT USR1 ALRM
        (setsid setsid sh -c 'exec 0<&- 1>&- 2>&-; for i in $(seq 200); do (sleep 1000 &); sleep 0.02; done' &)
        for i in $(seq 200); do
            setsid sh -c '(setsid sleep 1000 &); exec sleep 1000' &
            env -i setsid /bin/sh -c 'exec sleep 1000' > /dev/null 2>&1 &
            [ $i = 3 ] && touch $DIR/up
            sleep 0.02
        done
        wait
        """

    @Test(arguments: [ShimRequest.stop(graceMilliseconds: 200), .kill], [true, false])
    func `Nothing is left of a task that ignores TERM and forks into new sessions`(
        order: ShimRequest, hasCgroup: Bool
    ) async throws {
        let attempt = try Attempt(arguments: ["sh", "-c", Self.forking].bytes) {
            $0.cgroup = hasCgroup ? "interlock-test-forking-\(getpid())-\(order.line.prefix(1))" : nil
        }
        let shim = try attempt.start()
        try await attempt.wait(for: "up")
        let watched = try ProcessTree.descendants(of: shim.identity.pid)
        #expect(watched.count >= 3)
        try attempt.directory.send(order)
        try await SystemTests.wait(on: attempt.directory.path) { try attempt.directory.exitRecord() != nil }
        for process in watched { #expect(process.liveness() != .alive) }
        #expect(try ProcessTree.carrying(["DIR=\(attempt.scratch.path)"]).isEmpty)
        #expect(await shim.wait().cause == .exited(0))
        let record = try #require(try attempt.directory.exitRecord())
        #expect(record.cause == .signalled(SIGKILL, coreDumped: false) && record.stopOrdered)
        #expect(record.leftoversKilled >= 3)
        #expect(try attempt.directory.cgroup() == nil)
    }

    @Test func `A kill while the grace runs shortens it`() async throws {
        let attempt = try Attempt("trap 'touch $DIR/told' TERM; touch $DIR/up; while :; do sleep 0.01; done")
        let shim = try attempt.start()
        try await attempt.wait(for: "up")
        try attempt.directory.send(.stop(graceMilliseconds: patienceMilliseconds * 10))
        try await attempt.wait(for: "told")
        try attempt.directory.send(.kill)
        #expect(await shim.wait().cause == .exited(0))
        let record = try #require(try attempt.directory.exitRecord())
        #expect(record.cause == .signalled(SIGKILL, coreDumped: false) && record.stopOrdered && !record.timedOut)
    }

    @Test func `A shorter grace while one runs counts, a longer one does not`() async throws {
        let attempt = try Attempt("trap 'touch $DIR/told' TERM; touch $DIR/up; while :; do sleep 0.01; done")
        let shim = try attempt.start()
        try await attempt.wait(for: "up")
        try attempt.directory.send(.stop(graceMilliseconds: patienceMilliseconds * 10))
        try await attempt.wait(for: "told")
        try attempt.directory.send(.stop(graceMilliseconds: 20))
        try attempt.directory.send(.stop(graceMilliseconds: patienceMilliseconds * 20))
        #expect(await shim.wait().cause == .exited(0))
        #expect(try attempt.directory.exitRecord()?.cause == .signalled(SIGKILL, coreDumped: false))
    }
}
