internal import Events
internal import Projections

/// What is counted of the events as they are followed, since this service began. Holds the unfinished tasks' types and the
/// queued requests' times, so it is as large as the state and not as the history.
struct Tally: Sendable {
    /// What is counted apart.
    struct Ending: Hashable, Sendable {
        var type: String
        var outcome: String
    }

    /// Types of tasks that are counted apart; what comes after them is one.
    static let maximumEndings = 1000
    static let others = "other"
    /// A task whose type is not known: it was queued and ended before this service looked.
    static let unknown = "unknown"
    /// Ended tasks whose type is still known: one that is tried again has its type from before.
    static let rememberedTasks = 1024

    private(set) var endings: [Ending: Int] = [:]
    private(set) var retries = 0
    private(set) var lockWaits = Histogram()
    private var types: [TaskID: String] = [:]
    private var ended: [TaskID] = []
    private var requests: [RequestID: Timestamp] = [:]

    /// What is so already.
    mutating func begin(with platform: Platform) {
        for task in platform.tasks.unfinished { types[task.id] = task.order.type }
        for request in platform.locks.queue { requests[request.id] = request.since }
    }

    mutating func evolve(_ fact: Fact) {
        switch fact.event {
        case .taskQueued(let data): types[data.task] = data.type
        case .taskFinished(let data): count(data)
        case .taskRetryScheduled(let data): retry(data)
        case .lockRequested(let data): requests[data.request] = fact.at
        case .lockGranted(let data):
            guard let since = requests.removeValue(forKey: data.request) else { return }
            lockWaits.add(Double(max(0, fact.at.microseconds - since.microseconds)) / 1e6)
        case .lockWithdrawn(let data): requests[data.request] = nil
        case .lockRefused(let data): if let request = data.request { requests[request] = nil }
        default: break
        }
    }

    private mutating func retry(_ data: TaskRetryScheduled) {
        retries += 1
        if let order = data.order { types[data.task] = order.type }
        // Unfinished again: it is remembered however many end meanwhile.
        if let index = ended.lastIndex(of: data.task) { ended.remove(at: index) }
    }

    private mutating func count(_ data: TaskFinished) {
        var ending = Ending(type: types[data.task] ?? Self.unknown, outcome: data.outcome.rawValue)
        if endings[ending] == nil, endings.count >= Self.maximumEndings { ending.type = Self.others }
        endings[ending, default: 0] += 1
        ended.append(data.task)
        if ended.count > Self.rememberedTasks { types[ended.removeFirst()] = nil }
    }
}
