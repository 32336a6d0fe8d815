internal import EventStore
internal import Events
internal import Logging
internal import Projections
internal import System

/// Answers events as the configured reactions say. Each answer is one command whose id is made from the reaction and the
/// event, so it is given once: after a crash, and beside another runner. How far each reaction has come is kept in the
/// database, a little behind: what lies between is looked at twice, and answered once.
struct ReactionFollower: Sendable {
    /// Between two records of how far the reactions are.
    static let markInterval = Duration.seconds(2)

    private let service: Service
    private let runner: RunnerID
    /// What an event came from is read beside the commands.
    private let scan: LogScan

    init(service: Service, runner: RunnerID) throws {
        self.service = service
        self.runner = runner
        scan = try LogScan(service.site.site.endpoint)
    }

    /// Under what the place of a reaction is kept, in table `follower`.
    static func follower(_ name: String) -> String { "reaction-\(name)" }

    /// Follows the log until cancelled. Nothing outside the database is touched, so what is read needs not be durable: the
    /// answer's own commit makes it so.
    func run() async throws {
        while true {
            let reactions = service.configuration.reactions.sorted { $0.name < $1.name }
            if reactions.isEmpty { try await Task.sleep(for: Service.poll) } else { try await follow(reactions) }
        }
    }

    /// Follows as long as the configuration has these.
    private func follow(_ reactions: [Reaction]) async throws {
        var places = try await places(of: reactions)
        let hint = try? HintSocket(at: service.site.hints.follower("reactions-\(runner)"))
        var marked = places
        // Those that have as much parked as is kept: they stand still until they are retried.
        var halted: Set<String> = []
        var position = places.values.min() ?? 0
        var due = MonotonicTime.now
        while reactions == service.configuration.reactions.sorted(by: { $0.name < $1.name }) {
            try Task.checkCancellation()
            let from = position
            let events = try await service.persist("the reactions") {
                try await service.site.log.events(after: from, limit: Service.pageSize)
            }
            for event in events {
                position = event.position
                if let name = Self.retried(by: event), halted.remove(name) != nil {
                    position = places[name] ?? position
                    break
                }
                for reaction in reactions where !halted.contains(reaction.name) {
                    guard places[reaction.name, default: 0] < event.position else { continue }
                    let isDone = try await service.persist("reaction \(reaction.name)") {
                        try await react(reaction, to: event)
                    }
                    if isDone { places[reaction.name] = event.position } else { halted.insert(reaction.name) }
                }
            }
            if due <= .now {
                for reaction in reactions {
                    guard let place = places[reaction.name], place != marked[reaction.name] else { continue }
                    try await mark(reaction, place)
                    marked[reaction.name] = place
                }
                due = .now.advanced(by: Self.markInterval)
            }
            guard events.isEmpty else { continue }
            if let hint {
                _ = try await hint.wait(timeout: Service.poll)
            } else {
                try await Task.sleep(for: Service.poll)
            }
        }
    }

    private static func retried(by event: RecordedEvent) -> String? {
        guard event.type == Event.Kind.reactionRetried.rawValue,
            case .reactionRetried(let data)? = try? event.fact().event
        else { return nil }
        return data.reaction
    }

    /// How far each is. A new one begins where its configuration says, from then on.
    private func places(of reactions: [Reaction]) async throws -> [String: Position] {
        var places: [String: Position] = [:]
        for reaction in reactions {
            let known = try await service.persist("the reactions") {
                try await service.site.log.position(of: Self.follower(reaction.name))
            }
            if let known {
                places[reaction.name] = known
                continue
            }
            let beginning: Position =
                switch reaction.from {
                case .head: try await service.persist("the reactions") { try await service.site.log.head().position }
                case .start: 0
                case .position(let position): position
                }
            try await mark(reaction, beginning)
            places[reaction.name] = beginning
        }
        return places
    }

    private func mark(_ reaction: Reaction, _ position: Position) async throws {
        try await service.persist("the place of reaction \(reaction.name)") {
            try await service.site.log.followed(upTo: position, by: Self.follower(reaction.name))
        }
    }

    /// Answers an event; a retry by looking again at all that it names. False when no more can be parked.
    private func react(_ reaction: Reaction, to event: RecordedEvent) async throws -> Bool {
        if Self.retried(by: event) == reaction.name, case .reactionRetried(let data) = try event.fact().event {
            for position in data.positions {
                guard let past = try await scan.event(at: position) else { continue }
                guard try await answer(reaction, past, retry: event.position) else { return false }
            }
        }
        guard event.type == reaction.on.rawValue else { return true }
        return try await answer(reaction, event, retry: nil)
    }

    private func answer(_ reaction: Reaction, _ event: RecordedEvent, retry: Position?) async throws -> Bool {
        guard let order = reaction.order(for: reaction.on, try await scan.fields(of: event)) else { return true }
        let command = reaction.command(at: event.position, retry: retry)
        do {
            guard try await scan.causationDepth(of: event) < Reaction.maximumCausationDepth else {
                throw ReactionFailure(
                    "\(Reaction.maximumCausationDepth) events led here, each to the next: it may be leading to itself")
            }
            guard let type = service.configuration.tasks[reaction.start] else {
                throw ReactionFailure("there is no task type '\(reaction.start)'")
            }
            let (task, _) = try await service.site.start(
                type, app: order.app, arguments: order.arguments, unique: nil, slots: service.configuration.slots,
                origin: TaskOrigin(actor: "runner", id: command, causation: event.position))
            service.logger.info("reaction \(reaction.name) to event \(event.position) starts task \(task)")
            return true
        } catch {
            // Given before.
            if error is AlreadyAppended { return true }
            guard error is TaskRefusal || error is Refusal || error is ReactionFailure else { throw error }
            return try await park(reaction, event, command, "\(error)")
        }
    }

    private func park(
        _ reaction: Reaction, _ event: RecordedEvent, _ command: CommandID, _ problem: String
    ) async throws -> Bool {
        let parked = ReactionParked(reaction: reaction.name, position: event.position, problem: problem)
        do {
            _ = try await service.site.submit(
                .park(parked, by: runner), id: command, as: "runner", causation: event.position)
            service.logger.error("reaction \(reaction.name) to event \(event.position) is parked: \(problem)")
            return true
        } catch {
            // Parked before.
            if error is AlreadyAppended { return true }
            guard let refusal = error as? Refusal, refusal.code == .tooMany else { throw error }
            service.logger.error("reaction \(reaction.name) stands still at event \(event.position): \(refusal)")
            return false
        }
    }
}

/// Why a reaction does not get done with an event.
private struct ReactionFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
