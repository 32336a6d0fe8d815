import ArgumentParser
import EventStore
import Events
import Projections
import Runner

struct LogAdopt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt", abstract: "Take over a database that was restored from an older dump.",
        discussion: """
            A database that is behind what this state directory has seen, or another one, is refused until this is said. The \
            log then goes on 1,000,000 positions above the highest one seen, so that no token is issued twice. Sessions whose \
            processes are not proven alive end; what runs and matches goes on. Nothing is killed: what runs here and is not in \
            the restored log is told. Stop the service before, and start it again behind it: it takes up what runs, and ends \
            the tasks that do not run any more, as their files tell.
            """)

    @Flag(name: .customLong("dry-run"), help: "Show what would be done; do nothing.")
    var isDryRun = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let context = try Context(common)
        let takeOver = try await TakeOver(try context.site())
        let adoption: Adoption
        do {
            adoption = isDryRun ? try await takeOver.survey() : try await takeOver.adopt()
        } catch {
            throw CommandFailure(adopting: error)
        }
        context.answer(view(of: adoption, for: .administrator)) { adoption.text }
    }
}

extension CommandFailure {
    fileprivate init(adopting error: any Error) {
        switch error {
        case TakeOver.Failure.nothingToAdopt(let head):
            self.init(
                .failed, code: "nothing-to-adopt",
                "the database is the one that this state directory knows: it ends at position \(head)",
                hint: "Nothing has to be done")
        case TakeOver.Failure.runnerLives(let pid):
            self.init(
                .failed, code: "another-runner",
                "the runner of this host lives, process \(pid), with what it knew before the restore",
                hint: "Stop it, adopt the database, and start it again: interlock serve")
        default: self = CommandFailure(known: error) ?? CommandFailure(.failed, code: "failed", "\(error)")
        }
    }
}

extension Adoption {
    fileprivate var text: String {
        var text =
            isDone
            ? "adopted: the log goes on at position \(position)\n"
            : "the log would go on at position \(position)\n"
        text +=
            "the dump ends at position \(restoration.previousHead); the highest one seen is \(restoration.highest)\n"
        let would = isDone ? "" : "would "
        for session in kept { text += "\(words(session)) \(would)\(isDone ? "keeps" : "keep") what it holds\n" }
        for end in restoration.ends {
            text += "\(words(end.session)) \(isDone ? "is ended" : "would end"): \(oneLine(end.evidence))\n"
        }
        for task in running { text += "task \(task) \(isDone ? "runs on" : "would run on")\n" }
        for task in over {
            text += "task \(task) runs no more: the service ends it when it starts, as its files tell\n"
        }
        for end in restoration.attempts {
            text += "task \(end.task) \(isDone ? "is" : "would be") \(end.outcome.rawValue): \(oneLine(end.evidence))\n"
        }
        for stray in strays {
            text +=
                "task \(stray.task) attempt \(stray.attempt) runs here, and the restored log does not know of it: let it end, "
                + "or end it with kill \(stray.pid); its log: \(stray.logPath)\n"
        }
        return text
    }

    private func words(_ session: SessionID) -> String {
        names[session].map { "session \(session) (\($0))" } ?? "session \(session)"
    }
}
