import Events
import Projections

/// A chain of waits for a person: who holds what, what for, and what he waits for or does; a paragraph each, from the one that
/// was asked about to the last, who waits for nothing.
struct WaitStory {
    /// The path that was asked about, if it was one.
    let path: LockPath?
    let chain: [ExplainedLink]

    var text: String {
        chain.indices.map { index in
            let one = chain[index]
            let lines = [details(of: one), wait(of: one), one.isLast || one.isStopped ? one.activityWords : nil]
            let shown = lines.compactMap { $0 }.map { "  \($0)\n" }.joined()
            return heading(index) + "\n" + shown
        }.joined()
    }

    /// How it comes into the story: it holds what the one before wants, stands before it in the queue, is its task or child.
    private func heading(_ index: Int) -> String {
        let one = chain[index].link
        let name = one.session.name
        if let held = one.holds { return "\(held.lock.path) is held by \(name)" }
        guard index > 0 else {
            return path.map { "\($0) is held by nobody; first in line for it is \(name)" } ?? name
        }
        let before = chain[index - 1].link
        if let first = before.behind.first { return "\(first.path) is wanted earlier by \(name)" }
        if before.child != nil { return "its child is \(name)" }
        return "that is \(name)"
    }

    private func details(of one: ExplainedLink) -> String? {
        guard let held = one.link.holds else { return nil }
        let grant = held.grant
        return "\(held.lock.mode.rawValue), token \(grant.token), since \(grant.since)" + Self.reason(grant.reason)
    }

    private func wait(of one: ExplainedLink) -> String? {
        let link = one.link
        let since = link.since.map { " since \($0)" } ?? ""
        if let first = link.behind.first {
            let others = Set(link.behind.dropFirst().map(\.session)).subtracting([first.session]).count
            let more = others > 0 ? " and behind \(counted(others, "other"))" : ""
            return "waits\(since) for \(first.path)\(more)" + Self.reason(link.reason)
        }
        if let task = link.task { return "waits\(since) for the end of task \(task)" }
        if link.child != nil { return "waits for its child" }
        return path == nil && chain.count == 1 ? "waits for nothing" : nil
    }

    private static func reason(_ reason: String?) -> String {
        reason.map { ": \(oneLine($0))" } ?? ""
    }
}

extension ExplainedLink {
    fileprivate var isLast: Bool { link.isLast }
    fileprivate var isStopped: Bool { activity?.state == ProcessActivity.stopped }

    /// What it does now, as far as it can be seen from here.
    fileprivate var activityWords: String? {
        let progress = link.record?.progress.map { progress in
            "at \(progress.percent) %" + (progress.message.map { ": \(oneLine($0))" } ?? "")
        }
        let process = processWords
        return [process, progress].compactMap { $0 }.joined(separator: ", ")
    }

    private var processWords: String {
        guard let process = link.session.process else {
            return link.lacksRunner
                ? "has not started: no runner serves host \(link.session.host) (interlock serve)"
                : "has not started yet"
        }
        guard let activity else { return "runs on host \(link.session.host), where more can be seen" }
        // A task's name says nothing of its process.
        let pid = link.session.task == nil ? "" : ", pid \(process.pid)"
        let program = activity.program.map { "runs \(oneLine($0))\(pid)" } ?? "is"
        switch activity.state {
        case ProcessActivity.stopped:
            return "\(program), stopped: it holds on until it goes on (kill -CONT \(process.pid)) or ends"
        case ProcessActivity.gone: return "its process is gone; this will be found out and its locks given back"
        case "running": return activity.program == nil ? "is running" : program
        default: return "\(program), \(activity.state)"
        }
    }
}
