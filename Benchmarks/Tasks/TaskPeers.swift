import Runner
import System

/// The same short command as a job of task-spooler and of Celery with Redis. Left out where they are not installed.
enum TaskPeers {
    static func measure(_ stand: Stand) async throws -> [Figure] {
        let count = stand.isQuick ? 100 : 1000
        return try await spooler(stand, count) + celery(stand, count)
    }

    /// Runs a command so many times, sixteen at once.
    static func commands(_ count: Int, _ command: [String], _ environment: Environment) async throws {
        let workers = 16
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<workers {
                group.addTask {
                    for _ in stride(from: worker, to: count, by: workers) {
                        try await succeed(command, environment)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func succeed(_ command: [String], _ environment: Environment) async throws {
        let end = try await DetachedProcess.start(Launch(command, environment: environment)).wait()
        guard end.cause == .exited(0) else { throw Failure(description: "\(command) ended: \(end.evidence)") }
    }

    /// Each job is asked for by a command; it keeps jobs in its memory only.
    private static func spooler(_ stand: Stand, _ count: Int) async throws -> [Figure] {
        guard Directory.contains("/usr/bin/tsp") else { return [] }
        let environment = Environment.current.adding([
            ("TS_SOCKET", stand.directory + "/tsp"), ("TMPDIR", stand.directory),
        ])
        try await succeed(["tsp", "-S", "16"], environment)
        let start = Clock.now
        try await commands(count, ["tsp", "-n", "true"], environment)
        // One more can be waited for; it begins when a place is free, and the others that are left have one.
        try await succeed(["tsp", "-nf", "true"], environment)
        let seconds = Clock.seconds(since: start)
        try await succeed(["tsp", "-K"], environment)
        return [
            Figure(
                name: "task-spooler: short jobs, a command each (\(count))", value: Double(count) / seconds, unit: "/s")
        ]
    }

    /// Jobs by Celery's own client, with Redis that forces each write to the disk as our log does, and then as it comes.
    private static func celery(_ stand: Stand, _ count: Int) async throws -> [Figure] {
        guard Directory.contains("/usr/bin/celery"), Directory.contains("/usr/bin/redis-server") else { return [] }
        var figures: [Figure] = []
        for (name, options) in [
            ("each write forced to the disk", ["--appendonly", "yes", "--appendfsync", "always"]),
            ("as it comes, in memory", ["--appendonly", "no"]),
        ] {
            let place = stand.directory + "/redis"
            try Directory.removeTree(place)
            try DurableFile.makeDirectory(place)
            let socket = place + "/socket"
            let redis = try DetachedProcess.start(
                Launch(
                    ["redis-server", "--port", "0", "--unixsocket", socket, "--dir", place, "--save", ""] + options))
            defer { try? redis.signal(Signals.terminate) }
            while !Directory.contains(socket) { Pause.milliseconds(10) }
            let output = place + "/output"
            let client = try DetachedProcess.start(
                Launch(["/usr/bin/python3", stand.peers + "/celery_jobs.py", socket, "\(count)"]),
                output: .file(output),
                error: .file(place + "/errors"))
            guard await client.wait().cause == .exited(0),
                let rate = Double(
                    String(decoding: try DurableFile.read(output, limit: 1024) ?? [], as: UTF8.self).split(
                        whereSeparator: \.isWhitespace
                    ).joined())
            else {
                let errors = try DurableFile.read(place + "/errors", limit: 1 << 20) ?? []
                throw Failure(
                    description: "celery did not work: \(String(decoding: errors.suffix(500), as: UTF8.self))")
            }
            try redis.signal(Signals.terminate)
            _ = await redis.wait()
            figures.append(Figure(name: "Celery with Redis, \(name): short jobs (\(count))", value: rate, unit: "/s"))
        }
        return figures
    }
}
