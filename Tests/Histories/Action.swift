import Seeds

/// One thing that somebody does. Sessions, tasks and hosts are named by small numbers, each standing for whoever bears it
/// at the time, so that a history still means something when actions are cut out of it.
enum Action: CustomStringConvertible {
    /// Under what a new session stands.
    enum Parent {
        case nobody
        case session(Int)
        case task(Int)
    }

    case open(Int, under: Parent, host: Int)
    case die([Int])
    case acquire(Int, [Want], wait: Bool)
    /// `lock acquire`: the session opens with its request and closes with the last of it.
    case openAndAcquire(Int, under: Parent, [Want], wait: Bool)
    case release(Int, grant: Int, path: Int?)
    case withdraw(Int)
    case queue(Int, [Want], host: Int, unique: Int?, delay: Int)
    case due(Int, host: Int)
    case register(host: Int, takeover: Bool)
    case retire(host: Int)
    case start(Int)
    case progress(Int)
    case stop(Int)
    case finish(Int)
    case restore(task: Int)
    /// `task retry` of one that is over.
    case retry(Int)
    /// A running task asks for more by itself.
    case acquireAsTask(Int, [Want])
    case downgrade(Int, grant: Int, path: Int)
    case breakGrant(Int, grant: Int, path: Int)
    case configure(slots: Int, capacity: Int)
    case await(Int, by: Int)
    /// `task wait` in a process of its own: a session opens with the wait.
    case openAndAwait(Int, task: Int, under: Parent)
    case endWait(Int, by: Int)
    /// `task run`: queued and awaited in one.
    case run(Int, [Want], host: Int, by: Int)

    /// One lock of a set.
    struct Want {
        var path: String
        var mode: Model.Mode
    }

    static let paths = ["/", "/a", "/a/b", "/a/b/c", "/a/bb", "/d", "/d/e", "/f"]
    static let slots = ["/s", "/d/s"]
    static let sessions = 7
    static let tasks = 4
    static let hosts = 2

    /// A host where little happens but asking: most of what is refused is refused here.
    static func crowded(_ random: inout Random) -> Action {
        let session = random.below(4)
        let task = random.below(2)
        switch random.below(48) {
        case 0..<4: return .open(session, under: random.chance(50) ? .nobody : .session(random.below(4)), host: 0)
        case 4..<26: return .acquire(session, wants(&random, few: true), wait: true)
        case 26..<30: return .release(session, grant: 0, path: nil)
        case 30..<33: return .queue(task, wants(&random, few: true), host: 0, unique: nil, delay: random.below(2))
        case 33..<36: return .await(task, by: session)
        case 36..<38: return .run(task, wants(&random, few: true), host: 0, by: session)
        case 38..<39: return .due(task, host: 0)
        case 39..<40: return .start(task)
        case 40..<42: return .acquireAsTask(task, wants(&random, few: true))
        case 42..<43: return .finish(task)
        case 43..<44: return .register(host: 0, takeover: false)
        case 44..<45: return .configure(slots: random.below(slots.count), capacity: 1 + random.below(2))
        case 45..<46: return .die([session])
        case 46..<47: return .downgrade(session, grant: random.below(3), path: 0)
        default: return .openAndAcquire(session, under: parent(&random), wants(&random, few: true), wait: true)
        }
    }

    static func random(_ random: inout Random) -> Action {
        let session = random.below(sessions)
        let task = random.below(tasks)
        let host = random.chance(80) ? 0 : 1
        switch random.below(120) {
        case 0..<12: return .open(session, under: parent(&random), host: host)
        case 12..<17: return .die((0...random.below(2)).map { _ in random.below(sessions) })
        case 17..<19: return .acquireAsTask(task, wants(&random))
        case 19..<40: return .acquire(session, wants(&random), wait: random.chance(85))
        case 40..<50: return .openAndAcquire(session, under: parent(&random), wants(&random), wait: random.chance(85))
        case 50..<64:
            return .release(session, grant: random.below(3), path: random.chance(40) ? random.below(3) : nil)
        case 64..<68: return .withdraw(session)
        case 68..<76:
            return .queue(
                task, random.chance(85) ? wants(&random) : [], host: host,
                unique: random.chance(30) ? random.below(2) : nil, delay: random.chance(80) ? 0 : 1 + random.below(9))
        case 76..<79: return .due(task, host: host)
        case 79..<82: return .register(host: host, takeover: random.chance(40))
        case 82..<85: return .retire(host: host)
        case 85..<90: return .start(task)
        case 90..<91: return .progress(task)
        case 91..<94: return .stop(task)
        case 94..<98: return .finish(task)
        case 98: return .retry(task)
        case 99: return .restore(task: task)
        case 100..<103: return .downgrade(session, grant: random.below(3), path: random.below(3))
        case 103..<104: return .breakGrant(session, grant: random.below(3), path: random.below(3))
        case 104..<105: return .configure(slots: random.below(slots.count), capacity: 1 + random.below(3))
        case 105..<112: return .await(task, by: session)
        case 112..<115: return .openAndAwait(session, task: task, under: parent(&random))
        case 115..<116: return .endWait(task, by: session)
        default: return .run(task, wants(&random), host: host, by: session)
        }
    }

