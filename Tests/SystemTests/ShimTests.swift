import Glibc
import Testing

@testable import System

/// Real shims over real processes.
@Suite struct ShimTests {
    @Test(arguments: [Int32(0), 3]) func `An exit code is recorded`(code: Int32) async throws {
        let attempt = try Attempt("exit \(code)")
        let record = try await attempt.run()
        #expect(record.cause == .exited(code))
        #expect(!record.stopOrdered && !record.timedOut && record.leftoversKilled == 0)
        #expect(record.evidence == "the main process exited with \(code)")
        #expect(try #require(record.startedAt).microseconds <= record.endedAt.microseconds)
        #expect(try attempt.directory.shimIdentity() != nil && attempt.directory.startRecord() != nil)
    }

    @Test func `A signal is recorded, and what the task used`() async throws {
        let attempt = try Attempt("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; kill -SEGV $$")
        let record = try await attempt.run()
        guard case .signalled(SIGSEGV, _) = record.cause else {
            Issue.record("\(record.cause)")
            return
        }
        #expect(record.usage.cpuMicroseconds > 0 && record.usage.maxResidentBytes > 0)
        #expect(record.evidence.contains("SIGSEGV"))
    }

    @Test(arguments: [("no-such-program-anywhere", Int32(127)), ("/etc/passwd", 126)])
    func `What cannot be executed is told`(program: String, code: Int32) async throws {
        let attempt = try Attempt(arguments: [program].bytes)
        let record = try await attempt.run()
        #expect(record.cause == .notStarted(exitCode: code))
        #expect(record.evidence.contains(program) && record.startedAt == nil)
        #expect(try attempt.directory.startRecord() == nil)
    }

    @Test func `A spec that cannot be read is told as not started`() async throws {
        let attempt = try Attempt("true")
        try DurableFile.write(Array("interlock spec 1\0argument=tr".utf8), to: "\(attempt.directory.path)/spec")
        let shim = try attempt.start()
        #expect(await shim.wait().cause == .exited(1))
        let record = try #require(try attempt.directory.exitRecord())
        #expect(record.cause == .notStarted(exitCode: 126) && record.evidence.contains("spec"))
    }

    @Test func `With the gate taken nothing starts`() async throws {
        let attempt = try Attempt("touch $DIR/ran")
        #expect(try attempt.directory.createGate())
        #expect(try !attempt.directory.createGate())
        let shim = try attempt.start()
        #expect(await shim.wait().cause == .exited(0))
        #expect(access(attempt.scratch.file("ran"), F_OK) != 0)
        #expect(try attempt.directory.shimIdentity() == nil && attempt.directory.exitRecord() == nil)
    }

