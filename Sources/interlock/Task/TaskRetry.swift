import ArgumentParser
import Events
import Projections
import Runner

struct TaskRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Run a finished task once more, as a further attempt.")

    @Argument(help: "The id of the task.", transform: Parse.id)
    var id: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let context = try Context(common)
        let site = try await context.open()
        let task = TaskID(id)
        do {
            try await site.retry(task)
        } catch {
            throw Self.failure(error, id)
        }
        guard let status = try await site.status(of: task) else { throw .noSuchTask(id) }
        context.answer(view(of: status, for: .administrator), TaskRetryText())
    }

    private static func failure(_ error: any Error, _ id: String) -> any Error {
        switch error {
        case TaskRetryFailure.noSuchTask: .noSuchTask(id)
        case TaskRetryFailure.unfinished:
            CommandFailure(
                .failed, code: "unfinished", "task \(id) is not finished", hint: "See: interlock task show \(id)")
        case TaskRetryFailure.redacted:
            CommandFailure(
                .failed, code: "redacted", "what task \(id) was ordered to do is erased", hint: "Start it anew")
        default: error
        }
    }
}
