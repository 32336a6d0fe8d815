internal import Collector
internal import EventStore
public import Events
public import MySQL
public import Projections

/// The history of measurements as a command looks at it.
public struct MetricHistory: Sendable {
    private let store: MetricStore
    /// The host that it is of.
    public let host: String

    /// The history of `host` in the database there.
    public init(_ endpoint: Endpoint, host: String) throws {
        store = try MetricStore(endpoint, host: host)
        self.host = host
    }

    /// What was measured of an app, or of the host itself, in this time; nil where nothing of it is stored at all.
    public func courses(of app: String?, from: Timestamp, to: Timestamp) async throws -> MetricCourses? {
        let subject: Collector.Subject = app.map { .app($0) } ?? .host
        guard let stored = subject.stored else { return nil }
        let range = from.milliseconds..<max(from.milliseconds, to.milliseconds) + 1
        // A block may have begun as long before as the longest one is.
        let longest = (try await store.resolutions().max() ?? 0) * Ladder.stepsPerBlock
        let blocks = try await store.blocks(
            of: stored, resolutions: 1..<Int(UInt32.max), from: range.lowerBound - longest, to: range.upperBound)
        if blocks.isEmpty, try await !store.newest().contains(where: { $0.subject == stored }) { return nil }
        let read = blocks.compactMap { try? HistoryBlock($0) }
        return MetricCourses(
            app: app, damaged: blocks.count - read.count, courses: Course.all(of: read, in: range))
    }

    /// The apps of which something is stored.
    public func apps() async throws -> [String] {
        let subjects = Set(try await store.newest().map(\.subject))
        return subjects.compactMap { if case .app(let id)? = Collector.Subject(stored: $0) { id } else { nil } }
            .sorted()
    }

    /// The hosts of which something is stored.
    public func hosts() async throws -> [String] { try await store.hosts() }
}

/// What was measured of one app, or of the host, each series by itself.
public struct MetricCourses: Sendable {
    private let app: String?
    private let courses: [(name: SeriesName, steps: [TimedStep])]
    /// Blocks that could not be read.
    public let damaged: Int

    init(app: String?, damaged: Int, courses: [SeriesName: [TimedStep]]) {
        (self.app, self.damaged) = (app, damaged)
        self.courses = courses.sorted { $0.key < $1.key }.map { (name: $0.key, steps: $0.value) }
    }

    /// Each series as a whole.
    public var summaries: [MetricRow] {
        courses.compactMap { name, steps in
            var sum = StepSum()
            for step in steps { sum.add(step.step) }
            guard let last = steps.last, let step = sum.step else { return nil }
            let whole = TimedStep(start: last.start, resolution: last.resolution, step)
            return row(name, whole, longest: steps.reduce(0) { max($0, $1.resolution) })
        }
    }

    /// The names that `text` can mean, as Prometheus has them: the whole one, or what is special in it.
    public func names(meant text: String) -> [String] {
        names.filter { $0 == text || Self.short($0) == text }
    }

    /// Names that are like `text`.
    public func names(like text: String) -> [String] {
        let containing = names.filter { $0.contains(text) }
        guard containing.isEmpty else { return containing }
        let shorts = Dictionary(names.map { (Self.short($0), $0) }) { first, _ in first }
        return nearest(to: Self.short(text), in: shorts.keys.sorted()).flatMap { shorts[$0] }.map { [$0] } ?? []
    }

    private var names: [String] {
        var seen: Set<String> = []
        return courses.map(\.name.name).filter { seen.insert($0).inserted }
    }

    /// The steps of all series of a name, as they are stored.
    public func steps(of name: String) -> [MetricRow] {
        courses.filter { $0.name.name == name }.flatMap { course in
            course.steps.map { row(course.name, $0, longest: $0.resolution) }
        }
    }

    /// The same in steps that are as long as `rows` of them ask for, from the first to the last.
    public func steps(of name: String, in rows: Int) -> [MetricRow] {
        let chosen = courses.filter { $0.name.name == name }
        let starts = chosen.compactMap(\.steps.first?.start)
        let ends = chosen.compactMap(\.steps.last?.start)
        let longest = chosen.flatMap(\.steps).reduce(1) { max($0, $1.resolution) }
        let span = (ends.max() ?? 0) - (starts.min() ?? 0)
        let wanted = max(longest, span / max(1, rows - 1) + 1)
        let width = Self.widths.first { $0 >= wanted } ?? wanted
        return chosen.flatMap { course in
            Course.widened(course.steps, to: width).map { row(course.name, $0, longest: longest) }
        }
    }

    /// Milliseconds that people count in.
    private static let widths =
        [1, 2, 5, 10, 15, 20, 30].map { $0 * 1000 } + [1, 2, 5, 10, 15, 20, 30].map { $0 * 60_000 }
        + [1, 2, 3, 4, 6, 12, 24, 48].map { $0 * 3_600_000 }

    private static func short(_ name: String) -> String {
        var rest = name[...]
        for prefix in ["interlock_host_", "interlock_app_", "interlock_"] where rest.hasPrefix(prefix) {
            rest = rest.dropFirst(prefix.count)
            break
        }
        return String(rest.hasSuffix("_total") ? rest.dropLast("_total".count) : rest)
    }

    private func row(_ name: SeriesName, _ step: TimedStep, longest: Int) -> MetricRow {
        let levels = MetricLevels(
            count: step.step.count, low: step.step.low.level, mean: step.step.mean.level, high: step.step.high.level,
            last: step.step.last.level)
        return MetricRow(
            name: name.name, app: app, labels: name.labels.map { ($0.name, $0.value) }, isRate: name.isRate,
            at: Timestamp(microseconds: step.start * 1000), milliseconds: step.resolution, resolution: longest,
            levels: levels)
    }
}

extension Timestamp {
    fileprivate var milliseconds: Int { microseconds / 1000 }
}