    @Test func `Of many shims exactly one starts the command`() async throws {
        let attempt = try Attempt("echo once >> $DIR/ran")
        let shims = try (0..<8).map { _ in try attempt.start() }
        for shim in shims { #expect(await shim.wait().cause == .exited(0)) }
        #expect(try attempt.scratch.text("ran") == "once\n")
        #expect(shims.map(\.identity).contains(try #require(try attempt.directory.shimIdentity())))
    }

    @Test(arguments: [true, false])
    func `Whatever outlives the main process is gone before the record exists`(hasCgroup: Bool) async throws {
        let stubborn = "trap '' TERM HUP INT; echo $$ > $DIR/NAME; exec sleep 1000"
        let script = """
            setsid sh -c "\(stubborn.replacing("$", with: "\\$").replacing("NAME", with: "a"))" &
            (setsid sh -c "\(stubborn.replacing("$", with: "\\$").replacing("NAME", with: "b"))" &)
            sh -c "\(stubborn.replacing("$", with: "\\$").replacing("NAME", with: "c"))" &
            while [ ! -s $DIR/a ] || [ ! -s $DIR/b ] || [ ! -s $DIR/c ]; do read -t 0.01 x < /dev/zero; done
            touch $DIR/up
            sleep 1000
            """
        let attempt = try Attempt(arguments: ["bash", "-c", script].bytes) { spec in
            spec.cgroup = hasCgroup ? "interlock-test-shim-\(getpid())" : nil
        }
        let shim = try attempt.start()
        try await attempt.wait(for: "up")
        let leftovers = try ["a", "b", "c"].map { try ProcessIdentity.of(pid: attempt.scratch.pid($0)) }
        let main = try #require(try attempt.directory.startRecord()).identity
        try PidFD(main).signal(SIGKILL)
        try await SystemTests.wait(on: attempt.directory.path) { try attempt.directory.exitRecord() != nil }
        for leftover in leftovers {
            guard case .dead = leftover.liveness() else {
                Issue.record("\(leftover) lives while the record is there")
                return
            }
        }
        #expect(await shim.wait().cause == .exited(0))
        let record = try #require(try attempt.directory.exitRecord())
        #expect(record.cause == .signalled(SIGKILL, coreDumped: false) && record.leftoversKilled >= 3)
        #expect(try attempt.directory.startRecord()?.cgroup?.paths.contains { access($0, F_OK) == 0 } != true)
    }

    @Test func `A stop lets the task end by itself`() async throws {
        let attempt = try Attempt("trap 'echo bye; exit 7' TERM; touch $DIR/up; while :; do sleep 0.01; done")
        let shim = try attempt.start()
        try await attempt.wait(for: "up")
        try attempt.directory.send(.stop(graceMilliseconds: nil))
        #expect(await shim.wait().cause == .exited(0))
        let record = try #require(try attempt.directory.exitRecord())
        #expect(record.cause == .exited(7) && record.stopOrdered && !record.timedOut)
        #expect(try attempt.logLines().contains("out bye"))
    }

    @Test(arguments: [ShimRequest.stop(graceMilliseconds: 30), .kill])
    func `A task that ignores TERM is killed`(order: ShimRequest) async throws {
        let attempt = try Attempt("trap '' TERM; touch $DIR/up; while :; do sleep 1000; done")
        let shim = try attempt.start()
        try await attempt.wait(for: "up")
        try attempt.directory.send(order)
        #expect(await shim.wait().cause == .exited(0))
        let record = try #require(try attempt.directory.exitRecord())
        #expect(record.cause == .signalled(SIGKILL, coreDumped: false) && record.stopOrdered)
    }

    @Test func `TERM to the shim is a stop order, INT and HUP are nothing`() async throws {
        let attempt = try Attempt("trap 'exit 9' TERM; touch $DIR/up; while :; do sleep 0.01; done")
        let shim = try attempt.start()
        try await attempt.wait(for: "up")
        for number in [SIGHUP, SIGINT, SIGQUIT, SIGPIPE] { try shim.signal(number) }
        #expect(shim.end == nil)
        try shim.signal(SIGTERM)
        #expect(await shim.wait().cause == .exited(0))
        let record = try #require(try attempt.directory.exitRecord())
        #expect(record.cause == .exited(9) && record.stopOrdered)
    }

    @Test func `A timeout is the shim's own, and the evidence says so`() async throws {
        let attempt = try Attempt("sleep 1000") { $0.timeoutMilliseconds = 30 }
        let record = try await attempt.run()
        #expect(record.cause == .signalled(SIGTERM, coreDumped: false))
        #expect(record.timedOut && !record.stopOrdered && record.evidence.contains("timeout"))
    }

    @Test func `A stopped task is woken to be ended`() async throws {
        let attempt = try Attempt("touch $DIR/up; kill -STOP $$; sleep 1000")
        let shim = try attempt.start()
        try await attempt.wait(for: "up")
        try attempt.directory.send(.stop(graceMilliseconds: nil))
        #expect(await shim.wait().cause == .exited(0))
        #expect(try attempt.directory.exitRecord()?.cause == .signalled(SIGTERM, coreDumped: false))
    }

    @Test func `The shim and its task outlive their starter's kill, and another adopts them`() async throws {
        let attempt = try Attempt("touch $DIR/up; while [ ! -e $DIR/go ]; do sleep 0.01; done; exit 6")
        let starter = try DetachedProcess.start(
            Launch(["sh", "-c", "\(Attempt.shim) \(attempt.directory.path) & wait"], environment: .current))
        try await attempt.wait(for: "up")
        try starter.signal(SIGKILL)
        #expect(await starter.wait().cause == .signalled(SIGKILL, coreDumped: false))
        let shim = try #require(try attempt.directory.shimIdentity())
        #expect(shim.liveness() == .alive)
        let connection = try AttemptConnection(to: attempt.directory)
        try DurableFile.write([], to: attempt.scratch.file("go"))
        var told: [ShimMessage] = []
        for await message in connection.messages { told.append(message) }
        let main = try #require(try attempt.directory.startRecord()).identity
        #expect(told == [.started(main), .exited])
        #expect(try attempt.directory.exitRecord()?.cause == .exited(6))
    }

    @Test func `Remains of a killed shim are found by cgroup and environment`() async throws {
        let entry = "INTERLOCK_ATTEMPT=test-\(getpid())-remains"
        let attempt = try Attempt("(setsid sleep 1000 &) ; touch $DIR/up; sleep 1000") {
            $0.environment = Environment(entries: $0.environment.entries + [Array(entry.utf8)])
        }
        let shim = try attempt.start()
        try await attempt.wait(for: "up")
        let main = try #require(try attempt.directory.startRecord())
        try shim.signal(SIGKILL)
        _ = await shim.wait()
        let found = try ProcessTree.carrying([entry])
        #expect(found.contains(main.identity) && found.count >= 3)
        #expect(try AttemptRemains.kill(entries: [entry], cgroup: main.cgroup) >= 3)
        for identity in found { try await waitForEnd(of: identity) }
        #expect(try AttemptRemains.kill(entries: [entry], cgroup: nil) == 0)
        #expect(try attempt.directory.exitRecord() == nil)
    }

    @Test(.enabled(if: geteuid() == 0, "only root makes files of others"))
    func `A gate that root takes belongs to whom the attempt does`() throws {
        let attempt = try Attempt("true")
        try #require(chown(attempt.directory.path, 65534, 65534) == 0)
        #expect(try attempt.directory.createGate())
        let (gate, directory) = ("\(attempt.directory.path)/gate", attempt.directory.path)
        #expect(try FileOwner.of(gate) == FileOwner.of(directory))
    }

    @Test func `Remains of one attempt are not those of the task's next one`() async throws {
        let task = "INTERLOCK_TASK=test-\(getpid())-attempts"
        func attempt(_ number: Int) throws -> Attempt {
            try Attempt("touch $DIR/up; exec sleep 1000") {
                let entries = [task, "INTERLOCK_ATTEMPT=\(number)"].map { Array($0.utf8) }
                $0.environment = Environment(entries: $0.environment.entries + entries)
            }
        }
        let (first, second) = (try attempt(1), try attempt(2))
        var mains: [ProcessIdentity] = []
        for attempt in [first, second] {
            let shim = try attempt.start()
            try await attempt.wait(for: "up")
            mains.append(try #require(try attempt.directory.startRecord()).identity)
            try shim.signal(SIGKILL)
            _ = await shim.wait()
        }
        for (number, main) in zip(1..., mains) {
            let entries = [task, "INTERLOCK_ATTEMPT=\(number)"]
            #expect(try AttemptRemains.living(entries: entries, cgroup: nil) == [main.pid])
            #expect(try AttemptRemains.kill(entries: entries, cgroup: nil) == 1)
            try await waitForEnd(of: main)
            if number == 1 { #expect(mains[1].liveness() == .alive) }
        }
    }

    @Test func `The task knows nothing of the shim's descriptors, streams and signals`() async throws {
        let script = """
            for f in /proc/$$/fd/*; do readlink $f > /dev/null && list="$list${f##*/} "; done
            echo $list $(readlink /proc/$$/fd/0)
            grep -E 'Sig(Ign|Blk)' /proc/self/status
            """
        let attempt = try Attempt(script)
        #expect(try await attempt.run().cause == .exited(0))
        let lines = try attempt.logLines()
        #expect(lines.first == "out 0 1 2 /dev/null")
        let masks = lines.dropFirst().compactMap { UInt64($0.suffix(16), radix: 16) }
        #expect(masks.map { $0 & ~ofTheCLibrary } == [0, 0])
    }

    @Test(.enabled(if: geteuid() == 0)) func `A task of another user tells progress and may not order anything`()
        async throws
    {
        let nobody = Credentials(userID: 65_534, groupID: 65_534, groups: [])
        let attempt = try Attempt("id -u; id -G; sleep 1000") { $0.credentials = nobody }
        #expect(chmod(attempt.scratch.path, 0o711) == 0)
        let shim = try attempt.start()
        let connection = try await attempt.attach()
        var messages = connection.messages.makeAsyncIterator()
        guard case .started = await messages.next() else {
            Issue.record("not started")
            return
        }
        // Python speaks for the task's user; it is skipped where there is none.
        let talk = """
            import socket,sys
            s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(b"progress 42 as nobody\\nkill\\n")
            print(s.makefile().readline(), end="")
            """
        var launch = Launch(["python3", "-c", talk, attempt.directory.controlPath])
        launch.credentials = nobody
        launch.environment["PATH"] = "/usr/bin:/bin"
        guard access("/usr/bin/python3", X_OK) == 0 else { return try shim.signal(SIGTERM) }
        let speaker = try DetachedProcess.start(launch, output: .file(attempt.scratch.file("answer")))
        #expect(await speaker.wait().cause == .exited(0))
        #expect(try attempt.scratch.text("answer").hasPrefix("refused "))
        #expect(await messages.next() == TaskProgress(percent: 42, message: "as nobody").map(ShimMessage.progress))
        try connection.send(.kill)
        _ = await shim.wait()
        #expect(try attempt.logLines() == ["out 65534", "out 65534"])
    }

    @Test func `A task is spared by the kernel no more than others, whatever its shim is`() async throws {
        let attempt = try Attempt("cat /proc/self/oom_score_adj > $DIR/score")
        let other = ["sh", "-c", "echo 300 > /proc/self/oom_score_adj; exec \"$0\" \"$@\"", try Attempt.shim]
        let shim = try attempt.directory.startShim(other, environment: Environment([("PATH", "/usr/bin:/bin")]))
        #expect(await shim.wait().cause == .exited(0))
        #expect(String(decoding: try readFile(attempt.scratch.file("score"), limit: 16), as: UTF8.self) == "0\n")
    }
}
