import EventStore
import Events
import Projections
import Runner
import System

/// The scenario: much is asked for at once, one thing is killed, and afterwards everything can be seen.
struct Scenario {
    let stage: Stage

    /// Nothing in the scenario takes longer.
    static let patience = "60s"

    func play() async throws {
        let site = try await stage.context.open()
        try await stage.run("task", "run", "platform-start")
        stage.say("A backup of all apps, updates of two apps, and an update of the platform, all at once.")
        let backup = try await start("backup", nil, site, "--arg", "seconds=2")
        let blog = try await start("app-update", "blog", site, "--arg", "version=1.1.0", "--arg", "seconds=2")
        // Long, as it is killed: while it runs the backup cannot end, and so the update must wait, however slow the machine.
        let wiki = try await start("app-update", "wiki", site, "--arg", "version=1.1.0", "--arg", "seconds=600")
        let update = try await start("update", nil, site, "--arg", "version=2.0.0", "--arg", "seconds=1")
        let process = try await mainProcess(of: wiki, site)
        try await waitUntil("the update waits to be applied") {
            try await site.log.inspect { platform, _ in
                platform.locks.queue.contains { $0.locks.contains { $0.path.text == "/type/backup" } }
            }
        }
        stage.say("Who holds what, and who waits for whom.")
        try await stage.run("task", "list")
        try await stage.run("lock", "list")

        stage.say(
            "The backup runs, the update waits to be applied; a task on an app that is not copied starts at once.")
        let free = try await uncopied(site)
        try await stage.run("task", "run", "app-configure", "--app", free, "--arg", "value=Welcome")

        stage.say("Now the main process of the wiki's update is killed with -9.")
        let crash = try await site.log.head().position
        try PidFD(process).signal(Signals.kill)
        try await stage.run("task", "wait", wiki.text, "--timeout", Self.patience)

        stage.say("The rest ends by itself.")
        for task in [blog, backup, update] {
            try await stage.run("task", "wait", task.text, "--timeout", Self.patience)
        }
        stage.say("What those who run the platform are told.")
        try await stage.run("notification", "list")
        stage.say("What happened to the locks.")
        try await stage.run("lock", "history")
        stage.say("What was held and waited for at the crash (position \(crash)).")
        try await stage.run("lock", "list", "--at", String(crash))
        try await stage.run("task", "list")
        stage.say("The log is whole, and the stored state is what follows from it.")
        let verified = try await stage.run("log", "verify")
        let checked = try await stage.run("projection", "check")
        try await judge(site, crashed: wiki, succeeded: [blog, backup, update], verified == 0 && checked == 0)
    }

    private func start(_ type: String, _ app: String?, _ site: OpenSite, _ arguments: String...) async throws -> TaskID
    {
        try await stage.run(["task", "start", type] + (app.map { ["--app", $0] } ?? []) + arguments)
        let task = try await site.log.inspect { platform, _ in
            platform.tasks.unfinished.last { $0.order.type == type && $0.order.app == app }?.id
        }
        guard let task else { throw failed("the task '\(type)' was not queued, or ended at once") }
        return task
    }

    private func mainProcess(of task: TaskID, _ site: OpenSite) async throws -> ProcessIdentity {
        var process: ProcessID?
        try await waitUntil("task \(task) runs") {
            process = try await site.status(of: task)?.record.start?.process
            return process != nil
        }
        guard let process, let identity = ProcessIdentity(process) else { throw failed("task \(task) has no process") }
        return identity
    }

    /// An app that nobody holds now.
    private func uncopied(_ site: OpenSite) async throws -> String {
        try await site.log.inspect { platform, _ in
            let held = platform.locks.standing.flatMap(\.locks).map(\.path.text)
            return ["photos", "blog", "wiki"].first { !held.contains("/app/\($0)") } ?? "photos"
        }
    }

    private func waitUntil(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = MonotonicTime.now.advanced(by: .seconds(60))
        while try await !condition() {
            guard MonotonicTime.now < deadline else { throw failed("it never came to this: \(what)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// The demo fails where the platform did not do what it says.
    private func judge(
        _ site: OpenSite, crashed: TaskID, succeeded: [TaskID], _ isWhole: Bool
    ) async throws {
        guard isWhole else { throw failed("the log or a projection is damaged") }
        for task in succeeded + [crashed] {
            let expected: TaskFinished.Outcome = task == crashed ? .crashed : .succeeded
            let outcome = try await site.status(of: task)?.record.end?.outcome
            guard outcome == expected else {
                throw failed("task \(task) is \(outcome?.rawValue ?? "unfinished"), not \(expected.rawValue)")
            }
        }
        stage.say("Done: the killed task's lock went to the next in line, everything else succeeded.")
    }

    private func failed(_ problem: String) -> CommandFailure {
        CommandFailure(.failed, code: "demo", "the demo did not go as it should: \(problem)")
    }
}
