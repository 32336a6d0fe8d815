import Testing

@Suite("projection list, check and rebuild")
struct ProjectionTests {
    @Test("list shows each stored projection: name, version, position, bytes")
    func list() async throws {
        let site = try await Site.used()
        let rows = try await site.json("projection", "list").elements
        #expect(rows.map(\.name) == ["apps", "locks", "mail", "notifications", "tasks", "users"])
        #expect(rows.allSatisfy { $0.names == ["name", "version", "position", "bytes"] })
        let answer = try await site.run("projection", "list")
        #expect(answer.status == 0 && answer.lines.count == 7)
        #expect(answer.lines.first == "NAME           VERSION  STORED AT  BYTES")
    }

    @Test("check finds what is stored equal to the fold of the log, all or one of them")
    func equal() async throws {
        let site = try await Site.used()
        let verdicts = try await site.json("projection", "check").elements
        #expect(verdicts.map(\.name) == ["apps", "locks", "mail", "notifications", "tasks", "users"])
        #expect(verdicts.allSatisfy { $0.names == ["name", "version", "position", "ok"] && $0.ok == true })
        #expect(try await site.json("projection", "check", "locks").elements.map(\.name) == ["locks"])
        let answer = try await site.run("projection", "check", "locks")
        #expect(answer.status == 0 && answer.error == "")
        #expect(answer.lines.count == 2 && answer.lines[1].hasSuffix("  equals the fold of the log"))
    }

    @Test("a changed byte is found with 65 and the projection's name, and a rebuild mends it")
    func changed() async throws {
        let site = try await Site.used()
        #expect(try await site.run("projection", "rebuild").status == 0)
        try site.sql("UPDATE projection SET state = INSERT(state, 3, 1, 'X') WHERE name = 'locks'")
        let answer = try await site.run("projection", "check")
        #expect(answer.status == 65 && answer.error == "")
        let row = try #require(answer.lines.first { $0.hasPrefix("locks ") })
        #expect(!row.contains("equals") && answer.lines.last == "mend it with: interlock projection rebuild")
        let script = try await site.run("projection", "check", "--json")
        #expect(script.status == 65 && script.error == "")
        let verdicts = try script.json.elements
        #expect(verdicts.map(\.ok) == [true, false, true, true, true, true])
        let difference = try #require(verdicts.first { $0.name == "locks" }?.difference.text)
        #expect(!difference.isEmpty && row.hasSuffix(difference) && verdicts.last?.difference == .absent)
        #expect(try await site.run("projection", "check", "tasks").status == 0)
        #expect(try await site.run("projection", "check", "locks").status == 65)

        let rebuilt = try await site.json("projection", "rebuild", "locks").elements
        #expect(
            rebuilt.map(\.name) == ["apps", "locks", "mail", "notifications", "tasks", "users"]
                && rebuilt.allSatisfy { $0.position == 5 })
        try await site.expectSound()
        try await site.use()
        try await site.expectSound()
    }

    @Test("of an empty log there is none, and all is well")
    func empty() async throws {
        let site = try await Site.make()
        for command in ["list", "check", "rebuild"] {
            let answer = try await site.run("projection", command)
            #expect(answer.status == 0, "\(command): \(answer.error)")
        }
        try await site.use()
        try await site.expectSound()
    }

    @Test("a name that no projection has is 66, and the names are told")
    func noSuchName() async throws {
        let site = try await Site.used()
        for command in ["check", "rebuild"] {
            try await site.refuses(
                ["projection", command, "mails"], 66, "no-such-projection",
                "There are: apps, locks, mail, notifications, tasks, users"
            )
        }
    }
}
