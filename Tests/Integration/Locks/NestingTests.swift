import Glibc
import Testing

@testable import System

@Suite("Locks inside locks", .service)
struct NestingTests {
    @Test("what a process takes under a lock is a child session's, and does not conflict with what its parent holds")
    func child() async throws {
        let site = try currentSite()
        let path = site.path()
        let script = """
            echo $INTERLOCK_SESSION
            interlock lock run --no-wait \(path) \(path)/x -- sh -c 'echo $INTERLOCK_SESSION'
            """
        let answer = try await site.ask(path, script: script).answer()
        #expect(answer.status == 0, "\(answer.error)")
        let sessions = answer.output.split(separator: "\n")
        #expect(sessions.count == 2)
        #expect(Set(sessions).count == 2)
        #expect(try await site.ask("--no-wait", path, script: "true").answer().status == 0)
    }

    @Test("a child that ends gives back its own locks only")
    func childEnds() async throws {
        let site = try currentSite()
        let (a, b) = (site.path(), site.path())
        let parent = try site.ask(a, script: "interlock lock run \(b) -- true; echo ready; cat")
        try await parent.says("ready")
        #expect(try await site.holders(of: b).isEmpty)
        #expect(try await site.holders(of: a).count == 1)
        _ = try await parent.answer()
    }

    @Test("siblings do conflict")
    func siblings() async throws {
        let site = try currentSite()
        let (a, b) = (site.path(), site.path())
        let script = """
            interlock lock run \(b) -- sh -c 'interlock lock run --no-wait \(a) -- true; echo under:$?; echo ready; cat' <&0 &
            wait
            """
        let parent = try site.ask(a, script: "exec 3<&0; \(script.replacing("<&0", with: "<&3"))")
        try await parent.says("ready")
        #expect(parent.output.contains("under:0"), "what the grandparent holds is no obstacle")
        let session = try #require(
            try await site.locks().held.elements.first { $0.path.text == a }?.session.text)
        let sibling = try await site.start(
            ["lock", "run", "--no-wait", b, "--", "true"], ["INTERLOCK_SESSION": session]
        ).answer()
        #expect(sibling.status == 75)
        _ = try await parent.answer()
    }

    @Test("a parent's death leaves the child its locks, and frees the parent's")
    func parentDies() async throws {
        let site = try currentSite()
        let (a, b) = (site.path(), site.path())
        let script = "exec 3<&0; interlock lock run \(b) -- sh -c 'echo ready; cat <&3' & wait"
        let parent = try site.ask(a, script: script)
        try await parent.says("ready")
        try signal(SIGKILL, to: try await site.holder(of: a))
        try await site.isFree(a)
        #expect(try await site.holders(of: b).count == 1)
        parent.letGo()
        try await site.isFree(b)
    }

    @Test("a session that has ended is replaced as parent by its nearest living ancestor")
    func endedParent() async throws {
        let site = try currentSite()
        let (a, b) = (site.path(), site.path())
        let script = """
            inner=$(interlock lock run \(b) -- sh -c 'echo $INTERLOCK_SESSION')
            INTERLOCK_SESSION=$inner interlock lock run --no-wait \(a) -- echo nested
            """
        let answer = try await site.ask(a, script: script).answer()
        #expect(answer.output == "nested\n", "\(answer.error)")
    }

    @Test("the session of another database is an error that says what to do")
    func foreign() async throws {
        let site = try currentSite()
        let path = site.path()
        let answer = try await site.ask(path, environment: ["INTERLOCK_SESSION": "elsewhere-1"]).answer()
        #expect(answer.status == 78)
        #expect(answer.error.contains("'elsewhere-1' is of another database"))
        #expect(try await site.history(path).isEmpty)
    }

    @Test("a process that is already a session goes on using it")
    func same() async throws {
        let site = try currentSite()
        let (a, b) = (site.path(), site.path())
        let holder = try await site.hold(a)
        let process = try await site.holder(of: a)
        let acquired = try await site.json("lock", "acquire", b, "--pid", "\(process.pid)")
        let sessions = try await site.locks().held.elements.filter { [a, b].contains($0.path.text) }
        #expect(Set(sessions.compactMap(\.session.text)) == [acquired.session.text])
        _ = try await holder.answer()
        try await site.isFree(b)
    }
}
