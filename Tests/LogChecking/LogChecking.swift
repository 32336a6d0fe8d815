import Foundation
public import Testing

/// The checker in `Tests/checker`: it shares no code with the state machines, and reads what `log export` gives.
public enum LogChecker {
    static let program = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../checker/check.py")

    /// Runs Python with these arguments; what it says on both streams.
    public static func python(_ arguments: [String], input: String = "") throws -> (status: Int32, output: String) {
        // A file: a pipe would have to be fed while the answer is read.
        let file = NSTemporaryDirectory() + "interlock-check-\(UUID().uuidString)"
        try input.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        process.currentDirectoryURL = program.deletingLastPathComponent()
        process.standardInput = FileHandle(forReadingAtPath: file)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: said, as: UTF8.self))
    }

    /// What the checker says of some logs, each with its lines; nil when all is as it must be.
    /// `isQuiet`: the logs end when all was done, so that no app may be behind.
    public static func complaint(
        about logs: [[String]], without rules: [String] = [], isQuiet: Bool = false
    ) throws -> String? {
        let text = logs.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
        let options = rules.flatMap { ["--without", $0] } + (isQuiet ? ["--quiet"] : [])
        let answer = try python([program.path()] + options + ["-"], input: text)
        // Of many logs, only those are worth a line that break something.
        let lines = answer.output.split(separator: "\n").filter { !$0.contains("ok: ") }
        return answer.status == 0 ? nil : "(\(answer.status)) " + lines.joined(separator: "\n")
    }
}

/// Expects of logs, each with the lines of its export, what the design says is always true.
public func expectHolds(
    _ logs: [[String]], without rules: [String] = [], isQuiet: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    if let complaint = try LogChecker.complaint(about: logs, without: rules, isQuiet: isQuiet) {
        Issue.record("the checker: \(complaint)", sourceLocation: sourceLocation)
    }
}
