import Foundation
import Glibc
import Testing

@Suite("log export")
struct ExportTests {
    /// Runs a program on a file of the site's.
    private func run(_ site: Site, _ words: String...) async throws -> Answer {
        try await Interlock(words.map { Array($0.utf8) }, environment: site.environment).answer()
    }

    @Test("is the whole log, and a stranger computes the tip that verify says")
    func whole() async throws {
        let site = try await Site.used()
        let answer = try await site.run("log", "export")
        #expect(answer.status == 0 && answer.error == "")
        let events = try JSON.lines(answer.output)
        #expect(events.compactMap(\.position.integer) == Array(1...5))
        let types = ["session.opened", "lock.requested", "lock.granted", "lock.released", "session.ended"]
        #expect(events.map(\.type.text) == types)
        #expect(events.allSatisfy { TailTests.fields.subtracting($0.names).isEmpty })
        try site.scratch.write(answer.output, to: "export")
        let program = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../checker/recompute.py")
        let computed = try await run(site, "python3", program.path(), site.scratch.file("export"))
        #expect(computed.status == 0, "\(computed.error)")
        #expect(try computed.json.tip == (try await site.json("log", "verify")).tip)
    }

    @Test("--from and --to cut it, both included; an end behind the head is the head")
    func range() async throws {
        let site = try await Site.used()
        let all = try await site.run("log", "export").lines
        #expect(try await site.run("log", "export", "--from", "2", "--to", "4").lines == Array(all[1...3]))
        #expect(try await site.run("log", "export", "--to", "1").lines == [all[0]])
        #expect(try await site.run("log", "export", "--from", "5").lines == [all[4]])
        #expect(try await site.run("log", "export", "--from", "4", "--to", "99").lines == Array(all[3...]))
        try await site.refuses(["log", "export", "--from", "6"], 66, "no-such-position", "Its last one is 5")
    }

    @Test("-o replaces a file by the same bytes; one that ends in .lz4 is what lz4 reads")
    func files() async throws {
        let site = try await Site.used()
        let all = try await site.run("log", "export").output
        try site.scratch.write("what was there", to: "log.jsonl")
        let plain = try await site.run("log", "export", "-o", site.scratch.file("log.jsonl"))
        #expect(plain.status == 0 && plain.output == "")
        #expect(plain.error == "5 events in \(site.scratch.file("log.jsonl"))\n")
        #expect(site.scratch.text("log.jsonl") == all)
        let packed = try await site.run("log", "export", "--to", "1", "--output", site.scratch.file("log.jsonl.lz4"))
        #expect(packed.status == 0 && packed.error == "1 event in \(site.scratch.file("log.jsonl.lz4"))\n")
        let unpacked = try await run(site, "lz4", "-dc", site.scratch.file("log.jsonl.lz4"))
        #expect(unpacked.status == 0, "\(unpacked.error)")
        #expect(unpacked.output == all.prefix(through: try #require(all.firstIndex(of: "\n"))))
    }

    @Test("-o with --json is silent")
    func silent() async throws {
        let site = try await Site.used()
        let answer = try await site.run("log", "export", "--json", "-o", site.scratch.file("log"))
        #expect(answer.status == 0 && answer.output == "" && answer.error == "")
    }

    @Test("of an empty log is empty")
    func empty() async throws {
        let site = try await Site.make()
        let answer = try await site.run("log", "export", "-o", site.scratch.file("log.lz4"))
        #expect(answer.status == 0 && answer.error == "0 events in \(site.scratch.file("log.lz4"))\n")
        #expect(try await run(site, "lz4", "-dc", site.scratch.file("log.lz4")).output == "")
        #expect(try await site.run("log", "export").output == "")
    }

    @Test("that fails leaves the file that was there, and nothing beside it")
    func failed() async throws {
        let site = try await Site.used()
        let directory = site.scratch.file("exports")
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        try "what was there".write(toFile: directory + "/log", atomically: true, encoding: .utf8)
        try site.sql("DELETE FROM event WHERE position = 3")
        try await site.refuses(["log", "export", "-o", directory + "/log"], 65, "damaged", "3")
        #expect(try String(contentsOfFile: directory + "/log", encoding: .utf8) == "what was there")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["log"])
    }
}
