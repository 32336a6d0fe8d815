import Certificates
import EventStore
import Events
import Foundation
import Logging
import MySQL
import PeerTesting
import Projections
import Testing

@testable import Runner
@testable import System

/// What a runner looks at by itself, on a database of its own; the looks are taken one by one.
@Suite("The lookout")
struct LookoutTests {
    private let site: Site
    private let open: OpenSite

    init() async throws {
        site = try await Site.make()
        let endpoint = try Endpoint(url: try #require(site.database), allowPassword: true)
        try FileManager.default.createDirectory(atPath: site.stateDirectory, withIntermediateDirectories: true)
        open = try await OwnSite(endpoint: endpoint, stateDirectory: site.stateDirectory, host: "h1").open()
        _ = try await open.submit(.addUser(UserAdded(user: "olga", role: .owner)))
    }

    private func lookout(_ yaml: String = "") throws -> Lookout {
        Lookout(
            service: OwnService(
                open, configuration: try Configuration(yaml: Array(yaml.utf8), file: "interlock.yaml"), shim: "/none",
                logger: Logger(label: "test")))
    }

    private func notifications() async throws -> [String] {
        try await open.log.inspect { platform, _ in
            platform.notifications.open.map { "\($0.severity) \($0.kind) \($0.subject): \($0.title)" }.sorted()
        }
    }

    @Test(
        "tells of a certificate that runs out soon, once, as critical at the end, and takes it back when it is renewed")
    func certificate() async throws {
        let authority = try CertificateAuthority()
        let issued = try authority.issue(["mail.example.com"])
        let lookout = try lookout(
            "mail: { internal-address: 127.0.0.1, certificate: \(issued.chain), key: \(issued.key) }")
        let end = try Certificate(pem: try readFile(issued.chain, limit: 1 << 20)).notAfter
        func look(daysBefore days: Int) async throws {
            let now = WallTime(microseconds: Int64(end.microseconds - days * 86_400_000_000 + 1))
            try await lookout.tell(try await lookout.certificate(at: now))
        }
        try await look(daysBefore: 15)
        #expect(try await notifications().isEmpty)
        try await look(daysBefore: 14)
        let head = try await open.log.head()
        try await look(daysBefore: 13)
        #expect(try await open.log.head() == head)
        let path = issued.chain
        #expect(
            try await notifications() == [
                "warning certificate-expiring \(path) on h1: The mail server's certificate runs out at \(end)"
            ])
        try await look(daysBefore: 2)
        #expect(try await notifications().first?.hasPrefix("critical ") == true)
        try await look(daysBefore: -1)
        #expect(try await notifications().first?.hasSuffix("ran out at \(end)") == true)
        try await look(daysBefore: 80)
        #expect(try await notifications().isEmpty)
    }

    @Test("tells of each host's certificate by itself, and takes back what it told of one that is not used any more")
    func certificates() async throws {
        let authority = try CertificateAuthority()
        let issued = try authority.issue(["mail.example.com"])
        let end = try Certificate(pem: try readFile(issued.chain, limit: 1 << 20)).notAfter
        let late = WallTime(microseconds: Int64(end.microseconds - 1))
        let used = try lookout(
            "mail: { internal-address: 127.0.0.1, certificate: \(issued.chain), key: \(issued.key) }")
        try await used.tell(try await used.certificate(at: late))
        try await open.raise(.certificateExpiring, subject: "\(issued.chain) on h2", title: "t", body: nil)
        #expect(try await notifications().count == 2)
        try await used.tell(try await used.certificate(at: WallTime(microseconds: 0)))
        #expect(try await notifications() == ["warning certificate-expiring \(issued.chain) on h2: t"])
        try await used.tell(try await used.certificate(at: late))
        let unused = try lookout()
        try await unused.tell(try await unused.certificate(at: late))
        #expect(try await notifications() == ["warning certificate-expiring \(issued.chain) on h2: t"])
    }

