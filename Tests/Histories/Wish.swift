import Events
import Projections

/// What was refused, put into the model as if it had been accepted.
struct Wish {
    private let refused: LockRefused
    private let opened: SessionOpened?
    private let order: TaskQueued?

    /// `facts` are those of the refusal.
    init(_ refused: LockRefused, of command: Platform.Command, _ facts: [Fact]) {
        self.refused = refused
        opened =
            facts.lazy.compactMap { fact in
                if case .sessionOpened(let data) = fact.event, data.session == refused.session { data } else { nil }
            }.first
        order = if case .queueTask(let order, _, _) = command, order.task == refused.task { order } else { nil }
    }

    /// Nil where there are too many orders to try.
    func isStuck(in before: Model) throws(Violation) -> Bool? {
        var world = before
        if let opened, world.index(opened.session.text) == nil { try world.open(opened) }
        guard let session = world.index(refused.session.text) else { throw Violation("nobody is refused") }
        if let order { world.queue(order) }
        if let task = refused.task {
            world.waits.append(Model.Wait(session: session, task: task.text))
        } else if !world.queue.contains(where: { $0.request == refused.request?.text }) {
            let position = (world.queue.last?.position ?? 0) + 1
            let locks = world.wants(refused.locks)
            world.queue.append(Model.Queued(position: position, request: "wish", session: session, locks: locks))
        }
        return EveryOrder.letsThrough(session, in: world).map { !$0 }
    }
}

extension Platform.Command {
    /// The same, asked by somebody who found out that `parties` live.
    func knowing(_ parties: Set<SessionID>) -> Self {
        switch self {
        case .acquire(var acquisition):
            acquisition.alive = parties
            return .acquire(acquisition)
        case .reconsider(let request, _): return .reconsider(request, alive: parties)
        case .awaitTask(let task, var awaiting):
            awaiting.alive = parties
            return .awaitTask(task, awaiting)
        case .queueTask(let order, let place, var awaiting):
            awaiting?.alive = parties
            return .queueTask(order, place, awaitedBy: awaiting)
        default: return self
        }
    }
}
