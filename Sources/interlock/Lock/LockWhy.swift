import ArgumentParser
import EventStore
import Events
import Projections
import Runner
import System

struct LockWhy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Tell what is waited for, who holds that, since when, and what the holder does now.")

    @Argument(help: "A lock path, or the id of a task or a session.", transform: Parse.text)
    var subject: String

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func run() async throws {
        let context = try Context(common)
        let viewer = try context.viewer(view)
        let site = try context.site()
        let (platform, _) = try await context.scan().current(Platform.self)
        let chains = try chains(in: platform).map { chain in
            chain.map { ExplainedLink($0, activity: $0.isLast ? $0.session.activity(on: site.host) : nil) }
        }
        context.answer(Projections.view(of: chains, for: viewer)) {
            chains.isEmpty ? "nobody holds \(subject)\n" : chains.map(\.story).joined(separator: "\n")
        }
    }

    private func chains(in platform: Platform) throws -> [[WaitLink]] {
        if subject.hasPrefix("/") { return platform.chains(from: try Parse.lockPath(subject)) }
        if let session = platform.locks.session(SessionID(subject)) ?? platform.locks.session(of: TaskID(subject)) {
            return [platform.chain(from: session.id)]
        }
        guard platform.tasks.task(TaskID(subject)) == nil else {
            throw CommandFailure(
                .noSuchThing, code: "not-due", "task '\(subject)' is not due yet and waits for nothing else",
                hint: "See: interlock task show \(subject)")
        }
        throw CommandFailure(
            .noSuchThing, code: "no-such-subject", "there is no living session and no unfinished task '\(subject)'",
            hint: "See: interlock lock list and interlock task list")
    }
}

extension Session {
    /// What its process does now; nil where that cannot be seen from here.
    fileprivate func activity(on host: String) -> ProcessActivity? {
        guard self.host == host, let process, let identity = ProcessIdentity(process) else { return nil }
        if case .dead = identity.liveness() { return ProcessActivity(state: "gone") }
        guard let pid = Int32(exactly: process.pid), let status = try? ProcessStatus.of(pid: pid) else { return nil }
        return ProcessActivity(state: status.word, program: status.name)
    }
}

extension ProcessStatus {
    fileprivate var word: String {
        switch state {
        case "R": "running"
        case "S", "I": "sleeping"
        case "D": "waiting for a disk"
        case "T", "t": "stopped"
        case "Z", "X": "gone"
        default: "in state \(state)"
        }
    }
}

extension [ExplainedLink] {
    /// One line a party.
    fileprivate var story: String {
        enumerated().map { index, one in
            var line = String(repeating: "  ", count: index) + one.link.session.name
            if let held = one.link.holds {
                line +=
                    " holds \(held.lock.path) (\(held.lock.mode.rawValue), token \(held.grant.token)) since \(held.grant.since)"
                if let reason = held.grant.reason { line += ", \(reason)" }
            }
            return line + one.doing + "\n"
        }.joined()
    }
}

extension ExplainedLink {
    /// What it waits for, or does.
    fileprivate var doing: String {
        if let first = link.behind.first {
            let others = link.behind.count > 1 ? " and \(link.behind.count - 1) more" : ""
            let since = link.since.map { " since \($0)" } ?? ""
            return "\n" + "  waits\(since) behind \(first.path) (\(first.kind.rawValue))\(others):"
        }
        if let task = link.task { return ", waits for the end of task \(task):" }
        if link.child != nil { return ", and a child of it waits:" }
        var text = activity.map { ": \($0.state)" + ($0.program.map { ", running \($0)" } ?? "") } ?? ""
        if let progress = link.record?.progress {
            text += ", at \(progress.percent) %" + (progress.message.map { ": \($0)" } ?? "")
        }
        return text
    }
}

extension Session {
    fileprivate var name: String {
        if let task { return "task \(task)" + (label.map { " (\($0))" } ?? "") }
        let program = label ?? program ?? "a process"
        return process.map { "\(program) [\($0.pid)] of \(user)" } ?? program
    }
}
