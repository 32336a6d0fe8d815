import Glibc
import Testing

@testable import System

@Suite("A command under a lock", .service)
struct CommandTests {
    @Test("gets its arguments byte for byte, UTF-8 or not")
    func arguments() async throws {
        let site = try currentSite()
        let odd: [UInt8] = [0xFF, 0x20, 0xFE, 0x0A, 0x27, 0x24, 0x5C]
        let words = [Built.interlock, "lock", "run", site.path(), "--", "printf", "%s|"].map { Array($0.utf8) }
        let command = try Interlock(words + [odd, [], Array("--json".utf8)], environment: site.environment)
        #expect(try await command.answer().status == 0)
        #expect(command.outputBytes == odd + Array("||--json|".utf8))
    }

    @Test("reads our input and writes our output and error as they are")
    func streams() async throws {
        let site = try currentSite()
        let command = try site.ask(site.path(), script: "cat; echo oh >&2")
        let bytes = [UInt8](0...255)
        command.type(bytes)
        let answer = try await command.answer()
        #expect(command.outputBytes == bytes)
        #expect(answer.error == "oh\n")
    }

    @Test("keeps the descriptors that its caller passes")
    func descriptors() async throws {
        let site = try currentSite()
        let script = "echo hello | interlock lock run \(site.path()) -- sh -c 'cat <&9' 9<&0 <&-"
        let caller = try Interlock(["sh", "-c", script].map { Array($0.utf8) }, environment: site.environment)
        #expect(try await caller.answer().output == "hello\n")
    }

    @Test("finds its token, session, locks, database and state directory in the environment")
    func environment() async throws {
        let site = try currentSite()
        let path = site.path()
        let script = """
            echo "$INTERLOCK_TOKEN"; echo "$INTERLOCK_SESSION"; echo "$INTERLOCK_LOCKS"; echo "$INTERLOCK_DATABASE"
            echo "$INTERLOCK_STATE_DIR"; cat
            """
        let command = try site.ask(path, "--shared", path + "-s", script: script)
        try await command.says(site.stateDirectory)
        let held = try await site.locks().held.elements.filter { [path, path + "-s"].contains($0.path.text) }
        let lines = command.output.split(separator: "\n").map(String.init)
        #expect(held.map(\.token.integer) == [Int(lines[0]), Int(lines[0])])
        #expect(held.map(\.session.text) == [lines[1], lines[1]])
        #expect(
            try JSON(lines[2])
                == .array([
                    ["path": .string(path), "mode": "exclusive"], ["path": .string(path + "-s"), "mode": "shared"],
                ]))
        #expect(lines[3] == site.database)
        #expect(try await site.run("lock", "check", path, "--token", lines[0]).status == 0)
        #expect(try await command.answer().status == 0)
    }

    @Test(
        "is answered for with its exit code, or 128 and its signal",
        arguments: [
            ("exit 0", 0), ("exit 7", 7), ("exit 255", 255), ("kill -TERM $$", 143), ("kill -KILL $$", 137),
        ] as [(String, Int32)])
    func exit(script: String, status: Int32) async throws {
        let site = try currentSite()
        let path = site.path()
        #expect(try await site.ask(path, script: script).answer().status == status)
        #expect(try await site.holders(of: path).isEmpty)
    }

    @Test(
        "that cannot be run is 127 or 126, and holds nothing afterwards",
        arguments: [("no-such-program", 127), ("/nowhere/x", 127), ("/etc/passwd", 126), ("/", 126)]
            as [(String, Int32)])
    func notRun(program: String, status: Int32) async throws {
        let site = try currentSite()
        let path = site.path()
        let answer = try await site.run("lock", "run", path, "--", program)
        #expect(answer.status == status)
        #expect(answer.error.hasPrefix("interlock: "))
        #expect(try await site.holders(of: path).isEmpty)
    }

    @Test(
        "gets the signals that the wrapper gets",
        arguments: [("TERM", SIGTERM), ("INT", SIGINT), ("HUP", SIGHUP)])
    func signals(name: String, number: Int32) async throws {
        let site = try currentSite()
        let script = "trap 'echo got; exit 3' \(name); echo ready; while read line; do :; done"
        let command = try site.ask(site.path(), script: script)
        try await command.says("ready")
        try command.signal(number)
        command.type(Array("on\n".utf8))
        #expect(try await command.end().status == 3)
        #expect(command.output.contains("got"))
    }

    @Test("is not started, and its request is withdrawn, when the waiting wrapper is told to end")
    func cancelled() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold(path)
        let waiter = try await site.queue("cancelled", path)
        try waiter.signal(SIGTERM)
        #expect(try await waiter.end().status == 143)
        #expect(waiter.output.isEmpty)
        #expect(try await !site.isWaiting("cancelled"))
        #expect(try await site.history(path).contains { $0.event == "withdrawn" && $0.cause == "cancelled" })
        _ = try await holder.answer()
    }

    @Test("is not started when the locks are busy: 75, or the code that -E names")
    func conflictCode() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold(path)
        let before = try await site.history(path).count
        #expect(try await site.ask("--no-wait", path).answer().status == 75)
        let answer = try await site.ask("--no-wait", path, "-E", "9").answer()
        #expect(answer.status == 9)
        #expect(answer.error.contains("is held by sh, pid"))
        #expect(try await site.history(path).count == before, "a try-lock that finds the lock busy appends nothing")
        _ = try await holder.answer()
    }

    @Test("that exits 75 itself is not mistaken for a busy lock")
    func ownCode() async throws {
        let site = try currentSite()
        #expect(try await site.ask("-E", "9", site.path(), script: "exit 75").answer().status == 75)
    }

    @Test("is 69 without a database, or the code that -E names")
    func unavailable() async throws {
        let site = try currentSite()
        let elsewhere = ["INTERLOCK_DATABASE": "mysql://root@localhost/x?socket=/nowhere/socket"]
        #expect(try await site.ask("/a", environment: elsewhere).answer().status == 69)
        #expect(try await site.ask("-E", "9", "/a", environment: elsewhere).answer().status == 9)
    }
}
