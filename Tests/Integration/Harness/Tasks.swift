import Foundation
import Glibc
import Testing

@testable import System

/// Task types for the tests, and how they are started and waited for.
enum Types {
    /// `shell` runs any script under any lock; the others differ in what their names say.
    static let configuration = """
        tasks:
          shell:
            command: [sh, -c, "{script}"]
            arguments: { script: { required: true }, lock: { required: true } }
            locks: ["/{lock}"]
            timeout: 5m
            grace: 5m
          hasty:
            command: [sh, -c, "{script}"]
            arguments: { script: { required: true } }
            timeout: 5m
            grace: 200ms
          brief:
            command: [sh, -c, "{script}"]
            arguments: { script: { required: true } }
            timeout: 300ms
          missing: { command: [/nowhere/program] }
          patterned:
            command: [echo, "{mode}", "{free}"]
            arguments: { mode: { pattern: "[a-z]+", required: true }, free: {} }
          on-app: { command: [echo, "{app}"], locks: ["/app/{app}", { path: /shared, mode: shared }] }
          secretive:
            command: [sh, -c, "{script}"]
            arguments: { script: { required: true }, token: { secret: true }, pin: { secret: true, pattern: "[0-9]+" } }
          with-database:
            command: [sh, -c, "{script}"]
            arguments: { script: { required: true } }
            database: true
        """
}

extension Site {
    /// Starts a script as a task under a lock; returns its id.
    func task(_ script: String, lock: String? = nil, _ options: String...) async throws -> String {
        let lock = String((lock ?? path()).dropFirst())
        return try await queued(["shell", "--arg", "script=\(script)", "--arg", "lock=\(lock)"] + options)
    }

    /// Starts a script as a task of a type that takes no lock.
    func task(type: String, _ script: String) async throws -> String {
        try await queued([type, "--arg", "script=\(script)"])
    }

    private func queued(_ arguments: [String]) async throws -> String {
        let answer = try await start(["task", "start", "--json"] + arguments).answer()
        try #require(answer.status == 0, "\(answer.error)")
        return try #require(try answer.json.task.text)
    }

    func show(_ task: String) async throws -> JSON { try await json("task", "show", task) }

    /// Waits for the task's end; what `task show` says then.
    func finished(_ task: String) async throws -> JSON {
        _ = try await start(["task", "wait", task]).answer()
        let task = try await show(task)
        #expect(task.state == "finished")
        return task
    }

    /// Waits until the task is in a state.
    @discardableResult
    func task(_ task: String, is state: JSON) async throws -> JSON {
        try await eventually("task \(task) is \(state)") {
            let shown = try await show(task)
            return shown.state == state ? shown : nil
        }
    }

    /// A named pipe at which scripts stop with `read x < PATH`.
    func barrier() throws -> String {
        let barrier = scratch.file("barrier" + path().dropFirst())
        try #require(mkfifo(barrier, 0o622) == 0)
        chmod(barrier, 0o622)
        return barrier
    }

    /// Lets one script go on that stops there, as soon as it does.
    func pass(_ barrier: String) async throws {
        let writer = try Interlock(
            ["sh", "-c", "echo > \(barrier)"].map { Array($0.utf8) }, environment: environment)
        #expect(try await writer.end().status == 0)
    }

    /// The log's events, as `log export` gives them.
    func events() async throws -> [JSON] { try JSON.lines(try await run("log", "export").output) }
}

/// The processes that carry these tasks' marks in their environment, whoever's they are.
func survivors(of tasks: [String]) throws -> [String] {
    let marks = Set(tasks.map { "INTERLOCK_TASK=\($0)" })
    return try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }.filter { pid in
        guard let environment = FileManager.default.contents(atPath: "/proc/\(pid)/environ") else { return false }
        return environment.split(separator: 0).contains { marks.contains(String(decoding: $0, as: UTF8.self)) }
    }
}
