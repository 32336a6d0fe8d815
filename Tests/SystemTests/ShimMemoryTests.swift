import Glibc
import Seeds
import Testing

@testable import System

/// What a shim costs while its task writes without end.
@Suite struct ShimMemoryTests {
    /// The bound of a build for release is 6 MB; one for debugging gets a little more.
    static let maximumPrivateBytes = 8 << 20

    static let megabytes = Setting.isSoak ? 1000 : 200

    @Test(arguments: [
        ("short lines", "yes"), ("empty lines", "yes ''"), ("one endless line", "tr '\\0' x < /dev/zero"),
        ("bytes of any kind", "cat /dev/urandom"),
    ])
    func `Output without end does not grow the shim`(kind: String, program: String) async throws {
        let script = """
            \(program) | head -c \(Self.megabytes)M
            touch $DIR/written
            read x < $DIR/go
            """
        let attempt = try Attempt(script) { $0.maximumLogBytes = 24 << 20 }
        try #require(mkfifo(attempt.scratch.file("go"), 0o600) == 0)
        let shim = try attempt.start()
        try await attempt.wait(for: "written")
        let bytes = try privateBytes(of: shim.identity.pid)
        #expect(bytes <= Self.maximumPrivateBytes, "\(kind): \(bytes) bytes")
        try Descriptor.open(attempt.scratch.file("go"), O_WRONLY).write([10])
        #expect(await shim.wait().cause == .exited(0))
        let record = try #require(try attempt.directory.exitRecord())
        #expect(record.cause == .exited(0) && record.logBytesLost > UInt64(Self.megabytes - 24) << 20)
    }

    /// Private_Clean and Private_Dirty of all its mappings (proc(5)).
    private func privateBytes(of pid: Int32) throws -> Int {
        let text = try kernelText("/proc/\(pid)/smaps_rollup")
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("Private_") }
        return lines.compactMap { Int($0.split(separator: " ")[1]) }.reduce(0, +) * 1024
    }
}
