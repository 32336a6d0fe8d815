import Glibc
import Testing

@testable import System

@Suite("A directory that is read")
struct DirectoryReaderTests {
    private func found(_ reader: DirectoryReader) throws -> [DirectoryReader.Found] {
        var all: [DirectoryReader.Found] = []
        while let next = try reader.next() { all.append(next) }
        return all
    }

    @Test("tells each name once, of files what they take, and of directories what leads into them")
    func names() throws {
        let scratch = try Scratch()
        try #require(mkdir(scratch.file("below"), 0o755) == 0)
        try #require(symlink("below", scratch.file("link")) == 0)
        let hole = open(scratch.file("hole"), O_CREAT | O_WRONLY, 0o600)
        try #require(ftruncate(hole, 1 << 30) == 0)
        close(hole)
        try #require(link(scratch.file("hole"), scratch.file("again")) == 0)
        let reader = try PinnedDirectory(scratch.path).reader()
        #expect(reader.status.isDirectory && reader.status.inode == FileSystem.inode(of: scratch.path))
        let all = try found(reader)
        let files = all.compactMap { if case .file(let status) = $0 { status } else { nil } }
        let directories = all.compactMap { if case .directory(let directory) = $0 { directory } else { nil } }
        #expect(all.count == 4 && directories.map(\.text) == ["below"])
        #expect(files.filter { $0.bytes == 1 << 30 && $0.links == 2 }.count == 2 && Set(files.map(\.inode)).count == 2)
        #expect(files.allSatisfy { $0.allocatedBytes < 1 << 20 && !$0.isDirectory && !$0.isMount })
        let below = try reader.reader(of: try #require(directories.first))
        #expect(try below.status == directories.first?.status && found(below).isEmpty)
    }

    @Test("leads into no link, and nowhere where a name has gone; what is open stays where it is")
    func moved() throws {
        let scratch = try Scratch()
        for name in ["a", "b", "c", "c/inner"] { try #require(mkdir(scratch.file(name), 0o755) == 0) }
        let reader = try PinnedDirectory(scratch.path).reader()
        let directories = try found(reader).compactMap { if case .directory(let found) = $0 { found } else { nil } }
        func named(_ name: String) throws -> DirectoryReader.Subdirectory {
            try #require(directories.first { $0.text == name })
        }
        let open = try reader.reader(of: named("c"))
        try #require(rmdir(scratch.file("a")) == 0 && rmdir(scratch.file("b")) == 0)
        try #require(symlink("/", scratch.file("a")) == 0)
        try #require(rename(scratch.file("c"), scratch.file("d")) == 0)
        for name in ["a", "b", "c"] {
            #expect {
                _ = try reader.reader(of: named(name))
            } throws: {
                ($0 as? SystemError)?.code == .notFound
            }
        }
        #expect(try found(open).count == 1)
        #expect { try PinnedDirectory(scratch.file("a")).reader() } throws: { "\($0)".contains("a symbolic link") }
    }

    @Test("is told that a listed name is gone")
    func gone() throws {
        let scratch = try Scratch()
        for name in ["a", "b"] { try #require(mkdir(scratch.file(name), 0o755) == 0) }
        let reader = try PinnedDirectory(scratch.path).reader()
        // The kernel has given out both by now.
        guard case .directory(let first) = try reader.next() else {
            Issue.record("there is none")
            return
        }
        try #require(rmdir(scratch.file(first.text == "a" ? "b" : "a")) == 0)
        #expect(try reader.next() == .gone)
        #expect(try reader.next() == nil)
    }

    @Test(
        "by a thread that gives way is read when nobody else wants to run or go to the disk",
        .enabled(if: access("/usr/bin/ionice", X_OK) == 0))
    func givesWay() async throws {
        // A child has its starter's.
        let words = try await BlockingCall.run { () -> String? in
            let outcomes = HangingCalls(patience: nil, giveWay: true).outcomes(of: [
                HangingCalls.Call("a") { () -> String in
                    guard let pipe = popen("ionice; nice", "r") else { return "" }
                    defer { pclose(pipe) }
                    var buffer = [UInt8](repeating: 0, count: 100)
                    let count = fread(&buffer, 1, buffer.count, pipe)
                    return String(decoding: buffer.prefix(count), as: UTF8.self)
                }
            ])
            guard case .done(let words) = outcomes.first else { return nil }
            return words
        }
        #expect(words == "idle\n19\n")
        #expect(getpriority(Int32(PRIO_PROCESS.rawValue), 0) < 19)
    }

    @Test("with a pace takes its part of the time and no more, however short its steps are")
    func pace() {
        #expect(Pace.pause(after: .milliseconds(20), share: 20, longest: .seconds(60)) == 380)
        #expect(Pace.pause(after: .seconds(5), share: 20, longest: .seconds(60)) == 60_000)
        #expect(Pace.pause(after: .microseconds(50), share: 20, longest: .seconds(60)) == nil)
        #expect(Pace.pause(after: .milliseconds(20), share: 1, longest: .seconds(60)) == nil)
    }
}
