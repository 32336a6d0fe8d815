import EventStore
import Events
import Projections
import Runner
import System

/// What the doctor asks the database.
extension Examination {
    /// Microseconds by which the host's clock and the database's may differ.
    private static let clockTolerance = 2_000_000

    mutating func database(_ context: Context) async {
        if let server = context.privateServer, server.exists {
            if server.answers() {
                let restriction = PrivateServer.restriction.map { "; \($0)" } ?? ""
                found("private-server", "it answers in \(server.directory)" + restriction)
            } else {
                problem(
                    "private-server", "it does not run in \(server.directory)", hint: "Start it with: interlock serve",
                    .unavailable)
                return
            }
        }
        let before = WallTime.now
        let scan: LogScan
        let health: ServerHealth
        do {
            scan = try context.scan()
            health = try await scan.health()
            found("database", "\(try context.endpoint()) answers: \(health.version)")
        } catch {
            return problem("database", error)
        }
        settings(health)
        clock(health.now, between: before, and: WallTime.now)
        let schema = SchemaStanding(installed: health.schemaVersion, needed: Schema.currentVersion)
        if let advice = schema.advice {
            return problem("schema", schema.finding, hint: sentence(advice), .configuration)
        }
        found("schema", schema.finding)
        guard schema.state == .current else { return }
        await log(scan, context.configuration)
    }

    private mutating func settings(_ health: ServerHealth) {
        guard !health.problems.isEmpty else { return found("settings", "what is acknowledged survives a crash") }
        for error in health.problems { problem("settings", error) }
    }

    private mutating func clock(_ database: Timestamp, between before: WallTime, and after: WallTime) {
        let ahead = database.microseconds - Int(after.microseconds)
        let behind = Int(before.microseconds) - database.microseconds
        let step = max(ahead, behind, 0)
        guard step > Self.clockTolerance else { return found("clock", "host and database agree") }
        problem(
            "clock", "the database's clock is \(step / 1_000_000) s \(ahead > 0 ? "ahead of" : "behind") the host's",
            hint: "Let both follow the same time server (chrony, systemd-timesyncd)", .failed)
    }

    private mutating func log(_ scan: LogScan, _ configuration: Configuration) async {
        do {
            let (platform, head) = try await scan.current(Platform.self)
            found("log", "it ends at position \(head.position)")
            let hints = try await scan.hints()
            let isReady = !Directory.contains(hints.path) || FileSystem.isWritable(hints.path)
            if isReady {
                found("hints", hints.path)
            } else {
                problem(
                    "hints", "\(hints.path) is not writable: waiters poll instead of being woken",
                    hint: "chmod 1777 \(hints.path)", .notPermitted)
            }
            runner(platform, host: configuration.host.id ?? Host.name)
            notifications(platform, configuration.channels)
        } catch {
            problem("log", error)
        }
    }

    /// A host without a runner starts no tasks; locks work without one.
    private mutating func runner(_ platform: Platform, host: String) {
        let hint = "Start it with: interlock serve"
        guard let runner = platform.tasks.runner(on: host) else {
            return problem("runner", "none is registered for host \(host): tasks wait", hint: hint, .unavailable)
        }
        let process = platform.locks.session(runner.session)?.process
        guard let process, let identity = ProcessIdentity(process) else {
            return found("runner", "\(runner.id) is registered for host \(host)")
        }
        switch identity.liveness() {
        case .alive: found("runner", "\(runner.id) is process \(process.pid)")
        case .unknown(let why): found("runner", "\(runner.id) is registered; \(why)")
        case .dead(let evidence):
            problem("runner", "\(runner.id) is registered but dead: \(evidence)", hint: hint, .unavailable)
        }
    }
}
