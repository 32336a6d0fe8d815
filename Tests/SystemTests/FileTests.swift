import Glibc
import Testing

@testable import System

@Suite struct FileTests {
    @Test func `A written file replaces the old one whole, is its owner's alone, and leaves nothing beside it`() throws
    {
        let scratch = try Scratch()
        try DurableFile.write(Array("old".utf8), to: scratch.file("f"), mode: 0o666)
        var status = stat()
        #expect(stat(scratch.file("f"), &status) == 0 && status.st_mode & 0o7777 == 0o666)
        try DurableFile.write(Array("new".utf8), to: scratch.file("f"))
        #expect(try scratch.text("f") == "new")
        #expect(stat(scratch.file("f"), &status) == 0 && status.st_mode & 0o7777 == 0o600)
        #expect(try namesInDirectory(scratch.path) == ["f"])
    }

    @Test func `Of many creators exactly one succeeds, and his bytes are there at once`() async throws {
        let scratch = try Scratch()
        let path = scratch.file("gate")
        let winners = await withTaskGroup(of: UInt8?.self) { group in
            for number in UInt8(1)...32 {
                group.addTask {
                    (try? DurableFile.create([UInt8](repeating: number, count: 5000), at: path)).map { number }
                }
            }
            return await group.reduce(into: [UInt8]()) { winners, winner in if let winner { winners.append(winner) } }
        }
        let winner = try #require(winners.first)
        #expect(winners.count == 1)
        #expect(try readFile(path, limit: 5000) == [UInt8](repeating: winner, count: 5000))
        #expect(try namesInDirectory(scratch.path) == ["gate"])
        let failure = #expect(throws: SystemError.self) { try DurableFile.create([], at: path) }
        #expect(failure?.code == .exists)
    }

    @Test func `Reading is bounded, and a missing file is no error`() throws {
        let scratch = try Scratch()
        try DurableFile.append(Array("12".utf8), to: scratch.file("f"))
        try DurableFile.append(Array("345".utf8), to: scratch.file("f"))
        #expect(try DurableFile.read(scratch.file("f"), limit: 5) == Array("12345".utf8))
        let failure = #expect(throws: SystemError.self) { try DurableFile.read(scratch.file("f"), limit: 4) }
        #expect(failure?.code == .tooLarge)
        #expect(try DurableFile.read(scratch.file("none"), limit: 4) == nil)
    }

    @Test func `A pipe in a file's place makes no reader wait`() throws {
        let scratch = try Scratch()
        #expect(mkfifo(scratch.file("pipe"), 0o600) == 0)
        let error = #expect(throws: SystemError.self) { try DurableFile.read(scratch.file("pipe"), limit: 100) }
        #expect(error?.code == .unsupported)
    }

    @Test func `A symbolic link is never followed`() throws {
        let scratch = try Scratch()
        try DurableFile.write(Array("secret".utf8), to: scratch.file("target"))
        #expect(symlink(scratch.file("target"), scratch.file("link")) == 0)
        #expect(throws: SystemError.self) { try DurableFile.read(scratch.file("link"), limit: 100) }
        #expect(throws: SystemError.self) { try DurableFile.append([1], to: scratch.file("link")) }
        #expect(try scratch.text("target") == "secret")
    }

    @Test func `A file lock excludes everybody until it goes`() throws {
        let scratch = try Scratch()
        let path = scratch.file("lock")
        func isFree() throws -> Bool { try FileLock.attempt(path) != nil }
        func whileHeld() throws -> Bool {
            let lock = try FileLock.waiting(path)
            defer { withExtendedLifetime(lock) {} }
            return try isFree()
        }
        #expect(try !whileHeld())
        #expect(try isFree())
    }
}

@Suite struct MachineTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
        (1_795_486_093_123_456, "2026-11-24T02:08:13.123456Z"), (1_709_164_800_000_000, "2024-02-29T00:00:00.000000Z"),
        (951_868_799_999_999, "2000-02-29T23:59:59.999999Z"), (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
    ])
    func `A moment is written as RFC 3339`(microseconds: Int64, text: String) {
        #expect(WallTime(microseconds: microseconds).rfc3339 == text)
    }

    @Test func `Far deadlines do not overflow`() {
        let now = MonotonicTime.now
        #expect(now.advanced(milliseconds: .max).nanoseconds == .max)
        #expect(now.advanced(by: .seconds(Int64.max)).nanoseconds == .max)
        #expect(now.advanced(by: .seconds(-5)) == now)
        #expect(now.advanced(by: .milliseconds(1500)).nanoseconds == now.nanoseconds + 1_500_000_000)
    }

    @Test func `An environment keeps its bytes and replaces by name`() {
        let odd: [UInt8] = [79, 61, 0xFF]
        var environment = Environment(entries: [odd, Array("A=1".utf8), Array("A=2".utf8)])
        environment["A"] = "3"
        #expect(environment["A"] == "3" && environment["B"] == nil)
        #expect(environment.entries == [odd, Array("A=3".utf8)])
        #expect(Environment.current["PATH"] != nil)
    }
}
