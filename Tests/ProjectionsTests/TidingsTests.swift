import Events
import Testing

@testable import Projections

@Suite("What happens")
struct TidingsTests {
    /// People, an app with an operator, and a runner; what happens is told.
    private func scene(_ rules: NoticeRules? = NoticeRules()) throws -> Scene {
        var scene = Scene()
        try scene.give(.addUser(UserAdded(user: "olga", role: .owner)))
        try scene.give(.addUser(UserAdded(user: "uwe", role: .user)))
        let blog = AppRegistered(app: "blog", settings: AppSettings(domain: "b.x.y", operators: ["uwe"]))
        try scene.give(.changeApps(registered: [blog], changed: []))
        try scene.register("r1")
        scene.rules = rules
        return scene
    }

    private func end(_ outcome: TaskFinished.Outcome, app: String? = nil, in scene: inout Scene) throws {
        let task = "t\(scene.facts.count)"
        try scene.queue(task, app: app)
        try scene.finish(task, outcome, by: "r1")
    }

    private func open(_ scene: Scene) -> [String] {
        scene.platform.notifications.open.map { "\($0.kind) \($0.subject)" }.sorted()
    }

    @Test("is told where a task failed, in the transaction of its end, and is over with the next that succeeds")
    func tasks() throws {
        var scene = try scene()
        try end(.notStarted, in: &scene)
        #expect(open(scene) == ["task-failed backup"])
        let record = try #require(scene.platform.notifications.open.first)
        #expect(record.title == "Task backup failed" && record.body?.contains("it could not be started") == true)
        #expect(record.audience == .staff(StaffAudience(.administrators)))
        try end(.timedOut, in: &scene)
        #expect(scene.platform.notifications.open.first?.count == 2)
        try end(.lost, in: &scene)
        #expect(open(scene) == ["task-failed backup", "task-lost backup"])
        try end(.stopped, in: &scene)
        #expect(open(scene).count == 2)
        try end(.succeeded, app: "blog", in: &scene)
        #expect(open(scene).count == 2)
        try end(.succeeded, in: &scene)
        #expect(open(scene).isEmpty)
        expectReplayed(scene)
    }

    @Test("to a task that is to be retried is told when the last attempt failed")
    func retries() throws {
        var scene = try scene()
        try scene.give(
            .queueTask(
                TaskQueued(task: TaskID("t"), type: "backup", locks: [], retries: 1, backoff: 1, requestedBy: "me"),
                scene.taskSession("t")))
        try scene.finish("t", .failed, by: "r1")
        #expect(open(scene).isEmpty)
        scene.now += 10_000_000
        try scene.give(.taskDue(TaskID("t"), scene.taskSession("t2")))
        try scene.give(
            .taskFinished(
                TaskFinished(task: TaskID("t"), attempt: 2, outcome: .failed, evidence: "seen"), by: RunnerID("r1")))
        #expect(open(scene) == ["task-failed backup"])
        #expect(scene.platform.notifications.open.first?.body?.contains("at attempt 2") == true)
    }

    @Test("to an app is told its operators too, and is over when the app is removed")
    func apps() throws {
        var scene = try scene()
        try end(.crashed, app: "blog", in: &scene)
        let record = try #require(scene.platform.notifications.open.first)
        #expect(record.subject == "backup blog")
        #expect(record.audience == .staff(StaffAudience(.administrators, .operators(of: "blog"))))
        try scene.give(
            .changeApps(
                registered: [AppRegistered(app: "backup", settings: AppSettings(domain: "c.x.y"))], changed: []))
        try end(.failed, in: &scene)
        try scene.open("other")
        try scene.acquire("other", "/app/backup")
        let other = try #require(scene.platform.locks.grants(of: SessionID("other")).last?.token)
        try scene.give(.removeApp("backup", token: other))
        #expect(open(scene).contains("task-failed backup"), "of the host's task, which is called as the app is")
        try end(.succeeded, in: &scene)
        try scene.open("uninstall")
        try scene.acquire("uninstall", "/app/blog")
        let token = try #require(scene.platform.locks.grants(of: SessionID("uninstall")).last?.token)
        try scene.give(.removeApp("blog", token: token))
        #expect(open(scene).isEmpty)
        expectReplayed(scene)
    }

    @Test("is not told where the kind is switched off, and is over where it was told before")
    func off() throws {
        var scene = try scene()
        try end(.failed, in: &scene)
        scene.rules = NoticeRules([.taskFailed: NoticeRules.Rule(isOff: true)])
        try end(.failed, in: &scene)
        #expect(scene.platform.notifications.open.first?.count == 1)
        try end(.succeeded, in: &scene)
        try end(.failed, in: &scene)
        #expect(open(scene).isEmpty)
    }

    @Test("is told those whom the configuration names, as severe as it says")
    func redirected() throws {
        let rule = NoticeRules.Rule(audience: StaffAudience(.owners), severity: .critical)
        var scene = try scene(NoticeRules([.taskFailed: rule]))
        try end(.failed, in: &scene)
        let record = try #require(scene.platform.notifications.open.first)
        #expect(record.audience == .staff(StaffAudience(.owners)) && record.severity == .critical)
    }

    @Test("is not told by a command that does not tell")
    func untold() throws {
        var scene = try scene(nil)
        try end(.failed, in: &scene)
        #expect(open(scene).isEmpty)
    }

    @Test("to a reaction is told as long as it is parked, without what the problem says")
    func reactions() throws {
        var scene = try scene()
        try scene.give(
            .park(ReactionParked(reaction: "tell", position: 2, problem: "a secret word"), by: RunnerID("r1")))
        #expect(open(scene) == ["reaction-parked tell"])
        let record = try #require(scene.platform.notifications.open.first)
        #expect(record.body?.contains("secret") == false)
        try scene.give(.retryReaction("tell", by: "olga"))
        #expect(open(scene).isEmpty)
    }

    @Test("with a refused request is told as little as the platform's people may read, however many paths it names")
    func deadlocks() throws {
        var scene = try scene()
        scene.reason = "a secret reason"
        try scene.open("a")
        try scene.open("b")
        let long = try (0..<20).map { try lock("/app/a-rather-long-name-\($0)") }
        try scene.acquire("a", "/x")
        try scene.acquire("b", "/app")
        try scene.acquire("a", "/app/y")
        let request = Acquisition(
            holder: .session(SessionID("b")), request: RequestID("q"), locks: long + [try lock("/x")],
            reason: scene.reason, wait: true)
        let reply = try scene.judged { alive in
            var request = request
            request.alive = alive
            return .acquire(request)
        }
        guard case .refused(_, let position) = reply else { throw Sample.Missing() }
        let record = try #require(scene.platform.notifications.open.first)
        #expect(record.kind == "deadlock-refused" && record.severity == .info)
        #expect(record.subject.utf8.count <= Platform.maximumTitle && record.subject.hasSuffix("…"))
        #expect(record.body == "See: interlock deadlock show \(position)")
        expectReplayed(scene)
    }

    @Test("to a database that was restored is told")
    func restored() throws {
        var scene = try scene()
        let head = scene.facts.last?.position ?? 0
        try scene.give(.adopt(Restoration(previousHead: head, highest: head + 5, by: "olga")))
        #expect(open(scene) == ["database-restored log"])
        #expect(scene.platform.notifications.open.first?.severity == .critical)
        expectReplayed(scene)
    }

    /// The events alone say all of it.
    private func expectReplayed(_ scene: Scene) {
        for name in Platform.projectionNames {
            #expect(scene.platform.encodeProjection(name) == scene.replayed.encodeProjection(name), "\(name)")
        }
    }
}
