import Foundation

/// The built `interlock`, next to the tests' own binary.
enum Binary {
    /// What a run of it came to.
    struct Answer {
        var status: Int32
        var output: String
        var error: String
    }

    static let directory = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        .deletingLastPathComponent()

    private static func empty(_ file: URL) throws -> FileHandle {
        try Data().write(to: file)
        return try FileHandle(forWritingTo: file)
    }

    /// Runs it with nothing in its environment but what is given.
    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Answer {
        let process = Process()
        process.executableURL = directory.appendingPathComponent("interlock")
        process.arguments = arguments
        process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { mine, _ in mine }
        // Files, not pipes: a server that another test starts meanwhile would inherit a pipe and keep it open.
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("interlock-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let (output, error) = (scratch.appendingPathComponent("out"), scratch.appendingPathComponent("err"))
        process.standardOutput = try empty(output)
        process.standardError = try empty(error)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let (told, complained) = (try Data(contentsOf: output), try Data(contentsOf: error))
        return Answer(
            status: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
            output: String(decoding: told, as: UTF8.self), error: String(decoding: complained, as: UTF8.self))
    }
}
