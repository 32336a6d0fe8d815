import Testing

@testable import System

@Suite("lock inversions")
struct InversionTests {
    /// Takes one lock, and inside it another; the position of the first's grant and of the second's request.
    private func take(_ site: Site, _ outer: String, _ inner: String, as label: String) async throws -> (Int, Int) {
        let answer = try await site.run(
            "lock", "run", outer, "--", "interlock", "lock", "run", "--label", label, inner, "--", "true")
        try #require(answer.status == 0, "\(answer.error)")
        let granted = try await site.history(outer).last { $0.event == "granted" }
        let requested = try await site.history(inner).last { $0.event == "requested" }
        return (try #require(granted?.position.integer), try #require(requested?.position.integer))
    }

    private func told(_ site: Site, _ arguments: String...) async throws -> String {
        let answer = try await site.start(["lock", "inversions"] + arguments).answer()
        try #require(answer.status == 0 && answer.error.isEmpty, "\(answer.error)")
        return answer.output
    }

    static let none = "no locks were taken in orders that could meet\n"

    @Test("tell both orders with the positions that prove each, how often and by whom", .site)
    func both() async throws {
        let site = try currentSite()
        #expect(try await told(site) == Self.none, "an empty log")
        let (a, b) = (site.path(), site.path())
        let first = try await take(site, a, b, as: "copy of blog")
        let last = try await take(site, a, b, as: "copy of wiki")
        #expect(try await told(site) == Self.none)
        #expect(try await told(site, "--json") == "[]\n")
        let other = try await take(site, b, a, as: "backup")

        let lines = try await told(site).split(separator: "\n").map(String.init)
        try #require(lines.count == 3, "\(lines)")
        #expect(lines[0] == "\(a) and \(b) are taken in both orders")
        #expect(lines[1].hasPrefix("  \(a), then \(b)  2 times by 2 sessions; first: held since \(first.0), asked at "))
        #expect(lines[1].contains("asked at \(first.1) by copy of blog, pid "), "\(lines[1])")
        #expect(lines[1].contains("; last: held since \(last.0), asked at \(last.1) by copy of wiki, pid "))
        #expect(
            lines[2].hasPrefix("  \(b), then \(a)  once: held since \(other.0), asked at \(other.1) by backup, pid "))

        let inversion = try #require(try await site.json("lock", "inversions").elements.first)
        #expect(inversion.paths == .array([.string(a), .string(b)]))
        let orders = inversion.orders.elements
        #expect(orders.map(\.count) == [2, 1] && orders.map(\.sessions) == [2, 1])
        #expect(orders[0].holds.path == .string(a) && orders[0].wants.path == .string(b))
        #expect(orders[0].first.token == .integer(first.0) && orders[0].last.position == .integer(last.1))
        #expect(orders[1].first == orders[1].last && orders[1].first.holder.label == "backup")
        #expect(orders[1].first.session.text != nil && orders[1].first.at.text?.hasPrefix("20") == true)
        #expect(try await told(site, "--since", "2100-01-01T00:00:00Z") == Self.none)
        #expect(try await site.run("lock", "inversions", "--as", "mallory").status == 66)
    }

    @Test("tell a ring of three, and nothing of locks that are taken under a common one", .site)
    func ring() async throws {
        let site = try currentSite()
        let paths = [site.path(), site.path(), site.path()]
        for (number, path) in paths.enumerated() {
            _ = try await take(site, path, paths[(number + 1) % 3], as: "party")
        }
        let (a, b) = (site.path(), site.path())
        for (outer, inner) in [(a, b), (b, a)] {
            let answer = try await site.run(
                "lock", "run", "/common", "--", "interlock", "lock", "run", outer, "--", "interlock", "lock", "run",
                inner, "--", "true")
            #expect(answer.status == 0)
        }
        let text = try await told(site)
        #expect(text.hasPrefix("\(paths[0]), \(paths[1]) and \(paths[2]) are taken in a ring\n"), "\(text)")
        #expect(text.split(separator: "\n").count == 4)
    }
}
