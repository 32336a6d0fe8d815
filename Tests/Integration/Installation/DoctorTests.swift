import Glibc
import MySQL
import PeerTesting
import ServerTesting
import Testing

@testable import System

@Suite("doctor")
struct DoctorTests {
    /// What it says of one thing that is wrong, and of nothing else: exit code, and finding or hint. Returns the finding.
    private func expect(
        _ site: Site, _ name: String, _ status: Int32, _ words: String, _ changes: [String: String] = [:],
        with: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let script = try await site.start(["doctor", "--json"] + with, changes).answer()
        #expect(script.status == status && script.error == "", "\(script)", sourceLocation: sourceLocation)
        let problems = try script.json.elements.filter { $0.ok != true && $0.name != "runner" || $0.name.text == name }
        #expect(problems.map(\.name.text) == [name], "\(script.output)", sourceLocation: sourceLocation)
        let problem = try #require(problems.first)
        #expect(problem.names == ["name", "ok", "finding", "hint"], sourceLocation: sourceLocation)
        let text = "\(problem.finding.text ?? "") \(problem.hint.text ?? "")"
        #expect(text.contains(words), "\(text)", sourceLocation: sourceLocation)
        let answer = try await site.start(["doctor"] + with, changes).answer()
        #expect(answer.status == status && answer.error == "", "\(answer)", sourceLocation: sourceLocation)
        let line = answer.lines.firstIndex { $0.hasPrefix("problem  \(name) ") }
        let index = try #require(line, "\(answer.output)", sourceLocation: sourceLocation)
        // Two looks: what is counted in seconds may differ.
        let (said, finding) = (answer.lines[index], problem.finding.text ?? "")
        #expect(said.filter(\.isNotDigit).hasSuffix(finding.filter(\.isNotDigit)), sourceLocation: sourceLocation)
        let hint = answer.lines.dropFirst(index + 1).first?.drop { $0 == " " }
        #expect(hint.map(String.init) == problem.hint.text, "under its finding", sourceLocation: sourceLocation)
    }

    @Test("finds nothing where all is well, and says what it looked at")
    func well() async throws {
        let site = try await Site.used()
        let service = try await Service(site)
        let answer = try await site.run("doctor")
        #expect(answer.status == 0 && answer.error == "")
        #expect(answer.lines.allSatisfy { $0.hasPrefix("ok       ") }, "\(answer.output)")
        let checks = try await site.json("doctor").elements
        #expect(checks.allSatisfy { $0.names == ["name", "ok", "finding"] && $0.ok == true })
        let names = [
            "shim", "configuration", "state-directory", "disk", "cgroup", "database", "settings", "clock", "schema",
            "log", "hints", "runner", "notifications",
        ]
        #expect(checks.map(\.name.text) == names)
        #expect(answer.lines.count == names.count)
        #expect(try await service.stop().status == 0)
    }

    @Test("files for notifications that are missing or that others may read: 78, 77")
    func notificationFiles() async throws {
        let site = try await Site.used()
        let secret = site.scratch.file("secret")
        try site.scratch.write(
            """
            host: { id: h1 }
            notifications: { webhooks: [{ url: "https://127.0.0.1:1/", secret-file: \(secret), to: [admin] }] }
            """, to: "interlock.yaml")
        try await expect(site, "notification-files", 78, "\(secret) is not there")
        try site.scratch.write("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", to: "secret")
        try #require(chmod(secret, 0o644) == 0)
        try await expect(site, "notification-files", 77, "chmod 600 \(secret)")
        try #require(chmod(secret, 0o600) == 0)
        let answer = try await site.run("doctor")
        #expect(answer.output.contains("by the inbox, 1 webhook, to nobody yet: interlock user add"), "\(answer)")
    }

    @Test("a runner that is missing or dead: 69")
    func runner() async throws {
        let site = try await Site.used()
        try await expect(site, "runner", 69, "none is registered for host h1: tasks wait")
        let service = try await Service(site)
        try await service.kill()
        try await expect(site, "runner", 69, "is registered but dead")
        try await expect(site, "runner", 69, "Start it with: interlock serve")
    }

    @Test("a configuration with a mistake: 78, its line, and nothing more about it")
    func configuration() async throws {
        let site = try Site(database: nil, configuration: "host: { id: h1 }\ntask: {}\n")
        try await expect(site, "configuration", 78, "interlock.yaml:2")
    }

    @Test("a state directory that others may write to: 77; a relative one: 64")
    func stateDirectory() async throws {
        let site = try await Site.used()
        mkdir(site.stateDirectory, 0o777)
        chmod(site.stateDirectory, 0o777)
        try await expect(site, "state-directory", 77, "chmod go-w \(site.stateDirectory)")
        chmod(site.stateDirectory, 0o755)
        try await expect(site, "state-directory", 64, "Begin it with /", with: ["--state-dir", "relative"])
    }

    @Test("a state directory of another user: 77", .enabled(if: getuid() != 0, "root may write everywhere"))
    func foreign() async throws {
        let site = try await Site.used()
        try await expect(site, "state-directory", 77, "not writable", ["INTERLOCK_STATE_DIR": "/usr"])
    }

    @Test("a disk that is nearly full: 1", .enabled(if: getuid() == 0, "only root can mount a small disk"))
    func disk() async throws {
        let site = try await Site.used()
        mkdir(site.stateDirectory, 0o755)
        guard mount("none", site.stateDirectory, "tmpfs", 0, "size=100m,mode=755") == 0 else {
            try Test.cancel("no small disk can be mounted here")
        }
        defer { umount2(site.stateDirectory, Int32(MNT_DETACH)) }
        try await expect(site, "disk", 1, "100 MiB are free")
    }

