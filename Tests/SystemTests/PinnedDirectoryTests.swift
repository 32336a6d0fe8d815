import Glibc
import Testing

@testable import System

@Suite("A directory that is pinned")
struct PinnedDirectoryTests {
    @Test("stays the same one when its path comes to lead elsewhere")
    func pinned() throws {
        let scratch = try Scratch()
        try DurableFile.makeDirectory(scratch.file("a"))
        try DurableFile.makeDirectory(scratch.file("b"))
        let directory = try PinnedDirectory(scratch.file("a"))
        try Directory.move(scratch.file("a"), to: scratch.file("moved"))
        try Directory.move(scratch.file("b"), to: scratch.file("a"))
        try DurableFile.write([1], to: directory.path(of: "file"))
        #expect(try Directory.names(in: scratch.file("moved")) == ["file"])
        #expect(try Directory.names(in: scratch.file("a")) == [])
    }

    @Test("is reached through no symbolic link, and what is missing or no directory is told")
    func refused() throws {
        let scratch = try Scratch()
        try DurableFile.makeDirectory(scratch.file("real"))
        try DurableFile.makeDirectory(scratch.file("real/below"))
        try DurableFile.write([1], to: scratch.file("file"))
        #expect(symlink(scratch.file("real"), scratch.file("link")) == 0)
        for path in ["link", "link/below", "file", "file/below"] {
            let error = #expect(throws: SystemError.self) { try use(scratch.file(path)) }
            #expect(error?.code == .permission, "\(path)")
        }
        let missing = #expect(throws: SystemError.self) { try use(scratch.file("real/none")) }
        #expect(missing?.code == .notFound)
    }

    private func use(_ path: String) throws(SystemError) {
        _ = try PinnedDirectory(path).path(of: "x")
    }
}
