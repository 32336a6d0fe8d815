import Events

/// What must not be.
struct Violation: Error {
    var rule: String

    init(_ rule: String) { self.rule = rule }
}

/// The rules again, as plainly as they can be said: lists, every pair compared, nothing kept from one question to the
/// next. It shares no code with the state machine and is fed with the events that the machine appended.
///
/// Sessions and paths are numbers here, so that thousands of runs fit into seconds without an optimiser.
struct Model {
    struct Session {
        var id: String
        /// The recorded ancestors.
        var line: [Int]
        var parent: Int?
        var host: String
        var task: String?
        var closes: Bool
        var living = true
        var hasProcess: Bool
    }

    struct Want {
        var path: Int
        var shared: Bool
    }

    struct Held {
        var token: Int
        var session: Int
        var lock: Want
    }

    struct Queued {
        var position: Int
        var request: String
        var session: Int
        var locks: [Want]
    }

    struct Task {
        var id: String
        var key: String?
        var hasLocks: Bool
        var state = "queued"
        var claims = 0
        var starts = 0
        var ends = 0
    }

    struct Runner {
        var id: String
        var host: String
        var session: String
    }

    var sessions: [Session] = []
    var held: [Held] = []
    var queue: [Queued] = []
    var tasks: [Task] = []
    var runners: [Runner] = []
    var lastToken = 0
    private(set) var paths: [String] = []
    private var overlap: [[Bool]] = []

    func index(_ id: String) -> Int? {
        for index in sessions.indices where sessions[index].id == id { return index }
        return nil
    }

    func session(_ id: String) -> Session? { index(id).map { sessions[$0] } }

    /// The number of a path; compares a new one with all that are known.
    mutating func number(_ path: String) -> Int {
        for index in paths.indices where paths[index] == path { return index }
        paths.append(path)
        overlap = paths.map { one in
            paths.map { other in zip(one.split(separator: "/"), other.split(separator: "/")).allSatisfy { $0 == $1 } }
        }
        return paths.count - 1
    }

    func conflict(_ one: Want, _ other: Want) -> Bool {
        !(one.shared && other.shared) && overlap[one.path][other.path]
    }

    func related(_ one: Int, _ other: Int) -> Bool {
        if one == other { return true }
        for elder in sessions[one].line where elder == other { return true }
        for elder in sessions[other].line where elder == one { return true }
        return false
    }

    /// A task that did not start, on a host without a runner, asks for nothing and holds nobody back.
    func takesPart(_ queued: Queued) -> Bool {
        let session = sessions[queued.session]
        guard session.task != nil, !session.hasProcess else { return true }
        for runner in runners where runner.host == session.host { return true }
        return false
    }
}

/// Who waits for whom at one moment.
struct Picture {
    let model: Model
    /// For each request: the tokens in its way, and the earlier requests (by their number in the queue).
    private(set) var holders: [[Int]] = []
    private var earlier: [[Int]] = []
    private var awaited: [[Int]] = []

    init(_ model: Model) {
        self.model = model
        for (number, queued) in model.queue.enumerated() {
            var sessions: [Int] = []
            var tokens: [Int] = []
            for held in model.held where !model.related(held.session, queued.session) {
                for lock in queued.locks where model.conflict(lock, held.lock) {
                    tokens.append(held.token)
                    sessions.append(held.session)
                }
            }
            var before: [Int] = []
            for other in 0..<number {
                let rival = model.queue[other]
                guard model.takesPart(rival), !model.related(rival.session, queued.session) else { continue }
                if conflict(rival, queued) {
                    before.append(other)
                    sessions.append(rival.session)
                }
            }
            holders.append(tokens)
            earlier.append(before)
            awaited.append(sessions)
        }
    }

    private func conflict(_ one: Model.Queued, _ other: Model.Queued) -> Bool {
        for mine in one.locks {
            for theirs in other.locks where model.conflict(mine, theirs) { return true }
        }
        return false
    }

    /// True when the request waits, through the graph, for a session.
    private func reaches(_ number: Int, _ target: Int) -> Bool {
        var seen = [Bool](repeating: false, count: model.sessions.count)
        var open = awaited[number]
        while let session = open.popLast() {
            if session == target { return true }
            if seen[session] { continue }
            seen[session] = true
            for child in model.sessions.indices where model.sessions[child].parent == session { open.append(child) }
            for other in model.queue.indices where model.queue[other].session == session { open += awaited[other] }
        }
        return false
    }

    /// The earlier requests that hold this one back: not those that wait for it.
    func precedents(_ number: Int) -> [Int] {
        var found: [Int] = []
        for other in earlier[number] where !reaches(other, model.queue[number].session) { found.append(other) }
        return found
    }

    func mayHave(_ number: Int) -> Bool {
        holders[number].isEmpty && model.takesPart(model.queue[number]) && precedents(number).isEmpty
    }

    /// The first in the queue that may have what it asks for.
    var first: Int? {
        for number in model.queue.indices where mayHave(number) { return number }
        return nil
    }
}
