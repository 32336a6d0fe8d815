import Glibc
import LZ4
import Testing

@testable import System

/// What a shim passes on: the task's output and its progress.
@Suite struct ShimOutputTests {
    @Test func `Each line has its time and its stream, and bytes pass`() async throws {
        let attempt = try Attempt("printf 'one\\n\\ntwo \\377\\n'; printf 'bad\\nno newline' >&2")
        #expect(try await attempt.run().logBytesLost == 0)
        let bytes = try attempt.logBytes()
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
        #expect(lines.count == 5)
        for line in lines {
            #expect(line.count >= 32 && line[10] == UInt8(ascii: "T") && line[26] == UInt8(ascii: "Z"))
        }
        let out = lines.filter { $0[27...].starts(with: Array(" out ".utf8)) }.map { Array($0[32...]) }
        let err = lines.filter { $0[27...].starts(with: Array(" err ".utf8)) }.map { Array($0[32...]) }
        #expect(out == [Array("one".utf8), [], Array("two ".utf8) + [0xFF]])
        #expect(err == ["bad", "no newline"].bytes)
    }

    @Test func `An endless line is chopped, says that it goes on, and nothing of it is lost`() async throws {
        let attempt = try Attempt("head -c 1000000 /dev/zero | tr '\\0' x")
        #expect(try await attempt.run().cause == .exited(0))
        let lines = try attempt.logLines()
        #expect(lines.count == (1_000_000 + 8191) / 8192)
        #expect(lines.dropLast().allSatisfy { $0.hasPrefix("out+ x") && $0.utf8.count == 8192 + 5 })
        #expect(try #require(lines.last).hasPrefix("out x"))
        #expect(lines.reduce(0) { $0 + $1.utf8.count(where: { $0 == UInt8(ascii: "x") }) } == 1_000_000)
    }

    @Test func `Every byte survives, NUL among them`() async throws {
        let attempt = try Attempt("cat $DIR/all")
        let all = (0..<64).flatMap { _ in (UInt8.min...UInt8.max) }
        try DurableFile.write(all, to: attempt.scratch.file("all"))
        #expect(try await attempt.run().logBytesLost == 0)
        let lines = try attempt.logBytes().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        #expect(Array(lines.dropLast().map { $0.dropFirst(32) }.joined(separator: [UInt8(ascii: "\n")])) == all)
    }

    @Test func `When it is over its log is one LZ4 frame, and the record of the end did not wait for that`()
        async throws
    {
        let attempt = try Attempt("i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done")
        #expect(try await attempt.run().cause == .exited(0))
        #expect(access(attempt.directory.logPath, F_OK) != 0)
        let frame = try readFile(attempt.directory.compressedLogPath, limit: 1 << 20)
        let lines = String(decoding: try LZ4.decompressFrame(frame, limit: 1 << 20), as: UTF8.self).split(
            separator: "\n")
        #expect(lines.map { $0.dropFirst(32) } == (0..<3000).map { "line \($0)" })
        #expect(frame.count < 60_000)
        let mode = try FileSystem.mode(of: attempt.directory.compressedLogPath)
        #expect(mode == 0o600)
    }

    @Test func `A log is cut at its bound, and says so`() async throws {
        let attempt = try Attempt("i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done") {
            $0.maximumLogBytes = 4000
        }
        let record = try await attempt.run()
        let bytes = try attempt.logBytes()
        #expect(bytes.count <= 4000 + 200)
        let lines = try attempt.logLines()
        #expect(lines[0] == "out line 0" && lines[1] == "out line 1")
        #expect(lines.filter { $0.hasPrefix("shim ") }.count == 2)
        let total = (0..<3000).reduce(0) { $0 + "line \($1)\n".utf8.count }
        let kept = lines.filter { $0.hasPrefix("out ") }.reduce(0) { $0 + $1.utf8.count - 3 }
        #expect(Int(record.logBytesLost) + kept == total)
    }

    @Test func `Output that is still in the pipes at the end is kept`() async throws {
        let attempt = try Attempt("head -c 60000 /dev/zero | tr '\\0' '\\n'; kill -9 $$")
        #expect(try await attempt.run().cause == .signalled(SIGKILL, coreDumped: false))
        #expect(try attempt.logLines().count == 60_000)
    }

    @Test func `An attached runner hears of start, progress and end`() async throws {
        let attempt = try Attempt("while [ ! -e $DIR/go ]; do sleep 0.01; done; exit 2")
        let shim = try attempt.start()
        let connection = try await attempt.attach()
        var messages = connection.messages.makeAsyncIterator()
        guard case .started(let main)? = await messages.next() else {
            Issue.record("the start was not told")
            return
        }
        #expect(try attempt.directory.startRecord()?.identity == main)
        let half = try #require(TaskProgress(percent: 50, message: "half\nof it"))
        try attempt.directory.sendProgress(half)
        #expect(await messages.next() == .progress(half))
        try connection.send(.status)
        #expect(await messages.next() == .state("running"))
        let late = try AttemptConnection(to: attempt.directory)
        var lateMessages = late.messages.makeAsyncIterator()
        #expect(await lateMessages.next() == .started(main))
        #expect(await lateMessages.next() == .progress(half))
        late.close()
        try DurableFile.write([], to: attempt.scratch.file("go"))
        #expect(await messages.next() == .exited)
        #expect(try attempt.directory.exitRecord()?.cause == .exited(2))
        #expect(await messages.next() == nil)
        _ = await shim.wait()
        #expect(throws: SystemError.self) { try attempt.directory.sendProgress(half) }
    }

    @Test func `Nonsense is refused and hurts nobody`() async throws {
        let attempt = try Attempt("sleep 1000")
        let shim = try attempt.start()
        let connection = try await attempt.attach()
        for line in ["progress 101 x", "stop soon", "rm -rf", String(repeating: "x", count: 4000)] {
            let stranger = try LineConnection(to: attempt.directory.controlPath)
            try stranger.send(line)
            #expect(try await Readiness.shared.readable(stranger.descriptor))
            let answer = try stranger.takeLines().lines.first ?? ""
            #expect(answer.hasPrefix("refused "))
        }
        // More strangers than the shim has room for: they give way, the attached runner stays.
        var strangers: [LineConnection] = []
        for _ in 0..<100 {
            let stranger = try LineConnection(to: attempt.directory.controlPath)
            try stranger.send("status")
            #expect(try await Readiness.shared.readable(stranger.descriptor))
            #expect(try stranger.takeLines().lines == ["state running"])
            strangers.append(stranger)
        }
        try connection.send(.kill)
        _ = await shim.wait()
        #expect(try attempt.directory.exitRecord()?.stopOrdered == true)
        #expect(strangers.count == 100)
    }
}
