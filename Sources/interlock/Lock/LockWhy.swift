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

    @Argument(help: "A lock path, or the id of a task or a session.", transform: Parse.subject)
    var subject: String

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func run() async throws {
        let context = try Context(common)
        let viewer = try await context.viewer(view)
        let path = LockPath(subject)
        let site = try context.site()
        let (platform, _) = try await context.scan().current(Platform.self)
        let chains = try path.map { platform.chains(from: $0) } ?? [chain(in: platform)]
        let explained = chains.map { chain in
            chain.map { ExplainedLink($0, activity: $0.session.activity(on: site.host)) }
        }
        context.answer(Projections.view(of: explained, for: viewer), LockWhyText(subject: subject))
    }

    private func chain(in platform: Platform) throws -> [WaitLink] {
        if let session = platform.locks.session(SessionID(subject)) ?? platform.locks.session(of: TaskID(subject)) {
            return platform.chain(from: session.id)
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
        if case .dead = identity.liveness() { return ProcessActivity(state: LockWhyText.gone) }
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
        case "T", "t": LockWhyText.stopped
        case "Z", "X": LockWhyText.gone
        default: "in state \(state)"
        }
    }
}
