import Foundation
import Glibc
import Testing

@Suite("replay")
struct ReplayTests {
    private static let types = """
        tasks:
          quick: { command: ["true"], locks: ["/app/{app}"] }
          long: { command: [sh, -c, "sleep 0.2"], locks: ["/app/{app}", /type/long] }
        """

    /// What the list commands said at one position.
    struct Moment: Sendable {
        var position: Int
        var locks: String
        /// Where it is known that it was said at this position.
        var tasks: String?
    }

    /// A site on which much is going on, and what its lists said meanwhile.
    private func observed(_ wanted: Int) async throws -> (Site, [Moment]) {
        let site = try await Site.make(configuration: Self.types)
        let service = try await Service(site)
        let moments = try await withThrowingTaskGroup(of: [Moment].self) { group in
            for lane in 0..<3 {
                group.addTask {
                    for round in 0..<12 {
                        let path = "/app/a\((lane + round) % 2)"
                        _ = try await site.run("lock", "run", path, "--reason", "r\(round)", "--", "true")
                        _ = try await site.run("task", "start", "quick", "--app", "a\(round % 3)")
                        if round % 3 == 0 { _ = try await site.run("task", "run", "long", "--app", "a\(lane)") }
                    }
                    return []
                }
            }
            group.addTask {
                var moments: [Moment] = []
                while moments.count < wanted {
                    let locks = try await site.run("lock", "list", "--json").output
                    let tasks = try await site.run("task", "list", "--json").output
                    let behind = try await site.run("lock", "list", "--json").output
                    let position = try #require(try JSON(locks).position.integer)
                    // What lists tasks does not say when: nothing must have happened meanwhile.
                    moments.append(Moment(position: position, locks: locks, tasks: locks == behind ? tasks : nil))
                }
                return moments
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        _ = try await service.stop()
        let locks = try await site.run("lock", "list", "--json").output
        let position = try #require(try JSON(locks).position.integer)
        let tasks = try await site.run("task", "list", "--json").output
        return (site, moments + [Moment(position: position, locks: locks, tasks: tasks)])
    }

    @Test("of thirty moments under load says byte for byte what the lists said then, from the log and from its export")
    func moments() async throws {
        let (site, moments) = try await observed(30)
        #expect(moments.count == 31 && Set(moments.map(\.position)).count > 10)
        let file = site.scratch.file("log.lz4")
        #expect(try await site.run("log", "export", "-o", file).status == 0)
        for moment in moments {
            let at = String(moment.position)
            for source in [[], ["--log", file]] {
                let locks = try await site.start(["replay", "--at", at, "--json"] + source).answer()
                #expect(locks.output == moment.locks, "\(source) \(locks.error)")
                guard let listed = moment.tasks else { continue }
                let tasks = try await site.start(["replay", "--at", at, "--view", "tasks", "--json"] + source).answer()
                #expect(tasks.output == listed, "\(source) \(tasks.error)")
            }
        }
    }

    @Test("step by step tells of each event what it changed; a filter narrows it")
    func steps() async throws {
        let site = try await Site.used()
        let all = try await JSON.lines(site.run("replay", "--from", "1", "--json").output)
        #expect(all.compactMap(\.position.integer) == Array(1...5))
        #expect(all.allSatisfy { $0.difference.text?.isEmpty == false })
        let text = try await site.run("replay", "--from", "2", "--to", "3").lines
        #expect(text.count == 2 && text[1].contains("lock.granted") && text[1].contains(" holds "))
        let path = try #require(all[1].locks.elements.first?.path.text)
        let narrowed = try await JSON.lines(
            site.run("replay", "--from", "1", "--filter", "path=\(path)", "--json").output)
        #expect(narrowed.compactMap(\.position.integer) == [2, 3, 4])
        let session = try #require(all[0].sessions.elements.first?.text)
        #expect(try await site.run("replay", "--to", "9", "--filter", "session=\(session)").lines.count == 5)
        #expect(try await site.run("replay", "--from", "1", "--filter", "task=none").output == "")
        let time = try #require(all[4].at.text)
        #expect(try await site.run("replay", "--to", time).lines.count == 5)
        #expect(try await site.run("replay", "--from", "2999-01-01T00:00:00Z").output == "")
    }

    @Test("of a position that is not there is 66, a broken or partial file 65, and what makes no sense 64")
    func wrong() async throws {
        let site = try await Site.used()
        try await site.refuses(["replay", "--at", "6"], 66, "no-such-position", "Its last one is 5")
        try await site.refuses(["replay", "--from", "6"], 66, "no-such-position", "Its last one is 5")
        try await site.refuses(["replay", "--at", "1", "--from", "1"], 64, "usage", "")
        try await site.refuses(["replay", "--from", "3", "--to", "2"], 64, "usage", "")
        try await site.refuses(["replay", "--filter", "path=/a"], 64, "usage", "")
        try await site.refuses(["replay", "--from", "1", "--filter", "colour=red"], 64, "usage", "")
        try await site.refuses(["replay", "--view", "apples"], 64, "usage", "")
        try await site.refuses(["replay", "--log", "/nowhere"], 66, "no-such-log", "")
        let file = site.scratch.file("log")
        _ = try await site.run("log", "export", "--from", "2", "-o", file)
        try await site.refuses(["replay", "--log", file], 65, "damaged", "")
        let whole = try await site.run("log", "export").output
        for (name, text) in [
            ("cut", String(whole.dropLast(20))),
            (
                "hole",
                whole.split(separator: "\n").enumerated()
                    .filter { $0.offset != 2 }.map { "\($0.element)\n" }.joined()
            ), ("rubbish", "{\n"),
        ] {
            try site.scratch.write(text, to: name)
            try await site.refuses(["replay", "--log", site.scratch.file(name)], 65, "damaged", "")
        }
        _ = try await site.run("log", "export", "-o", site.scratch.file("log.lz4"))
        let packed = site.scratch.bytes("log.lz4")
        try Data(packed.dropLast(9)).write(to: URL(filePath: site.scratch.file("short.lz4")))
        try await site.refuses(["replay", "--log", site.scratch.file("short.lz4")], 65, "damaged", "")
    }

    @Test("refuses a file that somebody made up, and one that cannot be read twice")
    func hostile() async throws {
        let site = try await Site.used()
        let lines = try await site.run("log", "export").lines
        let early = lines[3].replacing(#/"at":"\d+/#, with: #""at":"1999"#)
        let huge = lines[4].replacing(#""position":5"#, with: #""position":9223372036854775807"#)
        let usage =
            #"{"position":1,"type":"task.finished","schema":1,"at":"2026-11-24T02:08:13Z","data":{"attempt":1,"#
            + #""evidence":"e","outcome":"failed","task":"t","usage":{"cpuSeconds":9223372036854775807,"maxResidentBytes":1}}}"#
        for (name, made) in [
            ("early", Array(lines[..<3]) + [early, lines[4]]), ("huge", Array(lines[..<4]) + [huge]),
            ("usage", [usage]),
        ] {
            try site.scratch.write(made.map { "\($0)\n" }.joined(), to: name)
            for command in [
                ["replay"], ["lock", "history", "--summary"], ["replay", "--from", "2026-01-01T00:00:00Z"],
            ] {
                let answer = try await site.start(command + ["--log", site.scratch.file(name)]).answer()
                #expect(answer.status == 65, "\(name) \(command): \(answer)")
                #expect(answer.error.split(separator: "\n").count == 1)
            }
        }
        try #require(mkfifo(site.scratch.file("pipe"), 0o600) == 0)
        try await site.refuses(
            ["replay", "--log", site.scratch.file("pipe")], 66, "no-such-log", "write it to one first")
    }

    @Test("needs no database for a file")
    func laptop() async throws {
        let site = try await Site.used()
        let file = site.scratch.file("log.lz4")
        _ = try await site.run("log", "export", "-o", file)
        let nowhere = ["INTERLOCK_DATABASE": "mysql://root@127.0.0.1:1/none"]
        let answer = try await site.run("replay", "--log", file, "--json", environment: nowhere)
        #expect(answer.status == 0, "\(answer.error)")
        #expect(answer.output == (try await site.run("replay", "--json").output))
        for command in [["deadlock", "list"], ["replay", "--from", "1"]] {
            #expect(try await site.start(command + ["--log", file], nowhere).answer().status == 0, "\(command)")
        }
    }
}
