import Testing

@Suite("log verify and log stats")
struct VerifyTests {
    @Test("verify says how many events a whole log has, and its tip")
    func whole() async throws {
        let site = try await Site.used()
        let verdict = try await site.json("log", "verify")
        let last = try await site.json("log", "show", "5")
        #expect(verdict.names == ["ok", "events", "head", "tip"])
        #expect(verdict.ok == true && verdict.events == 5 && verdict.head == 5 && verdict.tip == last.hash)
        let answer = try await site.run("log", "verify")
        #expect(answer.status == 0 && answer.error == "")
        #expect(answer.output == "the log is whole: 5 events, head 5, tip \(try #require(last.hash.text))\n")
    }

    @Test("verify of an empty log is well")
    func empty() async throws {
        let verdict = try await Site.make().json("log", "verify")
        #expect(verdict.ok == true && verdict.events == 0 && verdict.head == 0)
    }

    @Test(
        "verify names the position of what was changed by hand, and exits 65",
        arguments: [
            "UPDATE event SET actor = 'Eve' WHERE position = 4",
            "UPDATE event SET payload = REPLACE(payload, '/a', '/b') WHERE position = 4",
            "DELETE FROM event WHERE position = 4",
        ])
    func damaged(statement: String) async throws {
        let site = try await Site.used()
        try site.sql(statement)
        let answer = try await site.run("log", "verify")
        #expect(answer.status == 65 && answer.error == "")
        #expect(answer.lines.count == 1 && answer.output.hasPrefix("the log is damaged at position 4: "))
        let script = try await site.run("log", "verify", "--json")
        #expect(script.status == 65 && script.error == "")
        let verdict = try script.json
        #expect(verdict.names == ["ok", "position", "problem"])
        #expect(verdict.ok == false && verdict.position == 4)
        #expect(answer.output.contains(try #require(verdict.problem.text)))
    }

    @Test("stats counts events, bytes and types")
    func stats() async throws {
        let site = try await Site.used()
        try await site.use()
        let stats = try await site.json("log", "stats")
        #expect(stats.names == ["events", "bytes", "types", "oldest", "newest", "followers"])
        #expect(stats.events == 10 && stats.followers == .array([]))
        #expect(try #require(stats.bytes.integer) > 500)
        let each: JSON = 2
        let types = ["lock.granted", "lock.released", "lock.requested", "session.ended", "session.opened"]
        #expect(stats.types == .object(Dictionary(uniqueKeysWithValues: types.map { ($0, each) })))
        #expect(stats.oldest == (try await site.json("log", "show", "1")).at)
        #expect(stats.newest == (try await site.json("log", "show", "10")).at)
        let answer = try await site.run("log", "stats")
        #expect(answer.status == 0 && answer.lines.first?.hasPrefix("10 events, ") == true)
        #expect(answer.lines.suffix(6).first == "TYPE            EVENTS")
        #expect(answer.lines.last == "session.opened       2")
    }

    @Test("stats of an empty log has no times")
    func emptyStats() async throws {
        let site = try await Site.make()
        #expect(try await site.json("log", "stats").names == ["events", "bytes", "types", "followers"])
        #expect(try await site.run("log", "stats").output == "0 events, 0 bytes of payload\n")
    }
}
