import Glibc
import Testing

@testable import System

@Suite("A directory that is held open")
struct OpenDirectoryTests {
    @Test("is read, and not what its path has come to lead to; that is another one, as its inode shows")
    func held() throws {
        let scratch = try Scratch()
        for (name, byte) in [("a", UInt8(1)), ("b", 2)] {
            try DurableFile.makeDirectory(scratch.file(name))
            try DurableFile.write([byte], to: scratch.file("\(name)/file"))
        }
        let directory = try OpenDirectory(scratch.file("a"))
        #expect(directory.inode == FileSystem.inode(of: scratch.file("a")))
        #expect(directory.inode(of: "file") == FileSystem.inode(of: scratch.file("a/file")))
        try Directory.move(scratch.file("a"), to: scratch.file("moved"))
        try Directory.move(scratch.file("b"), to: scratch.file("a"))
        #expect(try directory.read("file", limit: 10) == [1])
        #expect(directory.inode != FileSystem.inode(of: scratch.file("a")))
    }

    @Test("tells what is not there, and what is too long")
    func refused() throws {
        let scratch = try Scratch()
        try DurableFile.write(Array(repeating: 7, count: 10_000), to: scratch.file("file"))
        let directory = try OpenDirectory(scratch.path)
        #expect(try directory.read("file", limit: 10_000).count == 10_000)
        #expect(directory.inode(of: "none") == nil)
        let long = #expect(throws: SystemError.self) { try directory.read("file", limit: 9999) }
        #expect(long?.code == .tooLarge)
        let missing = #expect(throws: SystemError.self) { try directory.read("none", limit: 1) }
        #expect(missing?.code == .notFound)
        for path in ["none", "file"] {
            #expect(throws: SystemError.self) { try OpenDirectory(scratch.file(path)) }
        }
    }
}
