import Glibc
import Testing

@testable import System

@Suite("Files that are kept open")
struct KeptFilesTests {
    @Test("are what they have become, whenever they are read")
    func again() throws {
        let scratch = try Scratch()
        let files = KeptFiles()
        let missing = #expect(throws: SystemError.self) { try files.read(scratch.file("file"), limit: 10) }
        #expect(missing?.code == .notFound)
        for bytes: [UInt8] in [[1, 2, 3], [4], [], Array(repeating: 5, count: 10_000)] {
            try overwrite(scratch.file("file"), with: bytes)
            #expect(try files.read(scratch.file("file"), limit: 10_000) == bytes)
            #expect(try files.read(scratch.file("file"), limit: 10_000) == bytes)
        }
        let long = #expect(throws: SystemError.self) { try files.read(scratch.file("file"), limit: 9999) }
        #expect(long?.code == .tooLarge)
        try overwrite(scratch.file("file"), with: [6])
        #expect(try files.read(scratch.file("file"), limit: 10) == [6])
    }

    @Test("of the kernel are read from their beginning, each time as if opened anew, and take one descriptor each")
    func kernel() throws {
        let files = KeptFiles()
        for path in [
            "/proc/self/stat", "/proc/stat", "/proc/meminfo", "/proc/vmstat", "/proc/net/dev", "/proc/version",
        ] {
            let first = String(decoding: try files.read(path, limit: 1 << 20), as: UTF8.self)
            let again = String(decoding: try files.read(path, limit: 1 << 20), as: UTF8.self)
            let fresh = String(decoding: try readFile(path, limit: 1 << 20), as: UTF8.self)
            func words(_ text: String) -> [Substring] { text.split(separator: "\n").map { $0.prefix { $0 != " " } } }
            #expect(!words(first).isEmpty && words(first) == words(fresh) && words(again) == words(fresh), "\(path)")
        }
        func held(_ path: String) throws -> Int {
            try Directory.names(in: "/proc/self/fd").count { name in
                var target = [CChar](repeating: 0, count: 256)
                let count = readlink("/proc/self/fd/\(name)", &target, 256)
                return count > 0
                    && String(decoding: target[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) == path
            }
        }
        #expect(try held("/proc/version") == 1)
    }

    /// In place: the file stays the same one.
    private func overwrite(_ path: String, with bytes: [UInt8]) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        try #require(bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == bytes.count)
    }
}
