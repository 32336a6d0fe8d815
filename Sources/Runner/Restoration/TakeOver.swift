internal import EventStore
internal import Events
public import Projections
internal import System

/// Taking over a database that was restored from an older dump than what this host has seen of it.
public struct TakeOver: Sendable {
    /// Why it is not done.
    public enum Failure: Error, Sendable {
        /// The database goes through everything that was seen from here.
        case nothingToAdopt(head: Int)
        /// The runner of this host lives, with what it knew before.
        case runnerLives(pid: Int)
    }

    private let site: Site
    private let seen: HighestSeen
    private let log: MySQLLog<Platform>
    private let rules: NoticeRules

    /// Connects, and looks neither at what was seen nor at what runs. People are told of it by `rules`.
    public init(_ site: Site, rules: NoticeRules) async throws {
        (self.site, self.rules) = (site, rules)
        seen = site.highestSeen
        log = try MySQLLog(site.endpoint, newDatabaseID: try NewID.database())
        try await log.open()
    }

    /// Finds out what is to be done, and does nothing. Throws `Failure`.
    public func survey() async throws -> Adoption { try await survey(attempts: AttemptSurvey(site, isTrial: true)) }

    /// Does it, in one transaction. Nothing is killed. Where it fails nothing is appended, and it can be repeated.
    public func adopt() async throws -> Adoption {
        var adoption = try await survey(attempts: AttemptSurvey(site, isTrial: false))
        let receipt = try await log.submit(
            Submission(
                id: try NewID.command(), command: Platform.Command.telling(.adopt(adoption.restoration), by: rules),
                actor: site.user, host: site.host))
        (adoption.position, adoption.isDone) = (receipt.positions.lowerBound, true)
        seen.saw(try await log.head(), of: await log.databaseID)
        seen.sync()
        return adoption
    }

    private func survey(attempts: AttemptSurvey) async throws -> Adoption {
        let scan = try LogScan(site.endpoint)
        guard try await scan.problem(of: seen) != nil else {
            throw Failure.nothingToAdopt(head: try await scan.head().position)
        }
        let highest = try seen.highest()?.head.position ?? 0
        let (platform, head) = try await log.inspect { ($0, $1) }
        let runner = platform.tasks.runner(on: site.host).flatMap { platform.locks.session($0.session) }
        if let runner, evidence(against: runner) == nil { throw Failure.runnerLives(pid: runner.process?.pid ?? 0) }

        var restoration = Restoration(previousHead: head, highest: max(head, highest), by: site.user)
        var kept: [SessionID] = []
        var names: [SessionID: String] = [:]
        for session in platform.locks.sessions() where session.task.flatMap(platform.tasks.task) == nil {
            names[session.id] = session.name
            if let evidence = evidence(against: session) {
                restoration.ends.append(SessionEnded(session: session.id, cause: .restored, evidence: evidence))
            } else {
                kept.append(session.id)
            }
        }
        var (running, over): ([TaskID], [TaskID]) = ([], [])
        for task in platform.tasks.unfinished where task.phase != .queued {
            switch try attempts.finding(of: task) {
            case .runs: running.append(task.id)
            case .isOver: over.append(task.id)
            case .ends(let end): restoration.attempts.append(end)
            }
        }
        var adoption = Adoption(
            restoration, kept: kept, running: running, over: over,
            strays: try attempts.strays(besides: platform.tasks.claimed(on: site.host)))
        adoption.names = names
        return adoption
    }

    /// Why a session is not proven alive; nil where it is.
    private func evidence(against session: Session) -> String? {
        let told = "the log was restored from an older dump, and "
        guard session.host == site.host else { return told + "host \(session.host) cannot be asked from here" }
        guard let process = session.process, let identity = ProcessIdentity(process) else {
            return told + "the session has no process"
        }
        return switch identity.liveness() {
        case .alive: nil
        case .dead(let evidence): told + evidence
        case .unknown(let why): told + why
        }
    }
}
