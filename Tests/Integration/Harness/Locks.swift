import Testing

@testable import System

/// Holding, asking and looking, as the tests of locks need it.
extension Site {
    /// What `lock list` says.
    func locks() async throws -> JSON { try await json("lock", "list") }

    /// Starts a command that holds and says `ready`, then reads its input to the end.
    func ask(
        _ arguments: String..., script: String = "echo ready; cat", environment: [String: String] = [:]
    ) throws -> Interlock {
        try start(["lock", "run"] + arguments + ["--", "sh", "-c", script], environment)
    }

    /// Like `ask`, and returns when the command holds.
    func hold(_ arguments: String...) async throws -> Interlock {
        let holder = try start(["lock", "run"] + arguments + ["--", "sh", "-c", "echo ready; cat"])
        try await holder.says("ready")
        return holder
    }

    /// Asks for locks that somebody holds, and returns when the request is queued; `label` names it.
    func queue(_ label: String, _ arguments: String..., script: String = "echo ready; cat") async throws -> Interlock {
        let waiter = try start(["lock", "run", "--label", label] + arguments + ["--", "sh", "-c", script])
        try await waits(label)
        return waiter
    }

    /// Waits until the request of that label is in the queue.
    func waits(_ label: String) async throws {
        _ = try await eventually("\(label) waits") { try await isWaiting(label) ? true : nil }
    }

    func isWaiting(_ label: String) async throws -> Bool {
        try await locks().waiting.elements.contains { $0.holder.label.text == label }
    }

    /// Waits until nobody holds a path.
    func isFree(_ path: String) async throws {
        _ = try await eventually("\(path) is free") { try await holders(of: path).isEmpty ? true : nil }
    }

    /// The process ids of those who hold a path.
    func holders(of path: String) async throws -> [Int32] {
        try await locks().held.elements.filter { $0.path.text == path }
            .compactMap { $0.holder.pid.integer.map(Int32.init) }
    }

    /// The process that holds a path.
    func holder(of path: String) async throws -> ProcessIdentity {
        try ProcessIdentity.of(pid: try #require(try await holders(of: path).first))
    }

    /// The rows of `lock history`.
    func history(_ arguments: String...) async throws -> [JSON] {
        let answer = try await start(["lock", "history", "--json"] + arguments).answer()
        try #require(answer.status == 0, "\(answer.error)")
        return try JSON.lines(answer.output)
    }
}
