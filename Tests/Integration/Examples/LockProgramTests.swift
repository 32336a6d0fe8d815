import Foundation
import Testing

@testable import System

/// The programs of examples/locks, which docs/locks-from-any-language.md quotes. All want `/app/blog`: one after the other.
@Suite("Locks from any language", .service, .serialized)
struct LockProgramTests {
    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("examples/locks").path
    static let hasNode = ["/usr/bin", "/bin"].contains { FileManager.default.isExecutableFile(atPath: $0 + "/node") }

    private func start(_ program: String, _ file: String, in site: Site) throws -> Interlock {
        try Interlock([Self.directory + "/" + program, file].map { Array($0.utf8) }, environment: site.environment)
    }

    private func token(_ site: Site) async throws -> Int? {
        try await site.locks().held.elements.first { $0.path == "/app/blog" }?.token.integer
    }

    /// Waits until somebody holds the lock, and breaks it.
    private func breakLock(_ site: Site) async throws {
        let token: Int = try await site.eventually("somebody holds") { try await self.token(site) }
        let answer = try await site.run("lock", "break", "/app/blog", "--token", "\(token)", "--reason", "it hangs")
        #expect(answer.status == 0, "\(answer.error)")
    }

    /// Under `lock run` it waits for its turn, writes with its token, and does not once somebody later has written.
    private func expectRuns(_ program: String) async throws {
        let site = try currentSite()
        let file = site.scratch.file(program)
        let holder = try await site.hold("/app/blog")
        let patient = try start(program, file, in: site)
        _ = try await site.eventually("it waits") { try await !site.locks().waiting.elements.isEmpty ? true : nil }
        _ = try await holder.answer()
        patient.type(Array("first line\n".utf8))
        let answer = try await patient.answer()
        #expect(answer.status == 0, "\(answer.error)")
        let first = try #require(site.scratch.text(program).split(separator: " ").first.flatMap { Int($0) })
        #expect(site.scratch.text(program) == "\(first) first line\n")

        let late = try start(program, file, in: site)
        try await breakLock(site)
        let next = try start(program, file, in: site)
        next.type(Array("second line\n".utf8))
        #expect(try await next.answer().status == 0)
        late.type(Array("late line\n".utf8))
        let refused = try await late.answer()
        #expect(refused.status == 1 && refused.error.contains("is older than"), "\(refused)")
        let lines = site.scratch.text(program).split(separator: "\n")
        #expect(lines.count == 2 && lines.last?.hasSuffix(" second line") == true)
    }

    /// With a lock that it took for itself it writes, and gives it back; and it does not write when the lock was broken.
    private func expectAcquires(_ program: String) async throws {
        let site = try currentSite()
        let file = site.scratch.file(program)
        let good = try start(program, file, in: site)
        good.type(Array("first line\n".utf8))
        try await good.says("prepared with token")
        let token = try #require(try await token(site))
        good.type(Array("\n".utf8))
        let answer = try await good.answer()
        #expect(answer.status == 0, "\(answer.error)")
        #expect(answer.output == "prepared with token \(token)\n")
        #expect(site.scratch.text(program) == "\(token) first line\n")
        #expect(try await self.token(site) == nil)

        let broken = try start(program, file, in: site)
        broken.type(Array("late line\n".utf8))
        try await broken.says("prepared with token")
        try await breakLock(site)
        broken.type(Array("\n".utf8))
        let refused = try await broken.answer()
        #expect(refused.status == 75 && refused.error.contains("does not stand on /app/blog"), "\(refused)")
        #expect(site.scratch.text(program) == "\(token) first line\n")
    }

    @Test("a program that runs under a lock", arguments: ["run.sh", "run.py"])
    func runs(_ program: String) async throws { try await expectRuns(program) }

    @Test("a program that takes a lock for itself", arguments: ["acquire.sh", "acquire.py"])
    func acquires(_ program: String) async throws { try await expectAcquires(program) }

    @Test("in Node", .enabled(if: hasNode, "node is not installed: bin/packages installs it"))
    func node() async throws {
        try await expectRuns("run.mjs")
        try await expectAcquires("acquire.mjs")
    }

    @Test("the store refuses a token that is older than the last, and takes the same one again")
    func fence() async throws {
        let site = try currentSite()
        let file = site.scratch.file("fenced")
        func store(_ token: String, _ text: String) async throws -> Answer {
            let words = [Self.directory + "/store", file, token, text].map { Array($0.utf8) }
            return try await Interlock(words, environment: site.environment).answer()
        }
        for (token, text) in [("9", "nine"), ("9", "again"), ("10", "ten")] {
            #expect(try await store(token, text).status == 0)
        }
        #expect(try await store("9", "late").status == 1)
        #expect(site.scratch.text("fenced") == "9 nine\n9 again\n10 ten\n")
    }
}
