import ArgumentParser
import Events
import Projections
import Runner
import System

struct TaskLogs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print what a task wrote.")

    @Argument(help: "The id of the task.", transform: Parse.id)
    var id: String

    @Flag(name: .shortAndLong, help: "Go on until the task has ended; wait for its start.")
    var follow = false

    @Option(
        name: [.customShort("n"), .long], help: ArgumentHelp("Begin with the last lines only.", valueName: "n"),
        transform: Parse.count)
    var tail: Int?

    @Option(
        help: ArgumentHelp("Of this attempt, counted from 1; else the latest.", valueName: "n"), transform: Parse.count)
    var attempt: Int?

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func run() async throws {
        let context = try Context(common)
        let viewer = try await context.viewer(view)
        if follow {
            let site = try await context.open()
            guard let status = try await site.status(of: TaskID(id)) else { throw .noSuchTask(id) }
            try check(status.record, site.site.host, viewer)
            var output = LogOutput(context, viewer, app: status.record.order.app, tail: tail)
            try await site.followLog(of: TaskID(id), attempt: attempt) { news in
                switch news {
                case .line(let line): output.take(line)
                case .caughtUp: output.caughtUp()
                }
            }
            output.caughtUp()
        } else {
            let record = try await context.task(TaskID(id)).record
            let site = try context.site()
            try check(record, site.host, viewer)
            var output = LogOutput(context, viewer, app: record.order.app, tail: tail)
            var reader = AttemptLogReader(site.attempt(record.id, attempt ?? record.attempt))
            try reader.lines(isOver: record.phase == .finished) { output.take($0) }
            output.caughtUp()
        }
    }

    private func check(_ record: TaskRecord, _ host: String, _ viewer: Viewer) throws(CommandFailure) {
        guard showsLog(ofApp: record.order.app, to: viewer) else {
            throw CommandFailure(
                .notPermitted, code: "not-permitted", "what task \(id) wrote is not for this user",
                hint: "Administrators may see it"
                    + (record.order.app.map { ", and operators of the app '\($0)'" } ?? ""))
        }
        if let attempt, attempt > record.attempt {
            throw CommandFailure(
                .noSuchThing, code: "no-such-attempt",
                "task \(id) has no attempt \(attempt): its latest is \(record.attempt)")
        }
        if let other = record.host, other != host {
            throw CommandFailure(
                .noSuchThing, code: "another-host", "task \(id) ran on host \(other), and its log is there",
                hint: "Ask on that host")
        }
    }
}

/// Prints the lines of a log; of what is there at first the last ones only, where so many were asked for.
private struct LogOutput {
    let context: Context
    let viewer: Viewer
    /// The task's.
    let app: String?
    /// Nil once all are to be printed.
    private var tail: Int?
    /// The last ones, from `next` on in a ring.
    private var kept: [AttemptLogLine] = []
    private var next = 0

    init(_ context: Context, _ viewer: Viewer, app: String?, tail: Int?) {
        self.context = context
        self.viewer = viewer
        self.app = app
        self.tail = tail
    }

    mutating func take(_ line: AttemptLogLine) {
        guard let tail else { return show(line) }
        if kept.count < tail {
            kept.append(line)
        } else {
            kept[next] = line
            next = (next + 1) % tail
        }
    }

    mutating func caughtUp() {
        guard tail != nil else { return }
        for line in kept[next...] + kept[..<next] { show(line) }
        (tail, kept, next) = (nil, [], 0)
    }

    private func show(_ line: AttemptLogLine) {
        let shown = TaskLogLine(
            app: app, at: line.time, stream: line.stream, text: line.text, continues: line.continues, bytes: line.bytes)
        guard context.json else { return context.answer(rendition(of: shown, for: viewer)) }
        context.answer(Projections.view(of: shown, for: viewer), NoText())
    }
}
