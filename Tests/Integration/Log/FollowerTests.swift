import Testing

@testable import System

@Suite("The runner's follower", .serialized, .service(Types.configuration))
struct FollowerTests {
    /// What `log stats` says of the only follower.
    private func follower(_ site: Site) async throws -> JSON {
        let followers = try await site.json("log", "stats").followers.elements
        #expect(followers.count <= 1)
        return followers.first ?? .absent
    }

    @Test("is listed by its host, and comes up to the head")
    func comesUp() async throws {
        let site = try currentSite()
        _ = try await site.finished(try await site.task("true"))
        let found = try await site.eventually("a follower without lag") {
            let follower = try await follower(site)
            return follower.lag == 0 ? follower : nil
        }
        #expect(found.name == "runner-h1")
        #expect(found.position.integer.map { $0 > 0 } == true)
    }

    @Test("leaves its place when the runner ends, and the next one goes on from there")
    func staysKnown() async throws {
        let site = try currentSite()
        let service = try currentService()
        _ = try await site.finished(try await site.task("true"))
        let end = try #require(try await site.events().last { $0.type == "task.finished" }?.position.integer)
        #expect(try await service.stop().status == 0)
        let left = try #require(try await follower(site).position.integer)
        #expect(left >= end)
        try await service.restart()
        let next = try await site.eventually("a follower without lag") {
            let follower = try await follower(site)
            return follower.lag == 0 ? follower.position.integer : nil
        }
        #expect(next > left)
    }
}
