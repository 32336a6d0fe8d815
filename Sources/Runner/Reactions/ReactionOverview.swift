internal import EventStore
public import Events
public import Projections

extension OpenSite {
    /// What the service does by itself with what happens. It begins with the state at its start, so nothing of it is parked:
    /// what fails is tried again.
    private static let builtIn: [(name: String, on: [Event.Kind], does: String)] = [
        ("attempts", [.taskClaimed], "starts the task's process"),
        ("stops", [.taskStopRequested], "tells the task's shim"),
        ("delays", [.taskQueued, .taskRetryScheduled], "presents the task when it is due"),
        ("sessions", [.sessionOpened], "ends the session when its process has ended"),
        ("waiters", [.lockRequested], "withdraws the request when its waiting process has ended"),
    ]

    /// The reactions of the service and those of `configuration`, with how far they are.
    public func reactions(of configuration: Configuration) async throws -> [ReactionRow] {
        let runner = try await log.position(of: "runner-\(site.host)")
        let (head, reactions) = try await log.inspect { platform, head in (head, platform.tasks.reactions) }
        var rows = Self.builtIn.map { one in
            ReactionRow(
                name: one.name, on: one.on.map(\.rawValue), does: one.does, isConfigured: false, position: runner,
                lag: runner.map { max(0, head - $0) }, parked: [])
        }
        for reaction in configuration.reactions.sorted(by: { $0.name < $1.name }) {
            let position = try await log.position(of: ReactionFollower.follower(reaction.name))
            rows.append(
                ReactionRow(
                    name: reaction.name, on: [reaction.on.rawValue], does: "starts a task of type \(reaction.start)",
                    isConfigured: true, position: position, lag: position.map { max(0, head - $0) },
                    parked: reactions.parked(of: reaction.name)))
        }
        return rows
    }

    /// Lets a reaction look again at the events at which it failed, and tells which they are.
    public func retry(reaction name: String) async throws -> [Position] {
        let reply = try await submit(.retryReaction(name, by: site.user))
        if case .retried(let positions) = reply { return positions }
        return []
    }
}
