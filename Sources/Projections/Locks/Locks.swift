public import Events

/// Sessions, what they hold and what they wait for.
///
/// A lock on a path covers all below it. Two locks conflict when one path equals or contains the other and not both are
/// shared, unless one session is the other's ancestor or the same. A request names a set of locks and gets all at once.
public struct Locks: Sendable {
    var sessions = Sessions()
    var ancestry = Ancestry()
    /// Those that are not left as they were stored (`held.stored`).
    var grants: [Position: Grant] = [:]
    var requests: [Position: Request] = [:]
    /// Requests by id: the position where they queue or, once granted, their token, unless that is left as it was stored.
    private(set) var positions: [RequestID: Position] = [:]
    var held = HeldLocks()
    /// The requests that are in the queue and hold later ones back; not those of tasks that nobody could start.
    var waiting = LockIndex()
    var taskSessions: [TaskID: SessionID] = [:]
    var processes: [ProcessID: SessionID] = [:]
    /// How many may hold a slot of a path at one time.
    var capacities: [LockPath: Int] = [:]
    /// Who waits for a task's end.
    var awaiting: [TaskID: Set<SessionID>] = [:]
    /// Sessions with a request in the queue that wait for something else too: a request of theirs may be free and yet not
    /// be granted, because nobody could get through then.
    private(set) var entangled: Set<SessionID> = []
    /// The sessions of tasks that did not start yet.
    private var unstarted: [SessionID: (task: TaskID, host: String)] = [:]

    /// Hosts with a registered runner: known from Tasks, not stored with the locks.
    private(set) var servedHosts: Set<String> = []
    /// Requests of tasks that no runner could start now, by host. They are neither granted nor do they hold back others.
    private(set) var dormant: [String: Set<Position>] = [:]
    /// What unfinished tasks without a session are going to ask for: known from Tasks, not stored with the locks.
    private(set) var upcoming: [TaskID: [Lock]] = [:]

    /// No sessions and no locks.
    public init() {}

    /// Follows a `session.…`, `lock.…`, `slots.…` or `task.wait-…` event; others are none of its business.
    public mutating func evolve(_ fact: Fact) throws(HistoryError) {
        switch fact.event {
        case .sessionOpened(let data): try open(data, fact)
        case .sessionEnded(let data): try end(data, fact)
        case .lockRequested(let data): try request(data, fact)
        case .lockGranted(let data): try grant(data, fact)
        case .lockWithdrawn(let data): try withdraw(data, fact)
        case .lockReleased(let data): try release(data, fact)
        case .lockRefused(let data): try refuse(data, fact)
        case .lockDowngraded(let data): try downgrade(data, fact)
        case .slotsConfigured(let data):
            guard data.capacity > 0 else { throw fact.error("\(data.path) gets no slot at all") }
            capacities[data.path] = data.capacity
        case .taskWaitBegan(let data): try beginWait(data, fact)
        case .taskWaitEnded(let data): try endWait(data.task, by: data.session, fact)
        default: break
        }
    }

    private mutating func open(_ data: SessionOpened, _ fact: Fact) throws(HistoryError) {
        guard !sessions.contains(data.session), !ancestry.ended.contains(data.session) else {
            throw fact.error("session \(data.session) was opened before")
        }
        if let parent = data.parent, !sessions.contains(parent) {
            throw fact.error("parent \(parent) is no living session")
        }
        if let task = data.task, taskSessions[task] != nil { throw fact.error("task \(task) has a session") }
        insert(Session(data, position: fact.position, at: fact.at))
    }

    @discardableResult
    mutating func insert(_ session: consuming Session) -> Int {
        if let task = session.task {
            taskSessions[task] = session.id
            upcoming[task] = nil
            if session.process == nil { unstarted[session.id] = (task, session.host) }
        }
        if let process = session.process { processes[process] = session.id }
        ancestry.open(session.id, under: session.parent)
        for wait in session.awaits { awaiting[wait.task, default: []].insert(session.id) }
        let parent = session.parent
        let number = sessions.insert(session)
        if let parent { judgeEntanglement(of: parent) }
        return number
    }

    private mutating func end(_ data: SessionEnded, _ fact: Fact) throws(HistoryError) {
        guard let session = sessions[data.session] else {
            throw fact.error("session \(data.session) is not living")
        }
        guard session.tokens.isEmpty, session.requests.isEmpty, session.awaits.isEmpty else {
            throw fact.error("session \(data.session) ends while it holds or waits for something")
        }
        sessions.remove(data.session)
        if let task = session.task {
            taskSessions[task] = nil
            unstarted[session.id] = nil
        }
        if let process = session.process, processes[process] == session.id { processes[process] = nil }
        ancestry.end(data.session)
        if let parent = session.parent { judgeEntanglement(of: parent) }
    }

