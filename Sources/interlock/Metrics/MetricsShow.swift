import ArgumentParser
import EventStore
import Events
import Projections
import Runner
import System

struct MetricsShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what was measured, as a table of all series or as the course of one.",
        discussion: """
            A counter is shown by its growth per second. A name may be written without 'interlock_host_', \
            'interlock_app_' and '_total'. With --json the course of one is an object a line, one for each stored step.
            """)

    @Argument(help: "Show the course of this one.", transform: Parse.id)
    var name: String?

    @Option(help: ArgumentHelp("Of this app; of the host without it.", valueName: "id"), transform: Parse.id)
    var app: String?

    @Option(
        help: ArgumentHelp("Only from this time on; the last 24 hours without it.", valueName: "time"),
        transform: Parse.time)
    var since: Timestamp?

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    /// How far it looks back where nobody says.
    private static let usualMicroseconds = 86_400 * 1_000_000
    /// Rows of a course that are shown to a person, for each series.
    static let rows = 60

    func run() async throws {
        let context = try Context(common)
        // Gives an empty database its schema, and refuses one that was restored, as every command does.
        let (platform, _) = try await context.scan().current(Platform.self)
        let viewer = try context.viewer(view, in: platform)
        let history = try MetricHistory(try context.endpoint(), host: try context.site().host)
        let now = Timestamp(microseconds: Int(WallTime.now.microseconds))
        let since = since ?? Timestamp(microseconds: now.microseconds - Self.usualMicroseconds)
        guard let courses = try await history.courses(of: app, from: since, to: now) else {
            throw try await nothing(in: history)
        }
        if courses.damaged > 0 {
            context.streams.error(
                "interlock: warning: \(counted(courses.damaged, "block")) of the history could not be read; what was in "
                    + "them is missing")
        }
        guard let name else {
            return context.answer(Projections.view(of: courses.summaries, for: viewer), MetricTableText())
        }
        let names = courses.names(meant: name)
        guard let meant = names.first, names.count == 1 else { throw notOne(names, courses, name) }
        guard common.json else {
            let rows = courses.steps(of: meant, in: Self.rows)
            return context.answer(Projections.view(of: rows, for: viewer), MetricCourseText())
        }
        for row in courses.steps(of: meant) { context.answer(Projections.view(of: row, for: viewer), NoText()) }
    }

    private func nothing(in history: MetricHistory) async throws -> CommandFailure {
        if let app {
            let apps = try await history.apps()
            return CommandFailure(
                .noSuchThing, code: "no-such-app", "nothing was measured of an app '\(app)' on \(history.host)",
                hint: apps.isEmpty ? "No app has a history here" : "There is: " + listed(apps))
        }
        let hosts = try await history.hosts().filter { $0 != history.host }
        return CommandFailure(
            .noSuchThing, code: "no-history", "nothing was measured on \(history.host)",
            hint: hosts.isEmpty
                ? "'interlock serve' measures where the configuration has a section 'metrics'"
                : "Name one of these as host.id in the configuration: " + listed(hosts))
    }

    private func notOne(_ names: [String], _ courses: MetricCourses, _ name: String) -> CommandFailure {
        guard names.isEmpty else {
            return CommandFailure(
                .noSuchThing, code: "no-such-metric", "'\(name)' can be one of several", hint: "Write " + listed(names))
        }
        let like = courses.names(like: name)
        return CommandFailure(
            .noSuchThing, code: "no-such-metric", "nothing called '\(name)' was measured in this time",
            hint: like.isEmpty ? "See: interlock metrics show" : "There is: " + listed(like))
    }

    /// Names that one hint tells.
    private static let maximumNames = 8

    private func listed(_ names: [String]) -> String {
        names.prefix(Self.maximumNames).joined(separator: ", ") + (names.count > Self.maximumNames ? ", …" : "")
    }
}
