import Testing

@testable import System

@Suite("What was held", .service)
struct HistoryTests {
    @Test("lock list --at says byte for byte what lock list said then")
    func at() async throws {
        let site = try currentSite()
        let path = site.path()
        var seen: [(position: Int, text: String)] = []
        func look() async throws {
            let answer = try await site.run("lock", "list", "--json")
            seen.append((try #require(try answer.json.position.integer), answer.output))
        }
        try await look()
        let holder = try await site.hold("--reason", "ein Grund: „ß“", path)
        try await look()
        let waiter = try await site.queue("watcher", "--shared", path)
        try await look()
        _ = try await holder.answer()
        try await waiter.says("ready")
        try await look()
        _ = try await waiter.answer()
        try await site.isFree(path)
        for (position, text) in seen {
            #expect(try await site.run("lock", "list", "--json", "--at", "\(position)").output == text)
        }
        #expect(try await site.run("lock", "list", "--at", "0", "--json").json.held == .array([]))
        #expect(try await site.run("lock", "list", "--at", "99999999").status == 66)
    }

    @Test("lock history tells who asked, got, waited how long and held how long, in order")
    func rows() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold("--label", "first", "--reason", "why", path)
        let waiter = try await site.queue("second", path)
        _ = try await holder.answer()
        try await waiter.says("ready")
        _ = try await waiter.answer()
        try await site.isFree(path)
        let rows = try await site.history(path)
        #expect(
            rows.map { "\($0.holder.label.text ?? "") \($0.event.text ?? "")" } == [
                "first requested", "first granted", "second requested", "first released", "second granted",
                "second released",
            ])
        #expect(rows[0].reason == "why")
        #expect(try #require(rows[3].held.integer) > 0)
        #expect(try #require(rows[4].waited.integer) > 0)
        let positions = rows.compactMap(\.position.integer)
        #expect(positions == positions.sorted())
        #expect(try await site.history(path, "--limit", "2").count == 2)
        #expect(try await site.history(path, "--session", "nobody").isEmpty)
        #expect(try await site.run("lock", "history", path).output.contains("POSITION"))
    }
}
