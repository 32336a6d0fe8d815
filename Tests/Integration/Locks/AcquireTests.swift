import Glibc
import Testing

@testable import System

@Suite("Locks for a process that runs already", .service)
struct AcquireTests {
    /// A process that does nothing until its input ends.
    private func bystander(_ site: Site) throws -> Interlock {
        try Interlock([Array("cat".utf8)], environment: site.environment)
    }

    @Test("acquire answers with a token, check says that it stands, release ends the locks and the session")
    func life() async throws {
        let site = try currentSite()
        let (a, b) = (site.path(), site.path())
        let process = try bystander(site)
        let acquired = try await site.json("lock", "acquire", a, "--shared", b, "--pid", "\(process.identity.pid)")
        let token = "\(try #require(acquired.token.integer))"
        #expect(
            acquired.locks
                == .array([["path": .string(a), "mode": "exclusive"], ["path": .string(b), "mode": "shared"]]))
        #expect(try await site.holders(of: a) == [process.identity.pid])
        for path in [a, a + "/below", b] {
            #expect(try await site.run("lock", "check", path, "--token", token).status == 0)
        }
        #expect(try await site.run("lock", "check", "/", "--token", token).status == 75)

        #expect(try await site.run("lock", "release", "--token", token, a).status == 0)
        #expect(try await site.run("lock", "check", a, "--token", token).status == 75)
        #expect(try await site.run("lock", "check", b, "--token", token).status == 0)
        #expect(try await site.run("lock", "release", "--token", token).status == 0)

        let stale = try await site.run("lock", "release", "--token", token)
        #expect(stale.status == 66)
        #expect(stale.error.contains("token \(token) does not stand"))
        #expect(try await site.run("lock", "check", b, "--token", token).status == 75)

        let again = try await site.json("lock", "acquire", a, "--pid", "\(process.identity.pid)")
        #expect(again.session != acquired.session, "the session closed with its last lock")
        #expect(try #require(again.token.integer) > (try #require(acquired.token.integer)))
        _ = try await process.answer()
    }

    @Test("the death of the named process frees them")
    func death() async throws {
        let site = try currentSite()
        let path = site.path()
        let process = try bystander(site)
        _ = try await site.json("lock", "acquire", path, "--pid", "\(process.identity.pid)")
        let next = try await site.queue("mourner", path)
        try process.signal(SIGKILL)
        try await next.says("ready")
        _ = try await next.answer()
    }

    @Test("the death of the acquire that waits withdraws its request")
    func waiterDies() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold(path)
        let process = try bystander(site)
        let acquire = try site.start(
            ["lock", "acquire", path, "--label", "gone", "--pid", "\(process.identity.pid)"])
        try await site.waits("gone")
        let next = try await site.queue("after-gone", path)
        try acquire.signal(SIGKILL)
        _ = try await acquire.end()
        // Released before anybody knows, the lock would go to the process, which lives.
        _ = try await site.eventually("the request is withdrawn") { try await site.isWaiting("gone") ? nil : true }
        _ = try await holder.answer()
        try await next.says("ready")
        _ = try await next.answer()
        _ = try await process.answer()
    }

    @Test("a request whose deadline has passed while its process was stopped holds back nobody")
    func expired() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold("--shared", path)
        let stopped = try await site.queue("stopped-writer", path, "--wait", "30s")
        try await freeze(stopped.identity)
        let reader = try site.ask("--shared", path)
        try await reader.says("ready")
        #expect(try await site.history(path).contains { $0.event == "withdrawn" && $0.cause == "timed-out" })
        try stopped.signal(SIGCONT)
        #expect(try await stopped.end().status == 75)
        _ = try await reader.answer()
        _ = try await holder.answer()
    }

    @Test("a process that is not there is 66")
    func nobody() async throws {
        let site = try currentSite()
        let process = try bystander(site)
        _ = try await process.answer()
        let answer = try await site.run("lock", "acquire", site.path(), "--pid", "\(process.identity.pid)")
        #expect(answer.status == 66)
        #expect(answer.error.contains("there is no process \(process.identity.pid)"))
    }

    @Test("another user's process is 77", .enabled(if: getuid() != 0, "root may name any process"))
    func foreign() async throws {
        let site = try currentSite()
        let answer = try await site.run("lock", "acquire", site.path(), "--pid", "1")
        #expect(answer.status == 77)
        #expect(answer.error.contains("belongs to another user"))
    }

    @Test("busy is 75, and nothing is left of the asking")
    func busy() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold(path)
        let process = try bystander(site)
        let pid = "\(process.identity.pid)"
        #expect(try await site.run("lock", "acquire", path, "--pid", pid, "--no-wait").status == 75)
        #expect(try await site.run("lock", "acquire", path, "--pid", pid, "--wait", "50ms").status == 75)
        #expect(try await site.locks().waiting.elements.allSatisfy { $0.path.text != path })
        _ = try await holder.answer()
        _ = try await process.answer()
    }
}

extension JSON: ExpressibleByDictionaryLiteral {
    init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements) { first, _ in first })
    }
}
