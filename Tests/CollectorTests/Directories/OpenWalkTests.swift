import Foundation
import Glibc
import Synchronization
import Testing

@testable import Collector
@testable import System

@Suite("A walk through a directory", .timeLimit(.minutes(5)))
struct OpenWalkTests {
    private func walk(_ path: String, within bounds: TreeWalk.Bounds = .usual) throws -> OpenWalk {
        OpenWalk(try PinnedDirectory(path).reader(), at: .now, within: bounds)
    }

    private func finish(_ walk: inout OpenWalk) -> OpenWalk.Result {
        while true {
            if let result = walk.go(on: .seconds(1)) { return result }
        }
    }

    private func result(_ path: String, within bounds: TreeWalk.Bounds = .usual) throws -> OpenWalk.Result {
        var walk = try walk(path, within: bounds)
        return finish(&walk)
    }

    @Test("finds what du finds", arguments: 0..<4)
    func du(seed: Int) async throws {
        let tree = try MachineTree()
        let path = tree.file("walked")
        try DirectoryFixtures.tree(at: path, seed: seed)
        let result = try result(path)
        let usage = try await DirectoryFixtures.usage(of: path)
        #expect(result.usage.isComplete && result.problem == nil)
        #expect(result.usage.allocatedBytes == usage.bytes && result.usage.inodes == usage.inodes)
        // With a hole of 10 MiB in several of them.
        #expect(result.usage.bytes > result.usage.allocatedBytes)
    }

    @Test("sees a file once, whatever names it has, and follows no link")
    func once() throws {
        let tree = try MachineTree()
        let path = tree.file("walked")
        for name in ["", "/a", "/b"] { try DirectoryFixtures.directory(path + name) }
        try DirectoryFixtures.file("\(path)/a/file", bytes: 100_000)
        let alone = try result(path).usage
        for name in ["/again", "/b/again"] { try #require(link("\(path)/a/file", path + name) == 0) }
        #expect(try result(path).usage == alone)
        try DirectoryFixtures.directory(tree.file("outside"))
        try DirectoryFixtures.file(tree.file("outside/file"), bytes: 100_000)
        try #require(symlink(tree.file("outside"), "\(path)/out") == 0)
        try #require(symlink(tree.file("outside/file"), "\(path)/b/out") == 0)
        let more = try result(path).usage
        #expect(more.inodes == alone.inodes + 2 && more.allocatedBytes < alone.allocatedBytes + 100_000)
        #expect(more.isComplete)
    }

    @Test(
        "stays in its file system: what is mounted below it counts nothing, also where it is a part of the same one, or never answers",
        .enabled(if: MountNamespace.canBeDeaf))
    func mounts() async throws {
        let tree = try MachineTree()
        for name in ["walked", "walked/a", "walked/tmp", "walked/bind", "walked/deaf", "walked/own", "elsewhere"] {
            try DirectoryFixtures.directory(tree.file(name))
        }
        for name in ["walked/a/file", "walked/one", "elsewhere/file"] {
            try DirectoryFixtures.file(tree.file(name), bytes: 50_000)
        }
        let plain = try result(tree.file("walked")).usage
        let script = """
            cd \(tree.file("walked")) && mount -t tmpfs none tmp && echo x > tmp/file && mount --bind ../elsewhere bind \
            && mount --bind ../elsewhere/file one && \(MountNamespace.deaf(at: "walked/deaf", of: tree)) \
            && \(MountNamespace.deaf(at: "walked/own", of: tree, user: 1000, descriptor: 8))
            """
        let namespace = try await MountNamespace(tree, mounting: script)
        let path = namespace.path("walked")
        let usage = try await BlockingCall.run {
            Result { () throws(SystemError) in
                var walk = OpenWalk(try DirectoryReader(path, in: AT_FDCWD), at: .now)
                return walk.go(on: .seconds(600))?.usage
            }
        }.get()
        let found = try #require(usage)
        // Of the directories and the file that something is mounted on, what lies under it cannot be seen either.
        #expect(found.isComplete && found.inodes == plain.inodes - 5)
        #expect(found.allocatedBytes < plain.allocatedBytes - 50_000 + 1)
    }

    /// Root may read everything, but not a thread of root's that goes to files as another user (setfsuid(2)).
    private func asAnother<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async throws -> Value {
        typealias Change = @convention(c) (uid_t) -> Int32
        let symbol = try #require(dlsym(nil, "setfsuid"))
        let change = unsafeBitCast(symbol, to: Change.self)
        return await withCheckedContinuation { continuation in
            startThread(named: "another") {
                if geteuid() == 0 { _ = change(65_534) }
                continuation.resume(returning: body())
            }
        }
    }

    @Test("tells how much it saw, and the first place that it could not read")
    func unreadable() async throws {
        let tree = try MachineTree()
        let path = tree.file("walked")
        for name in ["", "/closed", "/closed/deep", "/nameless", "/nameless/deep", "/open"] {
            try DirectoryFixtures.directory(path + name)
        }
        try DirectoryFixtures.file("\(path)/open/file", bytes: 50_000)
        chmod(tree.path, 0o755)
        let whole = try result(path).usage
        chmod("\(path)/closed", 0)
        defer { chmod("\(path)/closed", 0o755) }
        let first = try await asAnother { [self] in Result { try result(path) } }.get()
        #expect(first.problem == "closed: cannot open it: Permission denied")
        #expect(!first.usage.isComplete && first.usage.inodes == whole.inodes - 1)
        chmod("\(path)/closed", 0o755)
        // Names can be listed, and not what they are.
        chmod("\(path)/nameless", 0o744)
        let second = try await asAnother { [self] in Result { try result(path) } }.get()
        #expect(second.problem == "nameless: cannot look at what is in it: Permission denied")
        #expect(!second.usage.isComplete && second.usage.inodes == whole.inodes - 1)
        chmod(path, 0)
        let third = try await asAnother { [self] in Result { try result(path) } }
        chmod(path, 0o755)
        #expect(throws: SystemError.self) { try third.get() }
    }

    @Test("ends at each of its bounds, with what it saw, and says which")
    func bounds() throws {
        let tree = try MachineTree()
        let path = tree.file("walked")
        try DirectoryFixtures.directory(path)
        var deep = path
        for _ in 0..<5 {
            deep += "/d"
            try DirectoryFixtures.directory(deep)
        }
        for number in 0..<4 {
            try DirectoryFixtures.file("\(path)/\(number)")
            try #require(link("\(path)/\(number)", "\(path)/again\(number)") == 0)
        }
        #expect(try result(path).usage.inodes == 10)
        let names = try result(path, within: TreeWalk.Bounds(names: 13))
        #expect(names.usage.isComplete && names.usage.inodes == 10)
        let fewer = try result(path, within: TreeWalk.Bounds(names: 12))
        #expect(fewer.problem == "there are more than 12 names in it, so the rest was left out")
        #expect(!fewer.usage.isComplete)
        #expect(try result(path, within: TreeWalk.Bounds(depth: 6)).usage.isComplete)
        let shallow = try result(path, within: TreeWalk.Bounds(depth: 3))
        #expect(
            shallow.problem == "d/d/d: directories are nested deeper than 3, and those were left out")
        #expect(!shallow.usage.isComplete && shallow.usage.inodes == 8)
        #expect(try result(path, within: TreeWalk.Bounds(linkedFiles: 4)).usage.isComplete)
        let linked = try result(path, within: TreeWalk.Bounds(linkedFiles: 3))
        #expect(linked.problem == "more than 3 of its files have several names, and others were left out")
        #expect(!linked.usage.isComplete && linked.usage.inodes == 9)
        var clock = MonotonicTime.now
        var slow = OpenWalk(
            try PinnedDirectory(path).reader(), at: clock, within: TreeWalk.Bounds(time: .seconds(10)))
        let late = slow.go(on: .seconds(60)) {
            clock = clock.advanced(by: .seconds(2))
            return clock
        }
        #expect(late?.problem == "it takes longer than 10.0 seconds, so the rest was left out")
        #expect(late?.usage.isComplete == false && late?.took == .seconds(10) && late?.ended == clock)
    }

