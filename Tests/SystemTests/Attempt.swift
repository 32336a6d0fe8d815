import Glibc
import LZ4
import Testing

@testable import System

/// An attempt of a test: a directory, a command, and a real shim over it.
struct Attempt {
    let scratch: Scratch
    let directory: AttemptDirectory

    /// Prepares a shell command; `$DIR` is the test's directory, where the command may leave files.
    init(_ script: String, _ change: (inout AttemptSpec) -> Void = { _ in }) throws {
        try self.init(arguments: ["sh", "-c", script].bytes, change)
    }

    init(arguments: [[UInt8]], _ change: (inout AttemptSpec) -> Void = { _ in }) throws {
        scratch = try Scratch()
        directory = AttemptDirectory(path: scratch.file("attempt"))
        var spec = AttemptSpec(
            arguments: arguments, environment: Environment([("PATH", "/usr/bin:/bin"), ("DIR", scratch.path)]))
        spec.graceMilliseconds = patienceMilliseconds
        change(&spec)
        try directory.prepare(spec)
    }

    /// The shim that was built with these tests.
    static var shim: String {
        get throws {
            let tests = try readLink("/proc/self/exe")
            return tests.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/interlock-shim"
        }
    }

    func start(_ variables: [(name: String, value: String)] = []) throws -> ChildProcess {
        try directory.startShim([Self.shim], environment: Environment([("PATH", "/usr/bin:/bin")] + variables))
    }

    /// Runs it to its end and gives the record.
    func run() async throws -> ExitRecord {
        let shim = try start()
        #expect(await shim.wait().cause == .exited(0))
        return try #require(try directory.exitRecord())
    }

    /// Waits until the task has made a file.
    func wait(for name: String) async throws {
        try await SystemTests.wait(on: scratch.path) { access(scratch.file(name), F_OK) == 0 }
    }

    /// A connection to the shim, as soon as there is one.
    func attach() async throws -> AttemptConnection {
        var connection: AttemptConnection?
        try await SystemTests.wait(on: directory.path) {
            connection = try? AttemptConnection(to: directory)
            return connection != nil
        }
        return try #require(connection)
    }

    /// The log, compressed or not yet.
    func logBytes(limit: Int = 16 << 20) throws -> [UInt8] {
        guard let frame = try DurableFile.read(directory.compressedLogPath, limit: limit) else {
            return try readFile(directory.logPath, limit: limit)
        }
        return try LZ4.decompressFrame(frame, limit: limit)
    }

    /// The log's lines without their times.
    func logLines() throws -> [String] {
        String(decoding: try logBytes(), as: UTF8.self).split(separator: "\n").map {
            String($0.dropFirst("2026-11-24T02:08:13.123456Z ".count))
        }
    }
}
