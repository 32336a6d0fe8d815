import Events
import Projections
import Testing

@Suite("Views")
struct ViewTests {
    func scene() throws -> Scene {
        var scene = Scene()
        try scene.open("a")
        try scene.acquire("a", "x:/b", "s:/a", as: "ra")
        try scene.open("b", under: nil)
        try scene.acquire("b", "x:/b/c", as: "rb")
        return scene
    }

    @Test("The lock list, byte for byte")
    func lockList() throws {
        let scene = try scene()
        let table = LockTable(scene.platform.locks, at: 6)
        let holderA = #"{"host":"h1","pid":101,"user":"root","program":"p","label":"l"}"#
        let holderB = #"{"host":"h1","pid":102,"user":"root","program":"p","label":"l"}"#
        let held = [
            #"{"path":"/a","mode":"shared","session":"a","token":3,"since":"1970-01-01T00:00:02.000000Z","#
                + #""reason":"because","holder":"# + holderA + "}",
            #"{"path":"/b","mode":"exclusive","session":"a","token":3,"since":"1970-01-01T00:00:02.000000Z","#
                + #""reason":"because","holder":"# + holderA + "}",
        ]
        let waiting =
            #"{"request":"rb","path":"/b/c","mode":"exclusive","session":"b","since":"1970-01-01T00:00:04.000000Z","#
            + #""sincePosition":5,"reason":"because","behind":[{"session":"a","path":"/b","kind":"held"}],"holder":"#
            + holderB + "}"
        #expect(
            view(of: table, for: .administrator).text
                == #"{"position":6,"held":[\#(held.joined(separator: ","))],"waiting":[\#(waiting)]}"#)
    }

    @Test("The mail server's credentials: a line an app, for administrators alone", arguments: Role.allCases)
    func credentials(_ role: Role) {
        let viewer = Viewer(role: role, name: "ann", operates: ["blog"])
        let credentials = ["blog", "wiki"].map { MailCredential(user: $0, saltedHash: [1, 2]) }
        let text = String(decoding: rendition(of: credentials, for: viewer).bytes, as: UTF8.self)
        #expect(text == (viewer.isAdministrator ? "blog:{SSHA256}AQI=::::::\nwiki:{SSHA256}AQI=::::::\n" : ""))
        #expect(view(of: credentials, for: viewer).rows.count == (viewer.isAdministrator ? 2 : 0))
    }

    @Test("A lesser role sees no reasons, labels, programs or arguments", arguments: Role.allCases)
    func lesserRoles(_ role: Role) throws {
        var scene = try scene()
        try scene.queue("t", "x:/b")
        var history = LockHistory()
        let viewer = Viewer(role: role, name: nil, operates: [])
        var shown = [view(of: LockTable(scene.platform.locks, at: 1), for: viewer)]
        shown += scene.facts.compactMap { history.fold($0) }.map { view(of: $0, for: viewer) }
        shown += scene.platform.tasks.unfinished.map {
            view(of: TaskStatus($0, in: scene.platform.locks), for: viewer)
        }
        shown += scene.facts.map {
            view(
                of: RecordedEvent(
                    position: $0.position, id: "i", stream: $0.event.stream, streamVersion: 1,
                    type: $0.event.kind.rawValue, schema: 1, at: $0.at, actor: "a", host: "h", correlation: "c",
                    causation: nil, payload: $0.event.payload, payloadHash: RecordedEvent.genesis,
                    hash: RecordedEvent.genesis), for: viewer)
        }
        let text = shown.map(\.text).joined()
        let sees = role == .owner || role == .admin
        for secret in [#""because""#, #""label""#, #""program""#, #""arguments""#, #""data""#] {
            #expect(text.contains(secret) == sees, "\(secret)")
        }
    }

    @Test("A task, waiting and finished")
    func task() throws {
        var scene = try scene()
        try scene.register("r")
        try scene.queue("t", "x:/b")
        let record = try #require(scene.platform.tasks.task(TaskID("t")))
        let text = view(of: TaskStatus(record, in: scene.platform.locks), for: .administrator).text
        let start = #"{"task":"t","type":"backup","state":"waiting","waitingFor":[{"session":"a","path":"/b","#
        #expect(text.hasPrefix(start))
        #expect(text.contains(#""kind":"queued""#) && text.contains(#""arguments":{"a":"b"}"#))
        #expect(!text.contains("null") && !text.contains("attempt"))
        try scene.give(.stopTask(TaskID("t"), by: "me"))
        let finished = try #require(TaskRecord(folding: scene.facts.filter { $0.event.stream == "task-t" }))
        let end = view(of: TaskStatus(finished: finished), for: .administrator).text
        #expect(end.contains(#""state":"finished","outcome":"stopped""#))
    }

    @Test("What lock acquire answers")
    func acquired() throws {
        let answer = Acquired(token: 7, session: SessionID("s"), locks: [try lock("x:/a")])
        #expect(
            view(of: answer, for: .administrator).text
                == #"{"token":7,"session":"s","locks":[{"path":"/a","mode":"exclusive"}]}"#)
    }

    @Test("History tells how long somebody waited and held")
    func history() throws {
        var scene = try scene()
        try scene.release("a", "/b")
        try scene.die("b")
        var history = LockHistory()
        let rows = scene.facts.compactMap { history.fold($0) }
        #expect(rows.map(\.change) == [.requested, .granted, .requested, .released, .granted, .released])
        #expect(rows.map(\.waited) == [nil, 0, nil, nil, 1_000_000, nil])
        #expect(rows.map(\.held) == [nil, nil, nil, 3_000_000, nil, 1_000_000])
        #expect(rows.last?.cause == "session-ended" && rows.last?.holder?.user == "root")
        #expect(rows.filter { $0.touches(LockPath.root) }.count == 6)
        var late = LockHistory()
        let row = late.fold(scene.facts[scene.facts.count - 2])
        #expect(row != nil && row?.held == nil && row?.holder == nil, "what was before the fold began is not known")
    }
}
