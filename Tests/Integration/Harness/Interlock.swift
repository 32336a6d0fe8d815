import Foundation
import Glibc
import Synchronization
import Testing

@testable import System

/// What a run of a program came to.
struct Answer: Sendable {
    /// The exit code; 128 + signal.
    var status: Int32
    var output: String
    var error: String

    /// The answer of a command that was run with `--json`.
    var json: JSON { get throws { try JSON(output) } }
}

/// The built programs, which stand beside the tests' own bundle.
enum Built {
    static let directory: String = {
        let bundle = (try? readLink("/proc/self/exe")) ?? ""
        return bundle.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    }()
    static let interlock = directory + "/interlock"
}

/// A program that a test has started, in a session of its own: its streams, its signals, its end. Standard input is a socket
/// that stays open until `letGo()`, or until the test process ends however it ends: what reads it outlives no test.
final class Interlock: Sendable {
    let process: ChildProcess
    private let scratch: Scratch
    private let input: Mutex<Int32>

    /// Starts `arguments[0]`, found by PATH.
    init(_ arguments: [[UInt8]], environment: [String: String]) throws {
        scratch = try Scratch()
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
        defer { close(ends[0]) }
        input = Mutex(ends[1])
        let variables = environment.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        process = try DetachedProcess.start(
            Launch(arguments: arguments, environment: Environment(variables)), input: .descriptor(ends[0]),
            output: .file(scratch.file("output")), error: .file(scratch.file("error")))
    }

    deinit {
        letGo()
        // Its group is its session's, and has its id as long as the process is not reaped.
        if process.end == nil { kill(-process.identity.pid, SIGKILL) }
    }

    var identity: ProcessIdentity { process.identity }
    var output: String { scratch.text("output") }
    var outputBytes: [UInt8] { scratch.bytes("output") }
    var error: String { scratch.text("error") }

    /// Writes to its standard input.
    func type(_ bytes: [UInt8]) {
        _ = input.withLock { Glibc.write($0, bytes, bytes.count) }
    }

    /// Ends its standard input.
    func letGo() {
        input.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }

    func signal(_ number: Int32) throws { try process.signal(number) }

    /// Waits until its standard output holds `text`.
    func says(_ text: String) async throws {
        try await eventually("'\(text)' on standard output (\(error))", in: scratch.path) {
            self.output.contains(text) ? true : self.process.end.map { _ in false }
        }.requireTrue("it ended (\(process.end?.evidence ?? "")) without saying '\(text)': \(output) \(error)")
    }

    /// Waits until its standard error holds `text`.
    func complains(_ text: String) async throws {
        try await eventually("'\(text)' on standard error", in: scratch.path) {
            self.error.contains(text) ? true : self.process.end.map { _ in false }
        }.requireTrue("it ended (\(process.end?.evidence ?? "")) without complaining '\(text)': \(output) \(error)")
    }

    /// Ends its input and waits for its end, which must come within the patience.
    func answer() async throws -> Answer {
        letGo()
        return try await end()
    }

    /// Waits for its end, which must come within the patience.
    func end() async throws -> Answer {
        do {
            try await ends(identity)
        } catch {
            throw NeverHappened(what: "the end of \(identity): \(output) \(self.error)")
        }
        return Answer(status: await process.wait().shellCode, output: output, error: error)
    }
}

extension Bool {
    fileprivate func requireTrue(_ what: String) throws {
        guard self else { throw NeverHappened(what: what) }
    }
}
