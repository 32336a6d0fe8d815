import EventStore
import Events
import Projections
import Runner
import System

/// Waiting until a rename is done: every app has the name and the old one is retired.
struct RenameWait {
    private let context: Context
    private let site: OpenSite
    private let name: String
    /// What was refused before this position was another rename.
    private let since: Position

    /// The log is looked at at least this often, hint or not.
    static let poll = Duration.milliseconds(500)

    init(_ context: Context, _ site: OpenSite, _ name: String, since: Position) {
        (self.context, self.site, self.name, self.since) = (context, site, name, since)
    }

    func run() async throws {
        let hint = try? HintSocket(at: site.hints.follower("rename-\(try NewID.request())"))
        let begin = MonotonicTime.now
        var runnerDeadline = begin.advanced(by: OpenSite.runnerPatience)
        var said: [String: String] = [:]
        var told = begin
        while true {
            // Who waits for whom is told from time to time, and not at each of hundreds of commits.
            let isTime = told <= .now
            if isTime { told = .now.advanced(by: Self.poll) }
            let status = try await site.log.inspectDurably { platform, _ in
                MailStatus(platform, withObstacles: isTime)
            }
            tell(status, withObstacles: isTime, &said)
            try checkRefused(status.mail)
            if status.mail.name?.text == name {
                if status.isSettled {
                    return context.answer(view(of: status, for: .administrator), MailStatusText())
                }
                try checkFailed(status)
            }
            // From when there was one last: a runner that is started anew is away for a moment.
            if try await site.hasRunner() {
                runnerDeadline = MonotonicTime.now.advanced(by: OpenSite.runnerPatience)
            } else if runnerDeadline < .now {
                throw CommandFailure(
                    .unavailable, code: "no-runner", "the rename is asked for, but no runner of this host does it",
                    hint: "Start one: interlock serve")
            }
            if let hint { _ = try await hint.wait(timeout: Self.poll) } else { try await Task.sleep(for: Self.poll) }
        }
    }

    private func tell(_ status: MailStatus, withObstacles: Bool, _ said: inout [String: String]) {
        guard !context.json else { return }
        let shown = view(of: status, for: .administrator)
        func say(_ what: String, _ line: String) {
            guard said[what] != line else { return }
            said[what] = line
            context.streams.error(oneLine("interlock: \(line)"))
        }
        for problem in shown.rows("problems") {
            say(problem.words("step"), MailProblemText().text(of: problem, on: .line))
        }
        guard status.mail.name?.text == name else { return }
        say("", "the mail server is \(name)")
        for app in shown.rows("apps") where withObstacles || app.string("state") != MailStatus.State.behind.rawValue {
            say(app.words("app"), MailAppText().text(of: app, on: .line))
        }
    }

    private func checkRefused(_ mail: Mail) throws {
        if let refused = mail.refused, refused.name == name, refused.position > since, mail.wish?.name != name {
            let problem = view(of: mail, for: .administrator)["refused"]?.words("problem") ?? ""
            throw CommandFailure(
                .failed, code: "refused", "the mail server is not called \(name): \(problem)",
                hint: "See: interlock mail status")
        }
        guard mail.name?.text == name || mail.wish?.name == name else {
            throw CommandFailure(
                .failed, code: "overtaken", "the mail server is not called \(name): another rename overtook it",
                hint: "See: interlock mail status")
        }
    }

    /// Nothing is on its way any more but what failed: it is tried again, but nobody should wait for that.
    private func checkFailed(_ status: MailStatus) throws {
        let failed = status.apps.filter { $0.state == .failed }.map(\.app)
        guard !failed.isEmpty, !status.apps.contains(where: { $0.state == .behind }) else { return }
        throw CommandFailure(
            .failed, code: "apps-failed",
            "the mail server is \(name), but not for \(failed.joined(separator: ", ")): the old name stays for them",
            hint: "They are tried again; see: interlock mail status")
    }
}