    @Test("does not take back, right after its start, what another runner has seen for long")
    func otherRunner() async throws {
        let lookout = try lookout(
            """
            tasks: { t: { command: [/bin/true] } }
            reactions: [{ name: r, on: task.finished, start: t }]
            """)
        try site.sql("INSERT INTO follower (name, position, updated_at) VALUES ('reaction-r', 0, UTC_TIMESTAMP(6))")
        try await open.raise(.followerStuck, subject: "reaction-r", title: "stuck", body: nil)
        var (standstill, start) = (Standstill(), MonotonicTime.now)
        func look(after seconds: Int) async throws -> Int {
            let now = start.advanced(by: .seconds(seconds))
            try await lookout.tell(try await lookout.followers(&standstill, at: now))
            return try await notifications().count
        }
        #expect(try await look(after: 0) == 1)
        #expect(try await look(after: 60) == 1)
        try site.sql("UPDATE follower SET position = 1 WHERE name = 'reaction-r'")
        start = start.advanced(by: .seconds(100))
        #expect(try await look(after: 0) == 0, "it came on")
    }

    @Test("takes back trouble with ways to people that are configured no more, where nobody else delivers")
    func formerWays() async throws {
        let lookout = try lookout()
        try await open.raise(.deliveryFailed, subject: "mail", title: "t", body: nil)
        try await lookout.tell(try await lookout.formerWays())
        #expect(try await notifications().isEmpty)
    }

    @Test("tells of a follower that has not come on for five minutes, and takes it back when it has, or is no more")
    func followers() async throws {
        let lookout = try lookout(
            """
            tasks: { t: { command: [/bin/true] } }
            reactions: [{ name: r, on: task.finished, start: t }]
            """)
        for name in ["reaction-r", "reaction-of-others", "runner-gone"] {
            try site.sql("INSERT INTO follower (name, position, updated_at) VALUES ('\(name)', 0, UTC_TIMESTAMP(6))")
        }
        var (standstill, start) = (Standstill(), MonotonicTime.now)
        func look(after seconds: Int) async throws -> [String] {
            let now = start.advanced(by: .seconds(seconds))
            try await lookout.tell(try await lookout.followers(&standstill, at: now))
            return try await notifications()
        }
        #expect(try await look(after: 0).isEmpty)
        #expect(try await look(after: 299).isEmpty)
        let told = try await look(after: 300)
        #expect(told.count == 1 && told.first?.hasPrefix("warning follower-stuck reaction-r: ") == true, "\(told)")
        try site.sql("UPDATE follower SET position = 1 WHERE name = 'reaction-r'")
        #expect(try await look(after: 360).isEmpty, "it came on")
        #expect(try await look(after: 659).isEmpty)
        #expect(try await look(after: 660).count == 1)
        try site.sql("UPDATE follower SET position = 1000 WHERE name = 'reaction-r'")
        start = start.advanced(by: .seconds(1000))
        #expect(try await look(after: 0).isEmpty, "nothing lies behind it")
        try await open.raise(.followerStuck, subject: "runner-gone", title: "stuck", body: nil)
        #expect(try await look(after: 60).isEmpty)
    }

    @Test("tells of a log that does not hold what it held, and takes it back when it does again")
    func log() async throws {
        let lookout = try lookout()
        try await lookout.tell([try await lookout.log()])
        #expect(try await notifications().isEmpty)
        try site.sql("UPDATE event SET actor = CONCAT(actor, 'x') WHERE position = 1")
        try await lookout.tell([try await lookout.log()])
        #expect(try await notifications() == ["critical log-damaged log: The log is damaged at position 1"])
        try site.sql("UPDATE event SET actor = LEFT(actor, LENGTH(actor) - 1) WHERE position = 1")
        try await lookout.tell([try await lookout.log()])
        #expect(try await notifications().isEmpty)
    }

    @Test("ends a verification that is under way when it is cancelled")
    func cancelled() async throws {
        let lookout = try lookout()
        let verification = Task { try await lookout.log() }
        verification.cancel()
        await #expect(throws: CancellationError.self) { _ = try await verification.value }
    }

    @Test("tells nobody where the configuration switches the kind off")
    func off() async throws {
        let lookout = try lookout("notifications: { kinds: { log-damaged: off } }")
        try site.sql("UPDATE event SET actor = CONCAT(actor, 'x') WHERE position = 1")
        try await lookout.tell([try await lookout.log()])
        #expect(try await notifications().isEmpty)
    }
}
