import EventStore
import Events
import Projections
import Runner
import System

/// How soon all apps have another name of the mail server, beside the time that their tasks alone take; and what a list of many
/// apps costs through its views.
enum RenameCosts {
    private static let address = "127.91.17.4"
    private static let port = 24_650
    private static let taskMilliseconds = 50

    static func measure(_ stand: Stand) async throws -> [Figure] {
        let names = ["a.bench.example", "b.bench.example"]
        let files = try await certificate(stand, names)
        let server = try DetachedProcess.start(
            Launch(["/usr/bin/python3", stand.peers + "/mail_server.py", address, "\(port)", files.chain, files.key]))
        defer { try? server.signal(Signals.kill) }
        var figures: [Figure] = []
        for parallel in [3, 10] {
            let file = stand.directory + "/rename.yaml"
            try DurableFile.write(Array(configuration(files, parallel).utf8), to: file)
            let service = try await stand.serve(configuration: file)
            defer { try? service.signal(Signals.kill) }
            figures.append(try await rename(stand, names, parallel))
            try service.signal(Signals.terminate)
            _ = await service.wait()
        }
        return figures + (try await lists(stand))
    }

    private static func certificate(_ stand: Stand, _ names: [String]) async throws -> (chain: String, key: String) {
        let (chain, key) = (stand.directory + "/mail.pem", stand.directory + "/mail.key")
        let list = names.map { "DNS:\($0)" }.joined(separator: ",")
        let end = try await DetachedProcess.start(
            Launch([
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=bench",
                "-addext", "subjectAltName=\(list)", "-keyout", key, "-out", chain,
            ])
        ).wait()
        guard end.cause == .exited(0) else { throw Failure(description: "openssl: \(end.evidence)") }
        return (chain, key)
    }

    private static func configuration(_ files: (chain: String, key: String), _ parallel: Int) -> String {
        """
        tasks:
          configure: { command: [sh, -c, "sleep 0.05", "{app}"] }
        mail:
          internal-address: \(address)
          smtp-port: \(port + 1)
          smtps-port: \(port)
          certificate: \(files.chain)
          key: \(files.key)
          ca: \(files.chain)
          configure-task: configure
          parallel: \(parallel)

        """
    }

    /// From the order to the last flagged app that has the name and the old one's retirement; each is told once, no other.
    private static func rename(_ stand: Stand, _ names: [String], _ parallel: Int) async throws -> Figure {
        let site = try await stand.shared()
        let count = stand.isQuick ? 20 : 100
        let variables = stand.directory + "/variables"
        try DurableFile.makeDirectories(variables, mode: 0o700)
        let apps = (0..<2 * count).map { number in
            AppRegistered(
                app: "app\(number)",
                settings: AppSettings(
                    domain: "app\(number).bench.example", requiresValidCertificate: number < count,
                    envFile: "\(variables)/\(number)"))
        }
        _ = try await site.submit(.changeApps(registered: apps, changed: []))
        let known = try await site.log.inspect { platform, _ in platform.mail.name?.text }
        let first = names.first { $0 != known } ?? ""
        try await settle(site, on: first)
        let position = try await site.log.head().position
        let start = Clock.now
        try await settle(site, on: names.first { $0 != first } ?? "")
        let seconds = Clock.seconds(since: start)
        var told: [String: Int] = [:]
        for event in try await site.log.events(after: position, limit: 100_000) {
            if case .appReconfigured(let data) = try event.fact().event { told[data.app, default: 0] += 1 }
        }
        guard told.count == count, told.values.allSatisfy({ $0 == 1 }) else {
            throw Failure(description: "\(told.count) apps were told, \(told.values.max() ?? 0) times at most")
        }
        let bound = Double(count * taskMilliseconds) / Double(parallel) / 1000
        return Figure(
            name: "rename until \(count) apps have it, \(parallel) at once, task \(taskMilliseconds) ms",
            value: seconds,
            unit: "s", peer: "the tasks alone", peerValue: bound, ratio: seconds / bound)
    }

    private static func settle(_ site: OpenSite, on name: String) async throws {
        _ = try await site.submit(.requestRename(name, by: "bench", dashboard: nil))
        try await site.until { platform in
            let status = MailStatus(platform, withObstacles: false)
            return platform.mail.name?.text == name && status.isSettled
        }
    }

    /// A list of a thousand apps, for who sees all of it and for who sees little, once it is in memory.
    private static func lists(_ stand: Stand) async throws -> [Figure] {
        let site = try await stand.shared()
        let known = try await site.log.inspect { platform, _ in platform.apps.count }
        let apps = (known..<1000).map { number in
            AppRegistered(
                app: "app\(number)", settings: AppSettings(domain: "app\(number).bench.example", notes: "a note"))
        }
        _ = try await site.submit(.changeApps(registered: apps, changed: []))
        let viewers = [
            ("an administrator", Viewer.administrator), ("a user", Viewer(role: .user, name: "u", operates: ["app7"])),
        ]
        return try await site.log.inspect { platform, _ in
            viewers.map { who, viewer in
                let times = (0..<20).map { _ in
                    let start = Clock.now
                    let text = view(of: platform.apps, for: viewer).text
                    return Clock.seconds(since: start) * (text.isEmpty ? 0 : 1000)
                }
                return Figure(name: "list of 1000 apps as JSON, for \(who)", value: times.median, unit: "ms")
            }
        }
    }
}