    @Test("a shim that is missing: 1")
    func shim() async throws {
        let site = try await Site.used()
        let alone = site.scratch.file("interlock")
        // By another process: one that is started here meanwhile would keep the copy open, and it could not be run.
        let copy = try Interlock(["cp", Built.interlock, alone].map { Array($0.utf8) }, environment: site.environment)
        #expect(try await copy.answer().status == 0)
        let answer = try await Interlock([alone, "doctor"].map { Array($0.utf8) }, environment: site.environment)
            .answer()
        #expect(answer.status == 1)
        #expect(answer.lines.first?.hasSuffix("/interlock-shim is missing: no task can start") == true)
        #expect(answer.lines.first?.hasPrefix("problem  shim ") == true)
    }

    @Test("no database: 69, and how to start one")
    func noDatabase() async throws {
        let site = try Site(database: nil, configuration: "")
        try await expect(site, "database", 69, "Start it with: interlock serve")
    }

    @Test("a database that does not answer, does not let in, is not there, or whose URL is wrong: 69, 77, 69, 78")
    func database() async throws {
        let site = try await Site.used()
        let (server, variable) = (try await ScratchServer.shared(), "INTERLOCK_DATABASE")
        let socket = "socket=\(server.directory)/socket"
        try await expect(site, "database", 69, "Check that the server runs", [variable: "mysql://u@127.0.0.1:1/x"])
        try await expect(site, "database", 77, "nobody", [variable: "mysql://nobody:x@localhost/x?\(socket)"])
        try await expect(
            site, "database", 69, "Create the database first", [variable: "mysql://root@localhost/nowhere?\(socket)"])
        try await expect(site, "database", 78, "Mend INTERLOCK_DATABASE", [variable: "localhost/x"])
        try await expect(
            site, "database", 78, "/nowhere", [variable: "mysql://root@localhost/x?\(socket)&password-file=/nowhere"])
    }

    @Test("a server that would lose what it acknowledged: 78, and the setting")
    func settings() async throws {
        let server = try await ScratchServer.start(options: ["--innodb-flush-log-at-trx-commit=2"])
        let site = try Site(database: try await server.createDatabase().url, configuration: "")
        try await expect(site, "settings", 78, "innodb_flush_log_at_trx_commit=1")
    }

    @Test("a database whose clock is another than the host's: 1")
    func clock() async throws {
        let server = try await ScratchServer.start(
            options: ["--init-connect=SET timestamp = UNIX_TIMESTAMP() - 3600"])
        let database = try await server.createDatabase()
        // What is run at each login is not run for root.
        try Connection(server.endpoint()).run("CREATE USER 'plain'@'localhost' IDENTIFIED BY 'x'")
        try Connection(server.endpoint()).run("GRANT ALL ON \(database.database).* TO 'plain'@'localhost'")
        let site = try Site(
            database: "mysql://plain:x@localhost/\(database.database)?socket=\(server.directory)/socket",
            configuration: "")
        try await expect(site, "clock", 1, "s behind the host's")
    }

    @Test("a schema that is older or newer: 78; an empty database is well")
    func schema() async throws {
        let site = try await Site.used()
        try site.sql("UPDATE schema_version SET version = version - 1")
        try await expect(site, "schema", 78, "interlock schema apply")
        try site.sql("UPDATE schema_version SET version = version + 2")
        try await expect(site, "schema", 78, "newer")
        let answer = try await Site.make().run("doctor")
        #expect(answer.status == 0, "\(answer.output)")
        #expect(answer.lines.last?.contains("the database is empty") == true)
    }

    @Test("a mail server's certificate that is of no use: 1; of a good one, for whom and how long it is")
    func mailCertificate() async throws {
        let site = try await Site.used()
        let authority = try CertificateAuthority()
        let issued = try authority.issue(["mx.example.com", "mail.example.com"])
        try site.scratch.write(
            """
            mail: { internal-address: 127.0.0.1, certificate: \(issued.chain), key: \(site.scratch.file("mail.key")) }
            """, to: "mail.yaml")
        let with = ["--config", site.scratch.file("mail.yaml")]
        try await expect(site, "mail-certificate", 1, "Put a valid certificate and its key", with: with)
        try Directory.move(try authority.issue(["mx.example.com"]).key, to: site.scratch.file("mail.key"))
        try await expect(site, "mail-certificate", 1, "the private key is not the certificate's", with: with)
        try Directory.move(issued.key, to: site.scratch.file("mail.key"))
        let checks = try await site.start(["doctor", "--json"] + with).answer().json.elements
        let check = try #require(checks.first { $0.name == "mail-certificate" })
        #expect(check.ok == true, "\(check)")
        #expect(check.finding.text?.hasPrefix("for mx.example.com mail.example.com, until 20") == true, "\(check)")
    }

    @Test("a log with an event missing: 65")
    func log() async throws {
        let site = try await Site.used()
        try site.sql("DELETE FROM event WHERE position = 5")
        try await expect(site, "log", 65, "5")
    }

    @Test("hints that cannot be sent: 77", .enabled(if: getuid() != 0, "root may write everywhere"))
    func hints() async throws {
        let site = try await Site.used()
        let found = try await site.run("doctor", "--json").json.elements.first { $0.name == "hints" }
        let directory = try #require(found?.finding.text)
        chmod(directory, 0o555)
        defer { chmod(directory, 0o1777) }
        try await expect(site, "hints", 77, "chmod 1777 \(directory)")
    }
}

extension Character {
    fileprivate var isNotDigit: Bool { !isNumber }
}
