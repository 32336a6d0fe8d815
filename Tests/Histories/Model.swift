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

    enum Mode: String { case exclusive, shared, slot }

    struct Want: Equatable {
        var path: Int
        var mode: Mode
    }

    struct Wait: Equatable {
        var session: Int
        var task: String
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
        var locks: [Want]
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
    var waits: [Wait] = []
    var capacities: [Int: Int] = [:]
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
        (one.mode == .exclusive || other.mode == .exclusive) && overlap[one.path][other.path]
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

/// Slots.
extension Model {
    func isAbove(_ elder: Int, _ session: Int) -> Bool { sessions[session].line.contains(elder) }

    /// Who holds a slot of `path`, each once.
    func slotHolders(_ path: Int) -> [Int] {
        var found: [Int] = []
        for one in held where one.lock == Want(path: path, mode: .slot) && !found.contains(one.session) {
            found.append(one.session)
        }
        return found
    }

    /// Those that count have no ancestor among `holders`.
    func count(_ holders: [Int]) -> Int {
        var number = 0
        for one in holders where !holders.contains(where: { isAbove($0, one) }) { number += 1 }
        return number
    }

    /// True when a slot of its own, or of an ancestor, is among `holders`. A task without a session is nobody.
    func isServed(_ session: Int?, by holders: [Int]) -> Bool {
        guard let session else { return false }
        return holders.contains { $0 == session || isAbove($0, session) }
    }

    /// True when `session` may take a slot of `path` beside `holders` and `before` others.
    func hasSlot(_ path: Int, _ session: Int?, _ holders: [Int], before: Int = 0) -> Bool {
        let others = holders.filter { holder in session.map { !isAbove($0, holder) } ?? true }
        return count(others) + before + 1 <= capacities[path] ?? 0
    }
}
