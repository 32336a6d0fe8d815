import Events
import Projections

extension World {
    /// The machine's answers are the model's.
    func compare() throws(Violation) {
        let held = Set(
            platform.locks.standing.flatMap { grant in
                grant.locks.map { "\(grant.token) \(grant.session) \($0.path) \($0.mode)" }
            })
        let modelled = Set(
            model.held.map {
                "\($0.token) \(model.sessions[$0.session].id) \(model.paths[$0.lock.path]) \($0.lock.mode)"
            })
        guard held == modelled else {
            throw Violation("the machine holds other locks than the model")
        }
        guard platform.locks.queue.map(\.id.text) == model.queue.map(\.request) else {
            throw Violation("the machine's queue is not the model's")
        }
        guard Set(platform.locks.sessions().map(\.id.text)) == Set(model.sessions.filter(\.living).map(\.id)) else {
            throw Violation("other sessions live than in the model")
        }
        let waits = Set(platform.locks.sessions().flatMap { one in one.awaits.map { "\(one.id) \($0.task)" } })
        guard waits == Set(model.waits.map { "\(model.sessions[$0.session].id) \($0.task)" }) else {
            throw Violation("other tasks are waited for than in the model")
        }
        let phases = Set(platform.tasks.unfinished.map { "\($0.id) \($0.phase)" })
        guard phases == Set(model.tasks.filter { $0.ends == 0 }.map { "\($0.id) \($0.state)" }) else {
            throw Violation("the tasks are not as far as in the model")
        }
        let picture = Picture(model)
        for (number, request) in platform.locks.queue.enumerated() {
            let blockers = platform.locks.blockers(of: request)
            let holders = Set(blockers.filter { $0.kind == .held }.map(\.position))
            let earlier = Set(blockers.filter { $0.kind == .queued }.map(\.position))
            guard holders == Set(picture.holders[number]),
                earlier == Set(picture.precedents(number).map { model.queue[$0].position })
            else { throw Violation("\(request.id) waits for others than in the model") }
        }
    }
}
