import ArgumentParser
import EventStore
import Events
import Projections
import Runner
import Synchronization

struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Show the state as it was, or walk through what changed it.",
        discussion: """
            With --at it shows what the list command said then: 'replay --at 59 --view locks --json' prints the bytes that \
            'lock list --json' printed. With --from and --to it shows each event and what it changed. Neither changes anything.
            """)

    /// What can be looked at.
    enum ViewName: String, CaseIterable {
        case locks, tasks, apps, mail, notifications, users

        /// True for what changes it; who waits for a task's end changes both.
        func shows(_ kind: Event.Kind) -> Bool {
            switch kind {
            case .taskWaitBegan, .taskWaitEnded: true
            case .logRedacted, .logRestored: false
            default: rawValue == Platform.projection(of: kind)
            }
        }
    }

    @Option(
        help: ArgumentHelp("The state at this position or time; at the end without it.", valueName: "position|time"),
        transform: Parse.moment)
    var at: Moment?

    @Option(
        help: ArgumentHelp("Step by step, from this position or time on.", valueName: "position|time"),
        transform: Parse.moment)
    var from: Moment?

    @Option(
        help: ArgumentHelp("Step by step, up to this position or time.", valueName: "position|time"),
        transform: Parse.moment)
    var to: Moment?

    @Option(
        name: .customLong("view"),
        help: ArgumentHelp(
            "What of it: locks, tasks, apps, mail, notifications or users; locks without it, and for the steps all.",
            valueName: "view"
        ),
        transform: Parse.viewName)
    var part: ViewName?

    @Option(
        name: .customLong("filter"),
        help: ArgumentHelp(
            "Only steps about path=/app/blog, task=ID or session=ID; about all of several.", valueName: "what=which"),
        transform: Parse.filter)
    var filters: [ReplayFilter] = []

    @OptionGroup var history: HistoryOptions
    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    private var isWalk: Bool { from != nil || to != nil }

    func validate() throws {
        guard at == nil || !isWalk else { throw ValidationError("--at excludes --from and --to") }
        guard filters.isEmpty || isWalk else { throw ValidationError("--filter goes with --from and --to") }
        if case .position(let from) = from, case .position(let to) = to, from > to {
            throw ValidationError("--from \(from) lies behind --to \(to)")
        }
        try history.check(common)
    }

    func run() async throws {
        let context = try Context(common)
        let source = try await context.history(history)
        let viewer = try await context.viewer(view, in: source)
        if isWalk { return try await walk(source, context, viewer) }
        let position: Position
        if let at { position = try await at.position(in: source) } else { position = try await source.end() }
        if position > 0 { try await context.tellRedactions(in: source, of: 1...position) }
        switch part ?? .locks {
        case .locks:
            let platform = context.trusting(try await source.platform(at: position))
            let table = LockTable(platform.locks, at: position)
            context.answer(Projections.view(of: table, for: viewer), LockListText())
        case .tasks:
            let limit = common.json ? Int.max : TaskList.defaultLimit
            let tasks = context.trusting(try await source.tasks(at: position, limit: limit))
            context.answer(Projections.view(of: tasks, for: viewer), TaskListText())
        case .apps:
            let platform = context.trusting(try await source.platform(at: position))
            context.answer(Projections.view(of: platform.apps, for: viewer), AppListText())
        case .mail:
            let platform = context.trusting(try await source.platform(at: position))
            context.answer(Projections.view(of: MailStatus(platform), for: viewer), MailStatusText())
        case .notifications:
            let platform = context.trusting(try await source.platform(at: position))
            context.answer(Projections.view(of: platform.notifications.open, for: viewer), NotificationListText())
        case .users:
            let platform = context.trusting(try await source.platform(at: position))
            context.answer(Projections.view(of: platform.users, for: viewer), UserListText())
        }
    }

    private func walk(_ source: HistorySource, _ context: Context, _ viewer: Viewer) async throws {
        guard let range = try await range(source) else {
            return context.streams.error("interlock: nothing happened there")
        }
        let isEmpty = Mutex(true)
        let broken = try await source.walk(range) { step in
            guard isWanted(step) else { return }
            isEmpty.withLock { $0 = false }
            context.answer(Projections.view(of: step, for: viewer), EventLineText(field: "difference"))
        }
        if let broken { context.warnOfSnapshot(broken) }
        if isEmpty.withLock({ $0 }) { context.streams.error("interlock: nothing of that happened there") }
        try await context.tellRedactions(in: source, of: range)
    }

    private func isWanted(_ step: ReplayStep) -> Bool {
        if let part, !part.shows(step.kind) { return false }
        return filters.allSatisfy { $0.lets(step.subject) }
    }

    /// From the first event at or behind `--from` to the last one not behind `--to`; nil where there is none.
    private func range(_ source: HistorySource) async throws -> ClosedRange<Position>? {
        let end = try await source.end()
        let first: Position
        switch from {
        case .position(let position):
            guard position <= end else { throw CommandFailure.noSuchPosition(position, head: end) }
            first = max(1, position)
        case .time(let time):
            first = try await source.position(at: Timestamp(microseconds: time.microseconds - 1)) + 1
        case nil: first = 1
        }
        var last = end
        switch to {
        case .position(let position): last = min(end, position)
        case .time(let time): last = try await source.position(at: time)
        case nil: break
        }
        return first <= last ? first...last : nil
    }
}
