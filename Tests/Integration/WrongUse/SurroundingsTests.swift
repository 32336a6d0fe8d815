import Foundation
import Glibc
import MySQL
import Testing

@testable import System

@Suite("When the surroundings are not as they must be")
struct SurroundingsTests {
    @Test("a broken configuration is 78 for every command that reads it, and names file and line")
    func brokenConfiguration() async throws {
        let site = try Site(database: nil, configuration: "tasks:\n  a: { command: [x], comand: [y] }\n")
        for command in DatabaseTroubleTests.commands + [["serve"], ["config", "check"], ["task", "types"]] {
            let answer = try await site.start(command).answer()
            #expect(answer.status == 78, "\(command): \(answer.error)")
            #expect(answer.error.contains(site.scratch.file("interlock.yaml") + ":2"), "\(command): \(answer.error)")
            #expect(answer.output.isEmpty)
        }
        #expect(access(site.stateDirectory, F_OK) != 0)
    }

    @Test("a configuration that was named and is not there is 78")
    func noConfiguration() async throws {
        let site = try Site(database: nil, configuration: "")
        let answer = try await site.run("lock", "list", "--config", "/nowhere/interlock.yaml")
        #expect(answer.status == 78)
        #expect(answer.error.contains("/nowhere/interlock.yaml"))
    }

    @Test("a state directory that cannot be made is told, and nothing is started")
    func stateDirectory() async throws {
        let site = try Site(database: nil, configuration: "")
        let place = site.scratch.file("interlock.yaml") + "/state"
        let answer = try await site.run("serve", "--state-dir", place)
        #expect([1, 77].contains(answer.status))
        #expect(answer.error.contains(site.scratch.file("interlock.yaml")), "\(answer.error)")
        #expect(answer.error.split(separator: "\n").count == 1)
    }

    @Test("a state directory of another user is 77", .enabled(if: getuid() != 0, "root may write everywhere"))
    func foreignStateDirectory() async throws {
        let site = try Site(database: nil, configuration: "")
        let answer = try await site.run("serve", "--state-dir", "/usr/interlock")
        #expect(answer.status == 77)
        #expect(answer.error.contains("/usr/interlock"))
    }
}

@Suite("The private database")
struct PrivateDatabaseTests {
    /// Ends the server that a site's service has made, by the id in its pid file.
    private func end(_ site: Site) async throws {
        guard let pid = Int32(site.scratch.text("state/database/pid").filter(\.isNumber)),
            let server = try? ProcessIdentity.of(pid: pid)
        else { return }
        try signal(SIGTERM, to: server)
        try await ends(server)
    }

    private func withPrivateDatabase(_ site: Site, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            Issue.record("the server's log: \(site.scratch.text("state/database/server.log").suffix(2000))")
            try await end(site)
            throw error
        }
        try await end(site)
    }

    private func temporaryDirectory(_ site: Site) throws -> String {
        let user = try #require(Host.userName(of: Host.userID))
        var place = ""
        try Connection(Endpoint(.socket(path: site.socket), user: user, database: ""))
            .query("SELECT @@tmpdir", []) { place = try $0.text(0) }
        return place
    }

    @Test("is made by serve, used by the others, outlives the runner, and is found again")
    func life() async throws {
        let site = try Site(database: nil, configuration: "host: { id: h1 }\n" + Types.configuration)
        try await withPrivateDatabase(site) {
            let service = try await Service(site)
            let isRestricted = service.process.error.contains("'s only: other users of this host have others")
            #expect(isRestricted == (getuid() != 0), "only root's is everybody's")
            #expect(try await site.run("lock", "run", "/a", "--", "echo", "ran").output == "ran\n")
            #expect(try await site.run("task", "run", "missing").status == 70)
            #expect(try temporaryDirectory(site) == "\(site.stateDirectory)/database/tmp", "no other cleans there")
            let server = site.scratch.text("state/database/pid")
            try await service.kill()
            #expect(try await site.run("lock", "run", "/a", "--", "echo", "ran").output == "ran\n")
            try await service.restart()
            #expect(site.scratch.text("state/database/pid") == server, "one server, not two")
            #expect(try await service.stop().status == 0)
            try await site.expectSound()
            try await end(site)
            let answer = try await site.run("lock", "list")
            #expect(answer.status == 69, "only serve starts it")
            #expect(answer.error.contains("interlock serve"))
            let checks = try await site.run("doctor", "--json").json.elements
            #expect(checks.last?.name == "private-server" && checks.last?.ok == false)
            #expect(checks.last?.hint == "Start it with: interlock serve")
        }
    }

    @Test(
        "on a full disk: what cannot be written is told and not half done, and all goes on when there is room",
        .enabled(if: getuid() == 0, "only root can mount a small disk"))
    func fullDisk() async throws {
        let arguments = (1...10).map { "a\($0): {}" }.joined(separator: ", ")
        let words = (1...10).map { "\"{a\($0)}\"" }.joined(separator: ", ")
        let site = try Site(
            database: nil,
            configuration: """
                host: { id: h1 }
                tasks: { bulky: { command: [true, \(words)], arguments: { \(arguments) }, locks: [/bulky] } }
                """)
        try FileManager.default.createDirectory(atPath: site.stateDirectory, withIntermediateDirectories: true)
        guard mount("none", site.stateDirectory, "tmpfs", 0, "size=400m,mode=755") == 0 else {
            try Test.cancel("no small disk can be mounted here")
        }
        defer { umount2(site.stateDirectory, Int32(MNT_DETACH)) }
        try await withPrivateDatabase(site) {
            let service = try await Service(site)
            #expect(try await service.stop().status == 0)
            let stuffing = site.scratch.file("state/stuffing")
            _ = try await Interlock(
                ["sh", "-c", "cat /dev/zero > \(stuffing)"].map { Array($0.utf8) }, environment: site.environment
            ).end()
            var full: Answer?
            var queued = 0
            for _ in 1...200 where full == nil {
                let bulk = (1...10).flatMap { ["--arg", "a\($0)=" + String.random(4000)] }
                let answer = try await site.start(["task", "start", "bulky"] + bulk).answer()
                if answer.status == 0 { queued += 1 } else { full = answer }
            }
            // MariaDB tells that it is full, or dies of it; either way the command says so and nothing is half done.
            let answer = try #require(full)
            #expect([1, 69].contains(answer.status))
            #expect(answer.status == 69 || answer.error.contains("nothing was half written"), "\(answer.error)")
            #expect(answer.error.split(separator: "\n").count == 1)
            #expect(unlink(stuffing) == 0)
            try await service.restart()
            #expect(try await site.json("task", "list").elements.count == queued)
            #expect(try await site.run("lock", "run", "/after", "--", "true").status == 0)
            #expect(try await service.stop().status == 0)
            try await site.expectSound()
        }
    }
}

extension String {
    /// Letters and digits that no compression makes small.
    static func random(_ count: Int) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._")
        return String((0..<count).map { _ in letters[Int.random(in: 0..<letters.count)] })
    }
}
