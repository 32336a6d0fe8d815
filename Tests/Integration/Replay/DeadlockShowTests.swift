import Foundation
import Testing

@Suite("deadlock show")
struct DeadlockShowTests {
    /// Two who want what the other holds; the second was refused.
    private func deadlocked() async throws -> Site {
        let site = try await Site.make()
        let inner = "\(Built.interlock) lock run --label inner"
        let one = try site.ask(
            "/a", "--reason", "first", "--label", "one", script: "echo ready; read line; \(inner) /b -- true; echo $?")
        try await one.says("ready")
        let two = try site.ask(
            "/b", "/more", "--reason", "second", "--label", "two",
            script: "echo ready; read line; \(inner) /a -- true; echo $?")
        try await two.says("ready")
        one.type(Array("\n".utf8))
        try await site.waits("inner")
        two.type(Array("\n".utf8))
        try await two.says("76")
        #expect(try await two.answer().status == 0)
        #expect(try await one.answer().status == 0)
        return site
    }

    @Test("explains it: as JSON with the moment from which it was inevitable, as text, as a graph and as a picture")
    func formats() async throws {
        let site = try await deadlocked()
        let list = try await site.json("deadlock", "list").elements
        let shown = try await site.json("deadlock", "show")
        #expect(list.count == 1 && list[0].position == shown.position)
        #expect(shown.cycle.elements.count == 2)
        // A plain ring: the last grant among what is held.
        let tokens = shown.cycle.elements.compactMap(\.holds.token.integer)
        #expect(shown.inevitableSince.integer == tokens.max())
        #expect(list[0].inevitableSince == shown.inevitableSince)
        for party in shown.cycle.elements {
            #expect(party.asked.position.integer == party.holds.token.integer.map { $0 - 1 })
            #expect(party.holds.reason != .absent && party.wants.position != .absent)
        }
        let text = try await site.run("deadlock", "show", "\(shown.position.integer ?? 0)").output
        for word in ["two", "(refused)", "holds /b since", ": second", "inevitable since position", "one"] {
            #expect(text.contains(word), "\(word) is not in \(text)")
        }
        try await expectDrawn(site)
    }

    /// By programs that share nothing with this one.
    private func expectDrawn(_ site: Site) async throws {
        for (format, check) in [
            ("dot", "dot -Tsvg"), ("svg", "python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.stdin.buffer)'"),
        ] {
            let script = "\(Built.interlock) deadlock show --format \(format) | \(check) >/dev/null && echo drawn"
            let answer = try await Interlock(
                ["bash", "-o", "pipefail", "-c", script].map { Array($0.utf8) }, environment: site.environment
            ).answer()
            #expect(answer.output == "drawn\n", "\(format): \(answer.error)")
        }
        let picture = try await site.run("deadlock", "show", "--format", "svg").output
        #expect(!picture.contains("href") && !picture.contains("url(http"))
    }

    @Test("is the same from an export")
    func file() async throws {
        let site = try await deadlocked()
        let file = site.scratch.file("log.lz4")
        _ = try await site.run("log", "export", "-o", file)
        for format in ["text", "json", "dot", "svg"] {
            let here = try await site.run("deadlock", "show", "--format", format)
            let there = try await site.run("deadlock", "show", "--format", format, "--log", file)
            #expect(here.status == 0 && here.output == there.output, "\(format) \(there.error)")
        }
    }

    @Test("of none is 66, of another format 64")
    func wrong() async throws {
        let site = try await Site.used()
        try await site.refuses(["deadlock", "show"], 66, "no-deadlock", "")
        try await site.refuses(["deadlock", "show", "3"], 66, "no-deadlock", "")
        try await site.refuses(["deadlock", "show", "--format", "png"], 64, "usage", "")
    }
}
