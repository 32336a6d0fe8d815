import Events
import Projections
import Testing

/// The table of the sample platform's locks beside the state machine that grants them: each pair in turn.
@Suite("The sample platform's operations, pair by pair")
struct PlatformPairTests {
    static let pairs: [(String, String)] = {
        let names = (try? PlatformTable())?.operations.map(\.name) ?? []
        return names.flatMap { one in names.map { (one, $0) } }
    }()

    @Test("are granted together or one after the other, as the table says", arguments: pairs)
    func pair(_ first: String, _ second: String) throws {
        let table = try PlatformTable()
        let verdict = try #require(table.pairs[[first, second]])
        guard verdict != "own" else { return }
        var granter = Granter()
        let one = try #require(table.operations.first { $0.name == first })
        let other = try #require(table.operations.first { $0.name == second })
        let holds = try granter.takes(one.locks)
        try #require(holds, "\(first) is alone")
        let together = try granter.takes(other.locks)
        #expect(together == (verdict == "together"), "\(second) beside \(first)")
    }

    @Test("A long backup and an update that waits to be applied hold back no task on an app that is not being copied")
    func longBackup() throws {
        var granter = Granter()
        let backup = try granter.take(["/type/backup"])
        #expect(try granter.take(["/app/blog"], under: backup.session).granted)
        let update = try granter.take(["/type/update"])
        #expect(update.granted)
        // The update's apply waits behind the backup, and asks for / only when it has that.
        #expect(try !granter.take(["/type/backup"], under: update.session).granted)
        #expect(try granter.take(["/app/wiki"]).granted)
        #expect(try !granter.take(["/app/blog"]).granted)
    }
}

/// Gives out locks, each request in a session of its own.
private struct Granter {
    private var platform = Platform()
    private var head = 0
    private var sessions = 0

    mutating func takes(_ paths: [LockPath]) throws -> Bool {
        try take(paths.map(\.text)).granted
    }

    mutating func take(_ paths: [String], under parent: SessionID? = nil) throws -> (session: SessionID, granted: Bool)
    {
        sessions += 1
        let session = SessionID("s\(sessions)")
        let process = ProcessID(bootID: "b", pidNamespace: "n", pid: sessions, startTicks: 1)
        let opened = SessionOpened(
            session: session, parent: parent, host: "h", user: "u", process: process, program: "p")
        let locks = try paths.map { Lock(try #require(LockPath($0)), .exclusive) }
        var draft = Draft(after: head, at: Timestamp(microseconds: head))
        let reply = try platform.decide(
            .acquire(
                Acquisition(
                    holder: .opening(SessionOpening(opened)), request: RequestID("r\(sessions)"), locks: locks,
                    wait: true)), into: &draft)
        head = draft.head
        if case .granted = reply { return (session, true) }
        return (session, false)
    }
}
