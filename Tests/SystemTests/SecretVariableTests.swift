import Testing

@testable import System

@Suite("Secret variables of an attempt")
struct SecretVariableTests {
    @Test("reach its command and are in none of its files")
    func reach() async throws {
        let attempt = try Attempt("printf '%s|%s' \"$WORD\" \"$OTHER\" > $DIR/seen") { $0.secretVariables = 2 }
        let secrets = Environment([("WORD", "hunter2"), ("OTHER", String(repeating: "x", count: 100_000))])
        let shim = try attempt.directory.startShim(
            [Attempt.shim], environment: Environment([("PATH", "/usr/bin:/bin")]), secrets: secrets)
        #expect(await shim.wait().cause == .exited(0))
        #expect(try attempt.directory.exitRecord()?.cause == .exited(0))
        #expect(try attempt.scratch.text("seen") == "hunter2|" + String(repeating: "x", count: 100_000))
        for name in try Directory.names(in: attempt.directory.path) where name != "control" {
            let text = String(
                decoding: try readFile("\(attempt.directory.path)/\(name)", limit: 1 << 20), as: UTF8.self)
            #expect(!text.contains("hunter2"), "\(name)")
        }
    }

    @Test("that do not come leave it not started")
    func missing() async throws {
        let attempt = try Attempt("true") { $0.secretVariables = 1 }
        let shim = try attempt.start()
        #expect(await shim.wait().cause == .exited(1))
        #expect(try attempt.directory.exitRecord()?.cause == .notStarted(exitCode: 126))
    }
}

@Suite("A private file")
struct PrivateFileTests {
    @Test("is read where it is its owner's only, and absent where it is not there")
    func read() throws {
        let scratch = try Scratch()
        let path = scratch.file("key")
        #expect(try PrivateFile.read(path, limit: 10) == nil)
        try DurableFile.write([1, 2], to: path, mode: 0o600)
        #expect(try PrivateFile.read(path, limit: 10) == [1, 2])
        #expect(throws: SystemError.self) { try PrivateFile.read(path, limit: 1) }
        for mode in [0o644, 0o660, 0o602] as [UInt32] {
            try DurableFile.write([1, 2], to: path, mode: mode)
            let error = #expect(throws: SystemError.self) { try PrivateFile.read(path, limit: 10) }
            #expect(error?.code == .permission)
        }
        let directory = #expect(throws: SystemError.self) { try PrivateFile.read(scratch.path, limit: 10) }
        #expect(directory?.message.contains("not a regular file") == true)
    }
}