    private mutating func request(_ data: LockRequested, _ fact: Fact) throws(HistoryError) {
        guard sessions.contains(data.session) else { throw fact.error("session \(data.session) is not living") }
        guard !isKnown(data.request) else { throw fact.error("request \(data.request) was made before") }
        guard !data.locks.isEmpty else { throw fact.error("request \(data.request) names no lock") }
        if let slot = data.locks.first(where: { $0.mode == .slot && capacities[$0.path] == nil }) {
            throw fact.error("the slot path \(slot.path) has no capacity")
        }
        insert(
            Request(
                position: fact.position, id: data.request, session: data.session, locks: data.locks, since: fact.at,
                reason: data.reason, deadline: data.deadline, waiter: data.waiter))
    }

    mutating func insert(_ request: Request) {
        positions[request.id] = request.position
        requests[request.position] = request
        sessions.change(request.session) { $0.requests.append(request.position) }
        judgeEntanglement(of: request.session)
        if let host = hostOfUnstartedTask(request.session), !servedHosts.contains(host) {
            dormant[host, default: []].insert(request.position)
        } else {
            enqueue(request)
        }
    }

    private mutating func grant(_ data: LockGranted, _ fact: Fact) throws(HistoryError) {
        guard let position = positions[data.request], let request = requests[position],
            request.session == data.session, request.locks == data.locks
        else { throw fact.error("request \(data.request) is not in the queue as granted") }
        var taken: Lock?
        _ = visitHolders(inTheWayOf: data.locks, of: asker(of: request)) { lock, _ in
            taken = lock
            return true
        }
        if let taken { throw fact.error("\(taken.path) is held by another session") }
        remove(request)
        insert(
            Grant(
                token: fact.position, request: data.request, session: data.session, locks: data.locks, since: fact.at,
                reason: request.reason))
    }

    mutating func insert(_ grant: Grant) {
        sessions.change(grant.session) { $0.tokens.append(grant.token) }
        index(grant)
    }

    /// For a grant whose session knows it already.
    private mutating func index(_ grant: Grant) {
        guard let number = sessions.number(of: grant.session) else { return }
        positions[grant.request] = grant.token
        for lock in grant.locks { held.insert(lock, position: grant.token, session: number) }
        grants[grant.token] = grant
    }

    /// Makes a grant of what was left as it was stored: it is about to change. Where many do, of all.
    private mutating func unpack(_ token: Position) {
        guard let row = held.storedRow(of: token) else { return }
        for row in held.isWorn ? held.storedRows : [row] {
            if let grant = storedGrant(row) { index(grant) }
            held.take(row: row)
        }
    }

    private mutating func withdraw(_ data: LockWithdrawn, _ fact: Fact) throws(HistoryError) {
        guard let position = positions[data.request], let request = requests[position],
            request.session == data.session
        else { throw fact.error("request \(data.request) is not in the queue") }
        remove(request)
    }

    private mutating func release(_ data: LockReleased, _ fact: Fact) throws(HistoryError) {
        unpack(data.token)
        guard let grant = grants[data.token], grant.session == data.session else {
            throw fact.error("token \(data.token) does not stand")
        }
        guard !data.locks.isEmpty, data.locks.allSatisfy(grant.locks.contains) else {
            throw fact.error("token \(data.token) does not hold what is released")
        }
        if let number = sessions.number(of: data.session) {
            for lock in data.locks { held.remove(lock, position: data.token, session: number) }
        }
        let remaining = grant.locks.filter { !data.locks.contains($0) }
        guard remaining.isEmpty else {
            grants[data.token]?.locks = remaining
            return
        }
        grants[data.token] = nil
        positions[grant.request] = nil
        sessions.change(data.session) { $0.tokens.removeLast(where: data.token) }
    }

    private mutating func refuse(_ data: LockRefused, _ fact: Fact) throws(HistoryError) {
        guard sessions.contains(data.session) else { throw fact.error("session \(data.session) is not living") }
        // A request or a wait that is refused when it is made was never there.
        if let id = data.request, let position = positions[id], let request = requests[position] { remove(request) }
        if let task = data.task, isAwaiting(task, data.session) {
            try endWait(task, by: data.session, fact)
        }
    }

    private mutating func downgrade(_ data: LockDowngraded, _ fact: Fact) throws(HistoryError) {
        unpack(data.token)
        guard let grant = grants[data.token], grant.session == data.session,
            let index = grant.locks.firstIndex(of: Lock(data.path, .exclusive)),
            let number = sessions.number(of: data.session)
        else { throw fact.error("token \(data.token) does not hold \(data.path) exclusively") }
        held.remove(grant.locks[index], position: data.token, session: number)
        grants[data.token]?.locks[index].mode = .shared
        held.insert(Lock(data.path, .shared), position: data.token, session: number)
    }

