import ArgumentParser
import Events
import Projections
import Runner
import System

struct TaskStart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start a task.")

    @OptionGroup var request: TaskRequest

    @Flag(help: "Wait for its end and exit as it did.")
    var wait = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await request.start(Context(common), waits: wait)
    }
}

struct TaskRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Start a task, wait for its end and exit as it did.")

    @OptionGroup var request: TaskRequest
    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await request.start(Context(common), waits: true)
    }
}

extension TaskRequest {
    /// Queues the task and answers with it; where it is waited for, the answer is its end.
    func start(_ context: Context, waits: Bool) async throws {
        guard let type = context.configuration.tasks[self.type] else {
            let known = context.configuration.tasks.keys.sorted().joined(separator: ", ")
            throw CommandFailure(
                .noSuchThing, code: "no-such-type", "there is no task type '\(self.type)'",
                hint: known.isEmpty ? "Configure it, or name the configuration with --config" : "Known are: \(known)")
        }
        warnOfSecrets(type, context)
        let values = try values()
        let resolved = try type.resolve(app: app, arguments: values)
        guard !dryRun else { return show(resolved, context) }
        let site = try await context.open()
        let notBefore = delay.map { Timestamp(microseconds: Int(WallTime.now.microseconds) + $0.wholeMicroseconds) }
        let end = TaskEnd(context, site)
        let waiting = waits ? try await end.claimant() : nil
        let (task, isExisting) = try await site.start(
            type, app: app, arguments: values, unique: unique, notBefore: notBefore,
            slots: context.configuration.slots, waiting: waiting)
        if waits { return try await end.wait(for: task, timeout: nil, needsRunner: true, waiting: waiting) }
        guard let status = try await site.status(of: task, isExisting: isExisting) else { return }
        context.answer(view(of: status, for: .administrator), TaskOrderText())
    }

    private func show(_ resolved: ResolvedTask, _ context: Context) {
        let plan = TaskPlan(command: resolved.command, locks: resolved.locks)
        context.answer(view(of: plan, for: .administrator), TaskPlanText())
    }
}

extension Duration {
    /// Whole microseconds.
    var wholeMicroseconds: Int {
        Int(components.seconds) * 1_000_000 + Int(components.attoseconds / 1_000_000_000_000)
    }
}
