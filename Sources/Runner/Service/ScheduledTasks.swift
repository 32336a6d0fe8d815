internal import EventStore
internal import Events
internal import Logging
internal import Projections
internal import Synchronization
internal import System

/// Starts what runs by itself. Which runs were made is in the log, so none is made twice, and one that was missed is made
/// once.
struct ScheduledTasks: Sendable {
    /// The clock can be set at any time: it is looked at so often.
    static let longestPause = 15
    /// A run that cannot be queued (the run before is not finished, say) is tried again after this.
    static let retryPause = 5

    private let service: Service

    init(service: Service) {
        self.service = service
    }

    /// The key that keeps two runs of a type from being unfinished together.
    static func key(_ type: String, on host: String) -> String { "schedule:\(host):\(type)" }

    /// Tells the log what the configuration has. Then every moment counts.
    func configure() async throws {
        let schedules = service.configuration.tasks.compactMapValues { $0.schedule?.text }
        let command = Platform.Command.configureSchedules(
            schedules, host: service.site.site.host, now: Timestamp(microseconds: Int(WallTime.now.microseconds)))
        _ = try await service.persist("the schedules") { try await service.site.submit(command, as: "runner") }
    }

    /// Starts each type with `@start`, once.
    private func start() async throws {
        let entries = try await entries()
        for type in service.configuration.tasks.values.sorted(by: { $0.name < $1.name })
        where type.schedule?.kind == .start {
            let last = entries[type.name]?.last.microseconds ?? 0
            _ = await run(type, at: max(Int(WallTime.now.microseconds), last + 1))
        }
    }

    /// Runs what is due, until cancelled. What was missed comes before what runs at the service's start.
    func run() async throws {
        try await configure()
        var pause = try await look()
        try await start()
        while true {
            try await Task.sleep(for: .seconds(pause))
            pause = try await look()
        }
    }

    /// Starts what is due. Returns the seconds until there is something to look for again.
    private func look() async throws -> Int {
        HostZone.refresh()
        let now = Int(WallTime.now.microseconds) / 1_000_000
        var pause = Self.longestPause
        let entries = try await entries()
        for type in service.configuration.tasks.values.sorted(by: { $0.name < $1.name }) {
            guard case .cron(let fields)? = type.schedule?.kind, let last = entries[type.name]?.last else { continue }
            let (due, next) = DueRun.judge(fields, last: last, now: now, offset: HostZone.offset)
            if let next { pause = min(pause, max(1, next - now)) }
            if let due, await !run(type, at: due * 1_000_000) { pause = min(pause, Self.retryPause) }
        }
        return pause
    }

    /// Up to which moment each type has run, by type: one look at the log for all.
    private func entries() async throws -> [String: Schedules.Entry] {
        let host = service.site.site.host
        return try await service.persist("the schedules") {
            try await service.site.log.inspect { platform, _ in platform.tasks.schedules.entries(on: host) }
        }
    }

    /// False where it is to be tried again.
    private func run(_ type: TaskType, at microseconds: Int) async -> Bool {
        let host = service.site.site.host
        let moment = ScheduledRun(host: host, at: Timestamp(microseconds: microseconds).writable)
        do {
            let (task, isExisting) = try await service.persist("the scheduled task of type \(type.name)") {
                try await service.site.start(
                    type, app: nil, arguments: [:], unique: Self.key(type.name, on: host),
                    slots: service.configuration.slots, origin: TaskOrigin(actor: "runner", scheduled: moment))
            }
            if !isExisting { service.logger.info("task \(task) (\(type.name)) was due at \(moment.at)") }
            return !isExisting
        } catch {
            if error is CancellationError { return true }
            service.logger.error("the scheduled task of type \(type.name) is not started: \(error)")
            return false
        }
    }
}
