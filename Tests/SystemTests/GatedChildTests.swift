import Foundation
import Glibc
import Testing

@testable import System

@Suite struct GatedChildTests {
    @Test func `Nothing is executed before the release, then with its environment`() async throws {
        let scratch = try Scratch()
        let child = try GatedChild(arguments: ["sh", "-c", "echo $TOKEN $$ > \(scratch.file("out"))"].bytes)
        #expect(child.identity.liveness() == .alive)
        #expect(try readLink("/proc/\(child.identity.pid)/exe") == readLink("/proc/self/exe"))
        #expect(try await child.release(adding: [("TOKEN", "t 1")]) == nil)
        #expect(await child.wait().cause == .exited(0))
        #expect(try scratch.text("out") == "t 1 \(child.identity.pid)\n")
        await #expect(throws: SystemError.self) { try await child.release(adding: []) }
    }

    @Test func `A child that is given up leaves without executing anything`() async throws {
        let scratch = try Scratch()
        let child = try GatedChild(arguments: ["touch", scratch.file("out")].bytes)
        child.abandon()
        _ = await child.wait()
        #expect(access(scratch.file("out"), F_OK) != 0)
    }

    @Test func `When the wrapper is killed before the release, the child leaves`() async throws {
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            let child = try GatedChild(arguments: ["sleep", "1000"].bytes)
            let other = try GatedChild(arguments: ["sleep", "1000"].bytes)
            for one in [child, other] {
                let identity = one.identity
                print("child", identity.bootID, identity.pidNamespace, identity.pid, identity.startTicks)
            }
            fflush(nil)
            kill(getpid(), SIGKILL)
        }
        let output = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
        let lines = output.split(separator: "\n").filter { $0.hasPrefix("child ") }
        #expect(lines.count == 2)
        for line in lines {
            let parts = line.split(separator: " ")
            let identity = ProcessIdentity(
                bootID: String(parts[1]), pidNamespace: try #require(UInt64(parts[2])),
                pid: try #require(Int32(parts[3])), startTicks: try #require(UInt64(parts[4])))
            try await waitForEnd(of: identity)
        }
    }

    @Test func `What cannot be executed is told, with the shell's codes`() async throws {
        let scratch = try Scratch()
        try DurableFile.write([], to: scratch.file("plain"))
        let missing = try GatedChild(arguments: ["no-such-program-anywhere"].bytes)
        #expect(try await missing.release(adding: [])?.exitCode == 127)
        #expect(await missing.wait().cause == .exited(127))
        let plain = try GatedChild(arguments: [scratch.file("plain")].bytes)
        #expect(try await plain.release(adding: [])?.exitCode == 126)
        #expect(await plain.wait().cause == .exited(126))
        #expect(throws: SystemError.self) { try GatedChild(arguments: []) }
        #expect(throws: SystemError.self) { try GatedChild(arguments: [[97, 0, 98]]) }
    }

    @Test func `A script without an interpreter line goes to the shell`() async throws {
        let scratch = try Scratch()
        // Written by another process: a file that somebody has open for writing cannot be executed (ETXTBSY), and a child that
        // another test just forked would have ours open.
        let writer = try DetachedProcess.start(
            Launch(["sh", "-c", "echo exit 5 > \(scratch.file("script")); chmod 700 \(scratch.file("script"))"]))
        _ = await writer.wait()
        let child = try GatedChild(arguments: [scratch.file("script")].bytes)
        #expect(try await child.release(adding: []) == nil)
        #expect(await child.wait().cause == .exited(5))
    }

    @Test func `A signal that is passed on ends the command, and its end says so`() async throws {
        let child = try GatedChild(arguments: ["sleep", "1000"].bytes)
        #expect(try await child.release(adding: []) == nil)
        // If the terminal's were passed on too, it would win.
        try child.forward(ReceivedSignal(number: SIGKILL, byKernel: true, sender: 0))
        try child.forward(ReceivedSignal(number: SIGTERM, byKernel: false, sender: 1))
        let end = await child.wait()
        #expect(end.cause == .signalled(SIGTERM, coreDumped: false) && end.shellCode == 143)
        try child.forward(ReceivedSignal(number: SIGTERM, byKernel: false, sender: 1))
    }

    @Test func `No descriptor leaks, but the ones named stay`() async throws {
        let scratch = try Scratch()
        let leaking = open("/dev/null", O_RDONLY)
        let wanted = open("/dev/zero", O_RDONLY)
        defer {
            close(leaking)
            close(wanted)
        }
        // readlink(1) opens nothing itself, and the shell before it gives way to it.
        let links = (3..<1024).map { "/proc/self/fd/\($0)" }
        let script = "exec readlink \"$@\" > \(scratch.file("out"))"
        let child = try GatedChild(arguments: (["sh", "-c", script, "sh"] + links).bytes, inheriting: [wanted])
        #expect(try await child.release(adding: []) == nil)
        _ = await child.wait()
        #expect(try scratch.text("out") == "/dev/zero\n")
    }

    @Test func `Bytes of arguments pass unchanged`() async throws {
        let scratch = try Scratch()
        let odd: [[UInt8]] = [[0xFF, 0xFE, 10, 34, 39, 92], [], Array("$HOME *".utf8), [0xC3]]
        let script = "printf '%s\\0' \"$@\" > \(scratch.file("out"))"
        let child = try GatedChild(arguments: ["sh", "-c", script, "sh"].bytes + odd)
        #expect(try await child.release(adding: []) == nil)
        #expect(await child.wait().cause == .exited(0))
        #expect(try readFile(scratch.file("out"), limit: 1000) == odd.flatMap { $0 + [0] })
    }

    @Test func `Signals ignored here are not ignored in the command`() async throws {
        let scratch = try Scratch()
        Signals.ignore([Signals.brokenPipe])
        let child = try GatedChild(arguments: ["sh", "-c", "cp /proc/$$/status \(scratch.file("out"))"].bytes)
        #expect(try await child.release(adding: []) == nil)
        #expect(await child.wait().cause == .exited(0))
        let line = try #require(try scratch.text("out").split(separator: "\n").first { $0.hasPrefix("SigIgn:") })
        let mask = try #require(UInt64(line.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16))
        #expect(mask & ~ofTheCLibrary == Signals.ignoredAtStart)
    }

    @Test func `A detached program has its own session, and nothing of ours`() async throws {
        let scratch = try Scratch()
        let child = try DetachedProcess.start(
            Launch(["sh", "-c", "pwd; cat; exit 4"], environment: Environment([("PATH", "/usr/bin:/bin")])),
            output: .file(scratch.file("out")))
        let status = try? ProcessStatus.of(pid: child.identity.pid)
        #expect(await child.wait().cause == .exited(4))
        if let status { #expect(status.session == child.identity.pid) }
        #expect(try scratch.text("out") == "/\n")
        let failure = #expect(throws: ExecFailure.self) { try DetachedProcess.start(Launch(["/no/such/program"])) }
        #expect(failure?.exitCode == 127)
    }
}