    private mutating func remove(_ request: Request) {
        positions[request.id] = nil
        requests[request.position] = nil
        sessions.change(request.session) { $0.requests.removeLast(where: request.position) }
        judgeEntanglement(of: request.session)
        dequeue(request)
        if let host = hostOfUnstartedTask(request.session) { wake(request.position, on: host) }
    }

    private mutating func enqueue(_ request: Request) {
        guard let number = sessions.number(of: request.session) else { return }
        for lock in request.locks { waiting.insert(lock, position: request.position, session: number) }
    }

    private mutating func dequeue(_ request: Request) {
        guard let number = sessions.number(of: request.session) else { return }
        for lock in request.locks { waiting.remove(lock, position: request.position, session: number) }
    }

    private mutating func wake(_ position: Position, on host: String) {
        guard !dormant.isEmpty else { return }
        dormant[host]?.remove(position)
        if dormant[host]?.isEmpty == true { dormant[host] = nil }
    }
}

/// Who waits for a task's end.
extension Locks {
    private mutating func beginWait(_ data: TaskWaitBegan, _ fact: Fact) throws(HistoryError) {
        guard sessions.contains(data.session) else { throw fact.error("session \(data.session) is not living") }
        guard !isAwaiting(data.task, data.session) else {
            throw fact.error("session \(data.session) waits for it already")
        }
        sessions.change(data.session) { $0.awaits.append(Await(task: data.task, since: fact.at)) }
        awaiting[data.task, default: []].insert(data.session)
        judgeEntanglement(of: data.session)
    }

    private mutating func endWait(_ task: TaskID, by session: SessionID, _ fact: Fact) throws(HistoryError) {
        guard isAwaiting(task, session) else {
            throw fact.error("session \(session) does not wait for task \(task)")
        }
        sessions.change(session) { $0.awaits.removeAll { $0.task == task } }
        awaiting[task]?.remove(session)
        if awaiting[task]?.isEmpty == true { awaiting[task] = nil }
        judgeEntanglement(of: session)
    }

    func isAwaiting(_ task: TaskID, _ session: SessionID) -> Bool {
        sessions[session]?.awaits.contains { $0.task == task } ?? false
    }

    /// True when a session waits for something else than so many requests of its own.
    func waits(_ id: SessionID, besides requests: Int) -> Bool {
        guard let session = sessions[id] else { return false }
        return session.requests.count > requests || !session.awaits.isEmpty || ancestry.children[id] != nil
    }

    private mutating func judgeEntanglement(of id: SessionID) {
        guard sessions[id]?.requests.isEmpty == false, waits(id, besides: 1) else {
            if !entangled.isEmpty { entangled.remove(id) }
            return
        }
        entangled.insert(id)
    }
}

/// What Tasks tells: it is not in the locks' own events.
extension Locks {
    /// A task is queued; until its session opens, this is what it is going to ask for.
    mutating func foresee(_ task: TaskID, _ locks: [Lock]) {
        if taskSessions[task] == nil { upcoming[task] = locks }
    }

    /// A task is finished.
    mutating func forget(_ task: TaskID) { upcoming[task] = nil }

    /// A runner serves `host` from now on: its tasks take part.
    mutating func serve(_ host: String) {
        servedHosts.insert(host)
        for position in dormant.removeValue(forKey: host)?.sorted() ?? [] {
            if let request = requests[position] { enqueue(request) }
        }
    }

    /// No runner serves `host` any more: its unstarted tasks step back.
    mutating func abandon(_ host: String) {
        servedHosts.remove(host)
        for request in unstarted(on: host) {
            dequeue(request)
            dormant[host, default: []].insert(request.position)
        }
    }

    /// A task has started: its session is a process from now on.
    mutating func adopt(_ process: ProcessID, as id: SessionID) {
        guard let session = sessions[id] else { return }
        sessions.change(id) { $0.process = process }
        unstarted[id] = nil
        processes[process] = id
        for position in session.requests where dormant[session.host]?.contains(position) == true {
            wake(position, on: session.host)
            if let request = requests[position] { enqueue(request) }
        }
    }

    /// The requests of tasks on `host` that did not start yet, in queue order.
    func unstarted(on host: String) -> [Request] {
        requests.values.filter { hostOfUnstartedTask($0.session) == host }.sorted { $0.position < $1.position }
    }

    /// The task whose session this is, while it has no process: what it asks for is the task's own set.
    func unstartedTask(_ id: SessionID) -> TaskID? { unstarted[id]?.task }

    /// The host of such a task.
    func hostOfUnstartedTask(_ id: SessionID) -> String? { unstarted[id]?.host }
}

extension Array where Element: Equatable {
    fileprivate mutating func removeLast(where element: Element) {
        if let index = lastIndex(of: element) { remove(at: index) }
    }
}

extension Fact {
    func error(_ problem: String) -> HistoryError {
        HistoryError(position: position, problem: problem)
    }
}
