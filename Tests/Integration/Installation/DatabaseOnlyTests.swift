import Glibc
import Testing

@testable import System

@Suite("serve --database-only")
struct DatabaseOnlyTests {
    private func server(_ site: Site) throws -> ProcessIdentity {
        let text = site.scratch.text("state/database/pid").filter(\.isNumber)
        return try ProcessIdentity.of(pid: try #require(Int32(text)))
    }

    @Test("runs the private database, which a runner finds and leaves alone when it ends, until it is to end")
    func life() async throws {
        let site = try Site(database: nil, configuration: "host: { id: h1 }\n")
        let manager = try Manager(in: site.scratch)
        let database = try site.start(["serve", "--database-only"], ["NOTIFY_SOCKET": manager.path])
        #expect(try await manager.hears("READY=1").contains("runs in \(site.stateDirectory)/database"))
        let server = try server(site)
        let service = try await Service(site)
        #expect(!service.process.error.contains("starting the private database"))
        #expect(try await service.stop().status == 0)
        #expect(lives(server))
        try database.signal(SIGTERM)
        _ = try await manager.hears("STOPPING=1")
        #expect(try await database.end().status == 0)
        #expect(!lives(server), "it is ended in good order before")
        #expect(site.scratch.text("state/database/server.log").contains("Shutdown complete"))
        // MariaDB speaks the same protocol: it was not let to.
        #expect(try await !manager.isHeard(within: .zero))
    }

    @Test("fails when the database ends by itself, so that it is started again")
    func failure() async throws {
        let site = try Site(database: nil, configuration: "")
        let database = try site.start(["serve", "--database-only"])
        try await database.complains("serving the private database")
        try signal(SIGKILL, to: try server(site))
        let answer = try await database.end()
        #expect(answer.status == 1 && answer.error.contains("the private database has ended"))
    }

    @Test("with another database configured there is nothing to run, and that is well")
    func configured() async throws {
        let site = try await Site.make()
        let manager = try Manager(in: site.scratch)
        let answer = try await site.start(["serve", "--database-only"], ["NOTIFY_SOCKET": manager.path]).answer()
        #expect(answer.status == 0 && answer.error.contains("there is nothing to run"))
        #expect(try await manager.hears("READY=1").contains("names a database of its own"))
    }
}
