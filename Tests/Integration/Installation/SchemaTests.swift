import Testing

@Suite("schema status and apply")
struct SchemaTests {
    /// `schema status` must say this state, and a person must read `words`; it reports and never fails.
    private func expect(_ site: Site, state: JSON, installed: JSON, words: String) async throws {
        let standing = try await site.json("schema", "status")
        #expect(standing.state == state && standing.installed == installed)
        #expect(standing.needed.integer != nil)
        let answer = try await site.run("schema", "status")
        #expect(answer.status == 0 && answer.error == "")
        #expect(answer.lines.count == 1 && answer.output.contains(words), "\(answer.output)")
    }

    /// This program's own version.
    private func needed(_ site: Site) async throws -> Int {
        try #require(try await site.json("schema", "status").needed.integer)
    }

    @Test("an empty database is told from one of another version, and apply gives it this program's")
    func empty() async throws {
        let site = try await Site.make()
        try await expect(site, state: "empty", installed: .absent, words: "the database is empty")
        let version = try await needed(site)
        let answer = try await site.run("schema", "apply")
        #expect(answer.status == 0 && answer.error == "" && answer.output == "applied up to schema \(version)\n")
        try await expect(
            site, state: "current", installed: .integer(version),
            words: "has schema \(version), which is this program's")
        #expect(try await site.head() == 0, "applying is no event")
    }

    @Test("a current one needs nothing, and keeps its log")
    func current() async throws {
        let site = try await Site.used()
        let standing = try await site.json("schema", "apply")
        #expect(standing.state == "current" && standing.installed == standing.needed)
        #expect(try await site.run("schema", "apply").output.hasPrefix("nothing to do: "))
        #expect(try await site.head() == 5)
        try await site.expectSound()
    }

    @Test("an older one is refused by every other command, which says what to run, and apply brings it up to date")
    func older() async throws {
        let site = try await Site.used()
        try site.sql("UPDATE schema_version SET version = version - 1")
        let version = try await needed(site)
        try await expect(
            site, state: "older", installed: .integer(version - 1), words: "run: interlock schema apply")
        for command in [["lock", "list"], ["log", "verify"], ["lock", "run", "/b", "--", "true"]] {
            try await site.refuses(command, 78, "schema-older", "interlock schema apply")
        }
        #expect(try await site.run("schema", "apply").output == "applied up to schema \(version)\n")
        #expect(try await site.head() == 5)
        try await site.expectSound()
    }

    @Test("a newer one is refused by apply too, and nothing is touched")
    func newer() async throws {
        let site = try await Site.used()
        try site.sql("UPDATE schema_version SET version = version + 1")
        let version = try await needed(site)
        try await expect(
            site, state: "newer", installed: .integer(version + 1),
            words: "use the version of interlock that wrote it")
        try await site.refuses(["schema", "apply"], 78, "schema-newer", "newer")
        try site.sql("UPDATE schema_version SET version = version - 1")
        #expect(try await site.head() == 5)
        try await site.expectSound()
    }
}
