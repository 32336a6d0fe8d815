import EventStore
import Events
import MySQL
import Projections
import Runner
import System

/// Commands as programs give them, from processes that are not there.
struct Workload: Sendable {
    let site: OpenSite
    private let bootID: String

    init(site: OpenSite) throws {
        self.site = site
        bootID = try ProcessIdentity.current.bootID
    }

    /// A session of a process that nobody looks for.
    func opening(_ number: Int) throws -> SessionOpening {
        let process = ProcessID(
            bootID: bootID, pidNamespace: "4026531836", pid: 1_000_000 + number,
            startTicks: 100_000 + number)
        return SessionOpening(
            SessionOpened(
                session: try NewID.session(of: site.databaseID), host: site.site.host, user: site.site.user,
                process: process, program: "backup.sh", closesWhenIdle: false))
    }

    func openSession(_ number: Int) async throws -> SessionID {
        try await open(try opening(number))
    }

    /// The session of a process that lives: others may wait for what it holds, and look whether it does.
    func openSession(of process: ProcessIdentity) async throws -> SessionID {
        var opening = try opening(0)
        opening.session.process = ProcessID(process)
        return try await open(opening)
    }

    private func open(_ opening: SessionOpening) async throws -> SessionID {
        _ = try await site.submit(.openSession(opening))
        return opening.session.session
    }

    func end(_ session: SessionID) async throws {
        _ = try await site.submit(
            .endSessions([SessionEnded(session: session, cause: .exited, evidence: "exit code 0")]))
    }

    /// Takes a lock that is free; its token.
    func acquire(_ path: String, _ session: SessionID) async throws -> Position {
        guard let path = LockPath(path) else { throw Failure(description: "\(path) is no path") }
        let reply = try await site.submit(
            .acquire(
                Acquisition(
                    holder: .session(session), request: try NewID.request(), locks: [Lock(path, .exclusive)],
                    wait: false)))
        guard case .granted(let token, _, _) = reply else { throw Failure(description: "\(path) is not free") }
        return token
    }

    func cycle(_ path: String, _ session: SessionID) async throws {
        let token = try await acquire(path, session)
        _ = try await site.submit(.release(token: token))
    }

    /// Holds `count` locks, by 100 sessions.
    func hold(_ count: Int) async throws {
        var sessions: [SessionID] = []
        for number in 0..<min(count, 100) { sessions.append(try await openSession(10_000 + number)) }
        let holders = sessions
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<64 {
                group.addTask {
                    for number in stride(from: worker, to: count, by: 64) {
                        let session = holders[number % holders.count]
                        _ = try await acquire("/held/\(number / 100)/\(number)", session)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// One whole task, as a runner reports it: five commands.
    func task(_ name: String, _ runner: RunnerID) async throws {
        guard let path = LockPath("/app/\(name)") else { throw Failure(description: "\(name) is no app") }
        let (task, session) = (try NewID.task(), try NewID.session(of: site.databaseID))
        let place = TaskSession(
            session: session, request: try NewID.request(), host: site.site.host, user: site.site.user)
        let order = TaskQueued(
            task: task, type: "app-backup", app: name, arguments: ["seconds": "1"], locks: [Lock(path, .exclusive)],
            requestedBy: site.site.user)
        _ = try await site.submit(.queueTask(order, place), correlation: task.text)
        let process = ProcessID(
            bootID: bootID, pidNamespace: "4026531836", pid: 4711, startTicks: 4711)
        _ = try await site.submit(
            .taskStarted(TaskStarted(task: task, attempt: 1, session: session, process: process), by: runner))
        _ = try await site.submit(.taskProgressed(TaskProgressed(task: task, attempt: 1, percent: 50), by: runner))
        _ = try await site.submit(
            .taskFinished(
                TaskFinished(
                    task: task, attempt: 1, outcome: .succeeded, exitCode: 0, evidence: "exit code 0",
                    usage: Usage(cpuMilliseconds: 12, maxResidentBytes: 5 << 20)), by: runner))
    }

    func register() async throws -> RunnerID {
        let runner = try NewID.runner()
        _ = try await site.submit(
            .registerRunner(
                RunnerRegistration(runner: runner, host: site.site.host, holder: .opening(try opening(1)))))
        return runner
    }
}
