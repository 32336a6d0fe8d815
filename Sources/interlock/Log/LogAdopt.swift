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
        let takeOver = try await TakeOver(try context.site(), rules: context.configuration.noticeRules)
        let adoption: Adoption
        do {
            adoption = isDryRun ? try await takeOver.survey() : try await takeOver.adopt()
        } catch {
            throw CommandFailure(adopting: error)
        }
        context.answer(view(of: adoption, for: .administrator), LogAdoptText())
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