    @Test("goes on for as long as it is told, and from there the next time")
    func parts() throws {
        let tree = try MachineTree()
        let path = tree.file("walked")
        try DirectoryFixtures.tree(at: path, seed: 1)
        var clock = MonotonicTime(nanoseconds: 1_000_000_000)
        var looks = 0
        var walk = OpenWalk(try PinnedDirectory(path).reader(), at: clock)
        var parts = 0
        var last: OpenWalk.Result?
        while last == nil {
            looks = 0
            last = walk.go(on: .milliseconds(20)) {
                looks += 1
                clock = clock.advanced(by: .milliseconds(1))
                return clock
            }
            parts += 1
            // One look at the clock is the beginning, and each other one a step of a millisecond.
            if last == nil { #expect(looks == 21) }
        }
        let whole = try result(path)
        #expect(parts > 10 && last?.usage == whole.usage && last?.problem == nil)
        // Asked again it says the same, with the time at which it ended.
        #expect(walk.go(on: .seconds(1)) == last)
    }

    @Test("is not complete where a directory goes under its feet, and none the less ends; a file that went is one less")
    func changes() throws {
        let tree = try MachineTree()
        let path = tree.file("walked")
        for name in ["", "/d"] { try DirectoryFixtures.directory(path + name) }
        try DirectoryFixtures.file("\(path)/d/file", bytes: 50_000)
        var walk = try walk(path)
        // It has found the directory, and not opened it.
        #expect(walk.go(on: .zero) == nil)
        try #require(rename("\(path)/d", tree.file("away")) == 0)
        let moved = finish(&walk)
        #expect(!moved.usage.isComplete && moved.problem == nil && moved.usage.allocatedBytes < 50_000)
        // Another one of that name is not what was found.
        try #require(rename(tree.file("away"), "\(path)/d") == 0)
        walk = try self.walk(path)
        #expect(walk.go(on: .zero) == nil)
        try #require(rename("\(path)/d", tree.file("away")) == 0)
        try DirectoryFixtures.directory("\(path)/d")
        #expect(!finish(&walk).usage.isComplete)
        try #require(rmdir("\(path)/d") == 0)
        for name in ["a", "b"] { try DirectoryFixtures.file("\(path)/\(name)") }
        walk = try self.walk(path)
        #expect(walk.go(on: .zero) == nil)
        for name in ["a", "b"] { unlink("\(path)/\(name)") }
        let fewer = finish(&walk).usage
        #expect(fewer.isComplete && fewer.inodes == 2)
    }

    @Test("adds up what a broken file system tells without end")
    func nonsense() {
        let huge = FileStatus(device: 1, inode: 2, bytes: .max, allocatedBytes: .max)
        var walk = TreeWalk(FileStatus(device: 1, inode: 1, isDirectory: true), at: .now)
        for _ in 0..<3 { walk.saw(.file(huge)) }
        #expect(walk.usage.bytes == .max && walk.usage.allocatedBytes == .max && walk.usage.inodes == 4)
    }
}
