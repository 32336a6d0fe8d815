import Glibc
import Testing

@Suite("log tail and log show")
struct TailTests {
    static let fields: Set = [
        "position", "id", "stream", "streamVersion", "type", "schema", "at", "actor", "host", "correlation", "data",
        "payloadHash", "hash",
    ]

    @Test("tail prints the latest events, a line each: position, time, type, and what happened in words")
    func lines() async throws {
        let site = try await Site.used()
        let answer = try await site.run("log", "tail", "-n", "3")
        #expect(answer.status == 0 && answer.error == "")
        let lines = answer.lines
        try #require(lines.count == 3)
        let time = #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/#
        #expect(lines[0].contains(#/^ {6}3  \S{27}  lock\.granted {9}\S+ is given /a$/#))
        #expect(lines[1].contains(#/^ {6}4  \S{27}  lock\.released {8}\S+ gives back /a of token 3, session-ended$/#))
        #expect(lines[2].contains(#/^ {6}5  \S{27}  session\.ended {8}\S+ ended, exited: /#))
        #expect(lines.allSatisfy { $0.contains(time) })
    }

    @Test("tail shows a person the last twenty, and a script all")
    func limit() async throws {
        let site = try await Site.used()
        for _ in 1...4 { try await site.use() }
        #expect(try await site.run("log", "tail").lines.count == 20)
        let events = try JSON.lines(try await site.run("log", "tail", "--json").output)
        #expect(events.compactMap(\.position.integer) == Array(1...25))
        #expect(events.allSatisfy { Self.fields.subtracting($0.names).isEmpty })
        let latest = try JSON.lines(try await site.run("log", "tail", "--json", "--limit", "2").output)
        #expect(latest == events.suffix(2))
    }

    @Test("tail of an empty log prints nothing")
    func empty() async throws {
        let answer = try await Site.make().run("log", "tail")
        #expect(answer.status == 0 && answer.output == "" && answer.error == "")
    }

    @Test("tail --follow goes on with what happens until a signal ends it", arguments: [SIGTERM, SIGINT])
    func follow(number: Int32) async throws {
        let site = try await Site.used()
        let reader = try site.start(["log", "tail", "--follow", "-n", "1"])
        let script = try site.start(["log", "tail", "--follow", "--json"])
        try await reader.says("  session.ended  ")
        try await script.says(#""position":5,"#)
        try await site.use()
        try await reader.says("     10  ")
        try await script.says(#""position":10,"#)
        for process in [reader, script] {
            try signal(number, to: process.identity)
            let answer = try await process.end()
            #expect(answer.status == 128 + number && answer.error == "")
        }
        #expect(reader.output.split(separator: "\n").count == 6)
        #expect(try JSON.lines(script.output).compactMap(\.position.integer) == Array(1...10))
    }

    @Test("show prints every field of an event, the names in one column")
    func show() async throws {
        let site = try await Site.used()
        let answer = try await site.run("log", "show", "2")
        #expect(answer.status == 0 && answer.error == "")
        #expect(answer.lines.first == "position       2")
        #expect(answer.lines.contains("type           lock.requested"))
        #expect(answer.lines.contains { $0.contains(#/^data +\{.*"reason":"the why"/#) })
        let event = try await site.json("log", "show", "2")
        #expect(Self.fields.subtracting(event.names).isEmpty)
        #expect(event.data.reason == "the why" && event.data.locks.elements.first?.path == "/a")
        #expect(event == (try JSON.lines(try await site.run("log", "export", "--from", "2", "--to", "2").output)).first)
    }

    @Test("show of a position that the log does not have is 66, and says which is the last")
    func noSuchPosition() async throws {
        let site = try await Site.used()
        try await site.refuses(["log", "show", "6"], 66, "no-such-position", "no position 6. Its last one is 5")
        try await Site.make().refuses(["log", "show", "1"], 66, "no-such-position", "no position 1. It is empty")
    }
}