    private static func parent(_ random: inout Random) -> Parent {
        switch random.below(10) {
        case 0..<3: .nobody
        case 3..<8: .session(random.below(sessions))
        default: .task(random.below(tasks))
        }
    }

    private static func wants(_ random: inout Random, few: Bool = false) -> [Want] {
        let count = few ? 1 : [1, 1, 1, 2, 2, 3][random.below(6)]
        return (0..<count).map { _ in
            if random.chance(25) { return Want(path: slots[random.below(slots.count)], mode: .slot) }
            let path = few ? ["/a", "/a/b", "/d/e", "/f"][random.below(4)] : paths[random.below(paths.count)]
            return Want(path: path, mode: random.chance(40) ? .shared : .exclusive)
        }
    }

    var description: String {
        func list(_ wants: [Want]) -> String {
            wants.map { ($0.mode == .exclusive ? "" : "\($0.mode) ") + $0.path }.joined(separator: ", ")
        }
        switch self {
        case .open(let session, let parent, let host): return "open s\(session) under \(parent) on h\(host)"
        case .die(let sessions): return "die " + sessions.map { "s\($0)" }.joined(separator: ", ")
        case .acquire(let session, let wants, let wait):
            return "s\(session) acquires \(list(wants))\(wait ? "" : ", no wait")"
        case .openAndAcquire(let session, let parent, let wants, let wait):
            return "open s\(session) under \(parent) and acquire \(list(wants))\(wait ? "" : ", no wait")"
        case .release(let session, let grant, let path):
            return "s\(session) releases grant \(grant)" + (path.map { ", path \($0) of it" } ?? "")
        case .withdraw(let session): return "s\(session) withdraws"
        case .queue(let task, let wants, let host, let unique, let delay):
            return "queue t\(task) for h\(host), locks [\(list(wants))], key \(unique ?? -1), delay \(delay)"
        case .due(let task, let host): return "t\(task) is due on h\(host)"
        case .register(let host, let takeover):
            return "a runner registers on h\(host)" + (takeover ? ", the old one is dead" : "")
        case .retire(let host): return "the runner of h\(host) retires"
        case .start(let task): return "t\(task) starts"
        case .progress(let task): return "t\(task) progresses"
        case .stop(let task): return "stop t\(task)"
        case .finish(let task): return "t\(task) finishes"
        case .retry(let task): return "t\(task) is retried"
        case .restore(let task): return "t\(task)'s session ends: restored"
        case .acquireAsTask(let task, let wants): return "t\(task) acquires \(list(wants))"
        case .downgrade(let session, let grant, let path):
            return "s\(session) downgrades path \(path) of grant \(grant)"
        case .breakGrant(let session, let grant, let path):
            return "somebody breaks s\(session)'s grant \(grant), path \(path)"
        case .configure(let slots, let capacity): return "\(Self.slots[slots]) has \(capacity) slots"
        case .await(let task, let session): return "s\(session) waits for t\(task)"
        case .openAndAwait(let session, let task, let parent):
            return "open s\(session) under \(parent) and wait for t\(task)"
        case .endWait(let task, let session): return "s\(session) waits for t\(task) no more"
        case .run(let task, let wants, let host, let session):
            return "s\(session) runs t\(task) on h\(host), locks [\(list(wants))]"
        }
    }
}
