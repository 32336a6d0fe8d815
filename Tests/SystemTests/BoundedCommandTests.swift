import Foundation
import Synchronization
import Testing

@testable import System

@Suite("A command with a bound on its time", .timeLimit(.minutes(5)))
struct BoundedCommandTests {
    private func run(_ script: String, within time: Duration = .seconds(200)) async throws -> BoundedCommand.Outcome {
        try await BoundedCommand.run(Launch(["/bin/sh", "-c", script]), within: time)
    }

    @Test("tells its end and what it wrote, to both streams")
    func end() async throws {
        let outcome = try await run("echo out; echo err >&2; read x || echo nothing; exit 7")
        #expect(outcome.end.cause == .exited(7))
        #expect(!outcome.wasLate)
        #expect(String(decoding: outcome.output, as: UTF8.self) == "out\nerr\nnothing\n")
    }

    @Test("keeps the end of what it wrote, and reads all of it")
    func output() async throws {
        let outcome = try await run("i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done; echo last")
        #expect(outcome.end.cause == .exited(0))
        #expect(outcome.output.count == BoundedCommand.maximumOutputBytes)
        #expect(outcome.output.suffix(5) == Array("last\n".utf8)[...])
    }

    @Test("can be asked for all that it prints, apart from its errors, up to a bound")
    func printed() async throws {
        func printed(_ script: String) async throws -> BoundedCommand.Printed {
            try await BoundedCommand.printed(by: "x", limit: 100_000, within: .seconds(200), on: HangingCalls()) {
                Launch(["/bin/sh", "-c", script])
            }
        }
        let exact = try await printed("head -c 100000 /dev/zero; echo first >&2; echo last >&2; exit 3")
        #expect(exact.output?.count == 100_000 && exact.end.cause == .exited(3) && !exact.wasLate)
        #expect(String(decoding: exact.errors, as: UTF8.self) == "first\nlast\n")
        #expect(try await printed("head -c 100001 /dev/zero").output == nil)
        let endless = try await printed("exec cat /dev/zero")
        #expect(
            endless.output == nil && endless.end.cause == .signalled(SIGKILL, coreDumped: false) && !endless.wasLate)
    }

    @Test("is killed with all of its group when its time is over")
    func late() async throws {
        let scratch = try Scratch()
        let fifo = scratch.file("fifo")
        #expect(mkfifo(fifo, 0o600) == 0)
        // Both hold the pipe open for writing; the reader sees its end when both are gone.
        let script = "exec 3<>'\(fifo)'; (trap '' TERM; sleep 1000) & echo $! > '\(scratch.file("child"))'; sleep 1000"
        let outcome = try await run(script, within: .milliseconds(500))
        #expect(outcome.wasLate)
        #expect(outcome.end.cause == .signalled(SIGKILL, coreDumped: false))
        guard let child = try? ProcessIdentity.of(pid: try scratch.pid("child")) else { return }
        try await waitForEnd(of: child)
    }

    @Test("is not waited for beyond its own end: what it leaves running may keep its output open, and write on")
    func background() async throws {
        let scratch = try Scratch()
        let outcome = try await run("yes & echo $! > '\(scratch.file("child"))'; exit 0")
        #expect(outcome.end.cause == .exited(0))
        kill(try scratch.pid("child"), SIGKILL)
    }

    @Test("is killed when its task is cancelled")
    func cancelled() async throws {
        let scratch = try Scratch()
        let task = Task { try await run("echo $$ > '\(scratch.file("begun"))'; exec sleep 1000") }
        try await wait(on: scratch.path) { (try? scratch.pid("begun")) != nil }
        task.cancel()
        let outcome = try await task.value
        #expect(outcome.end.cause == .signalled(SIGKILL, coreDumped: false))
    }

    @Test(
        "whose start hangs is told so and not made again meanwhile; nobody else waits, and what it starts at last is killed"
    )
    func hangingStart() async throws {
        let starts = HangingCalls()
        let gate = DispatchSemaphore(value: 0)
        let begun = Mutex(0)
        let mark = UUID().uuidString
        let printed: @Sendable (Int) async -> (any Error)? = { number in
            do {
                _ = try await BoundedCommand.printed(by: "\(number)", limit: 100, within: .seconds(200), on: starts) {
                    begun.withLock { $0 += 1 }
                    gate.wait()
                    return Launch(["/bin/sleep", "1000"], environment: Environment([("HANGING", mark)]))
                }
                return nil
            } catch {
                return error
            }
        }
        // More of them than Swift has threads.
        let count = ProcessInfo.processInfo.activeProcessorCount + 1
        try #require(count < HangingCalls.maximumThreads)
        for _ in 0..<2 {
            let errors = await withTaskGroup(of: (any Error)?.self) { group in
                for number in 0..<count { group.addTask { await printed(number) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(errors.allSatisfy { ($0 as? SystemError)?.code == .busy })
        }
        #expect(begun.withLock { $0 } == count && starts.underWay == count)
        for _ in 0..<count { gate.signal() }
        while starts.underWay > 0 { await Task.yield() }
        while try !ProcessTree.carrying(["HANGING=\(mark)"]).isEmpty { await Task.yield() }
        let next = try await BoundedCommand.printed(by: "0", limit: 100, within: .seconds(200), on: starts) {
            Launch(["/bin/echo", "well"])
        }
        #expect(next.output == Array("well\n".utf8))
    }

    private static let freezer = "/sys/fs/cgroup/freezer"

    @Test(
        "that does not end though it is killed is not waited for, and runs no second time until it has",
        .enabled(if: access(freezer + "/cgroup.procs", W_OK) == 0))
    func unkillable() async throws {
        let scratch = try Scratch()
        let starts = HangingCalls(patience: .milliseconds(10))
        let group = "\(Self.freezer)/interlock-test-\(UUID().uuidString.prefix(8))"
        try #require(mkdir(group, 0o755) == 0)
        defer { rmdir(group) }
        let (begun, go) = (scratch.file("begun"), scratch.file("go"))
        // What is frozen hears of no signal (v1, freezer-subsystem.txt).
        let script = """
            echo x >> \(begun); [ -e \(go) ] && exec echo well
            echo $$ > \(group)/cgroup.procs && echo FROZEN > \(group)/freezer.state; exec sleep 1000
            """
        func printed() async throws -> BoundedCommand.Printed {
            try await BoundedCommand.printed(by: "x", limit: 100, within: .seconds(2), on: starts) {
                Launch(["/bin/sh", "-c", script])
            }
        }
        for _ in 0..<2 {
            let error = await #expect(throws: SystemError.self) { try await printed() }
            // From then on.
            #expect(error?.code == .busy && starts.underWay == 1)
        }
        #expect(try scratch.text("begun") == "x\n")
        try DurableFile.write([], to: go)
        let state = open(group + "/freezer.state", O_WRONLY | O_CLOEXEC)
        #expect(write(state, "THAWED", 6) == 6)
        close(state)
        while starts.underWay > 0 { await Task.yield() }
        #expect(try await printed().output == Array("well\n".utf8))
    }

    @Test("that is not there is told")
    func missing() async throws {
        await #expect(throws: ExecFailure.self) {
            try await BoundedCommand.run(Launch(["/nowhere/program"]), within: .seconds(200))
        }
    }
}

@Suite("Calls that block", .timeLimit(.minutes(5)))
struct BlockingCallTests {
    @Test("run a few at once and all in the end")
    func bounded() async throws {
        struct Count { var (running, most, done) = (0, 0, 0) }
        final class Counter: Sendable { let value = Mutex(Count()) }
        let counter = Counter()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<50 {
                group.addTask {
                    try await BlockingCall.run {
                        counter.value.withLock {
                            $0.running += 1
                            $0.most = max($0.most, $0.running)
                        }
                        Pause.milliseconds(2)
                        counter.value.withLock {
                            $0.running -= 1
                            $0.done += 1
                        }
                        return index
                    }
                }
            }
            let sum = try await group.reduce(0, +)
            #expect(sum == 50 * 49 / 2)
        }
        let count = counter.value.withLock { $0 }
        #expect(count.done == 50)
        #expect((2...BlockingCall.maximumThreads).contains(count.most))
    }
}

