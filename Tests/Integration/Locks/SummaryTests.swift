import Testing

@testable import System

@Suite("lock history --summary", .site)
struct SummaryTests {
    @Test("tells the longest waits, the paths, and how long waits are")
    func summary() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold("--reason", "first of all", path)
        let waiter = try await site.queue("waiter", "--reason", "wants\nit too", path)
        _ = try await holder.answer()
        try await waiter.says("ready")
        let late = try await site.queue("late", "--shared", path)

        let json = try await site.json("lock", "history", path, "--summary")
        #expect(json.requests == 3 && json.atOnce == 1)
        let waits = json.waits.elements
        #expect(Set(waits.compactMap(\.end.text)) == ["granted", "waiting"] && waits.count == 2)
        let granted = try #require(waits.first { $0.end == "granted" })
        let row = try #require(try await site.history(path).first { $0.event == "granted" && $0.waited != 0 })
        #expect(granted.waited == row.waited && granted.reason == "wants\nit too" && granted.holder.label == "waiter")
        #expect(granted.locks == row.locks && granted.request == row.request)
        #expect(json.paths.elements.map(\.path) == [.string(path)])
        #expect(json.paths.elements.first?.waits == 2)
        #expect(try #require(json.paths.elements.first?.held.integer) > 0)
        let steps = json.histogram.elements
        #expect(steps.compactMap(\.below.integer).first == 1000 && steps.last?.below == .absent)
        #expect(steps.compactMap(\.count.integer).reduce(0, +) == 2)
        #expect(try await site.json("lock", "history", path, "--summary", "--limit", "1").waits.elements.count == 1)

        let text = try await site.run("lock", "history", path, "--summary").output
        #expect(text.hasPrefix("3 requests, 1 of them granted at once\n\n"), "\(text)")
        #expect(text.contains("#") && text.contains("< 10 ms") && text.contains("still waits"))
        #expect(text.contains("waiter  wants it too") && text.contains("\nPATH"))
        _ = try await waiter.answer()
        _ = try await late.answer()
    }

    @Test("is narrowed as the history is, and says so of nothing")
    func narrowed() async throws {
        let site = try currentSite()
        let path = site.path()
        let nothing = "nobody asked for these locks\n"
        #expect(try await site.run("lock", "history", path, "--summary").output == nothing)
        #expect(try await site.run("lock", "run", path, "--", "true").status == 0)
        #expect(
            try await site.run("lock", "history", path, "--summary").output == "1 request, 1 of them granted at once\n")
        let session = try #require(try await site.history(path).first?.session.text)
        for (arguments, count) in [
            (["--session", session], 1), (["--session", "nobody"], 0), (["--task", "none"], 0),
            (["--since", "2100-01-01T00:00:00Z"], 0),
        ] {
            let answer = try await site.start(["lock", "history", path, "--summary", "--json"] + arguments).answer()
            #expect(try answer.json.requests == .integer(count), "\(arguments)")
        }
        #expect(try await site.run("lock", "history", "--summary", "--as", "mallory").status == 66)
    }
}