@Suite("A file that is replaced")
struct ReplacedFileTests {
    @Test("keeps its mode, owner and group; one that is new has the mode that is given")
    func attributes() throws {
        let scratch = try Scratch()
        let file = scratch.file("f")
        try DurableFile.replace(file, with: [1], modeOfNew: 0o644)
        #expect(try FileSystem.mode(of: file) == 0o644)
        #expect(chmod(file, 0o604) == 0)
        if Host.userID == 0 { #expect(chown(file, 0, 4321) == 0) }
        try DurableFile.replace(file, with: [2, 3], modeOfNew: 0o644)
        #expect(try FileSystem.mode(of: file) == 0o604)
        if Host.userID == 0 { #expect(try FileOwner.of(file).groupID == 4321) }
        #expect(try DurableFile.read(file, limit: 10) == [2, 3])
        #expect(try namesInDirectory(scratch.path) == ["f"])
    }

    @Test("is a regular one: a symbolic link stays, and what it leads to")
    func link() throws {
        let scratch = try Scratch()
        try DurableFile.write([1], to: scratch.file("target"), mode: 0o640)
        #expect(symlink("target", scratch.file("link")) == 0)
        let error = #expect(throws: SystemError.self) {
            try DurableFile.replace(scratch.file("link"), with: [2], modeOfNew: 0o600)
        }
        #expect(error?.code == .permission && error?.message.contains("symbolic link") == true)
        #expect(try DurableFile.read(scratch.file("target"), limit: 10) == [1])
        #expect(try namesInDirectory(scratch.path).sorted() == ["link", "target"])
        #expect(try FileAccess(of: scratch.file("target")) == FileAccess(userID: Host.userID, mode: 0o640))
        #expect(try FileAccess(of: scratch.file("link")) != FileAccess(of: scratch.file("target")))
    }

    @Test("leaves nothing beside it where it cannot be put in its place")
    func aside() throws {
        let scratch = try Scratch()
        try DurableFile.makeDirectory(scratch.file("d"))
        #expect(throws: SystemError.self) { try DurableFile.write([1], to: scratch.file("d")) }
        #expect(try namesInDirectory(scratch.path) == ["d"])
    }
}
