import Events
import Projections
import Testing

@Suite("The mail server's name")
struct MailTests {
    private let runner = RunnerID("r")

    private func scene() throws -> Scene {
        var scene = Scene()
        try scene.register("r")
        for (app, flag) in [("blog", true), ("wiki", true), ("chat", false)] {
            let settings = AppSettings(domain: "\(app).x.y", requiresValidCertificate: flag)
            try scene.give(.changeApps(registered: [AppRegistered(app: app, settings: settings)], changed: []))
        }
        return scene
    }

    private func ask(_ scene: inout Scene, _ name: String, by: String = "olga") throws {
        try scene.give(.requestRename(name, by: by, dashboard: "my.x.y"))
    }

    private func serve(_ scene: inout Scene, certificate: String = "f") throws {
        let served = MailServed(names: scene.platform.mail.names, certificate: certificate)
        try scene.give(.mailServed(served, by: runner))
    }

    private func rename(_ scene: inout Scene, _ name: String) throws {
        try ask(&scene, name)
        try serve(&scene)
        try scene.give(.commitRename(name, by: runner))
    }

    private func reconfigure(_ scene: inout Scene, _ app: String, _ outcome: TaskFinished.Outcome = .succeeded) throws {
        let task = "t\(scene.facts.count)"
        try scene.queue(task, "/app/\(app)", app: app, unique: TaskRecord.reconfigurationKey(of: app))
        try scene.give(.beginReconfiguration(TaskID(task), by: runner))
        try scene.start(task, by: "r")
        try scene.finish(task, outcome, by: "r")
    }

    private func lagging(_ scene: Scene) -> [String] { scene.platform.lagging.map(\.id) }

    @Test("is asked for, made ready, and only then its name; then the flagged apps lag, and no other")
    func renamed() throws {
        var scene = try scene()
        try ask(&scene, "a.x.y")
        expectRefused(.wrongState) { try scene.give(.commitRename("a.x.y", by: runner)) }
        #expect(Reconciliation(scene.platform).committed == nil && lagging(scene) == [])
        try serve(&scene)
        #expect(Reconciliation(scene.platform).committed == "a.x.y")
        try scene.give(.commitRename("a.x.y", by: runner))
        #expect(scene.platform.mail.name?.text == "a.x.y" && scene.platform.mail.generation == 1)
        #expect(Reconciliation(scene.platform).due == ["blog", "wiki"])
    }

    @Test("before is answered until no running app lags, and then retired")
    func retired() throws {
        var scene = try scene()
        try rename(&scene, "a.x.y")
        try reconfigure(&scene, "blog")
        try reconfigure(&scene, "wiki")
        try rename(&scene, "b.x.y")
        #expect(scene.platform.mail.names == ["a.x.y", "b.x.y"])
        try reconfigure(&scene, "blog")
        expectRefused(.wrongState) { try scene.give(.retireNames(by: runner)) }
        try reconfigure(&scene, "wiki", .failed)
        #expect(scene.platform.apps["wiki"]?.failure?.problem == "failed: exit record")
        expectRefused(.wrongState) { try scene.give(.retireNames(by: runner)) }
        #expect(!Reconciliation(scene.platform).retires)
        try reconfigure(&scene, "wiki")
        #expect(scene.platform.apps["wiki"]?.failure == nil && Reconciliation(scene.platform).retires)
        try scene.give(.retireNames(by: runner))
        #expect(scene.platform.mail.names == ["b.x.y"])
    }

    @Test("and back again starts nobody anew who never had the other one, and calls off what is queued for it")
    func back() throws {
        var scene = try scene()
        try rename(&scene, "a.x.y")
        try reconfigure(&scene, "blog")
        try reconfigure(&scene, "wiki")
        try rename(&scene, "b.x.y")
        try reconfigure(&scene, "blog")
        #expect(try scene.takes("backup", "/app/wiki"))
        try scene.queue("waits", "/app/wiki", unique: TaskRecord.reconfigurationKey(of: "wiki"))
        try rename(&scene, "a.x.y")
        let plan = Reconciliation(scene.platform)
        #expect(plan.due == ["blog"] && plan.needless == [TaskID("waits")])
        try scene.release("backup")
        let claimed = try #require(scene.platform.tasks.task(TaskID("waits")))
        #expect(claimed.phase == .claimed && !scene.platform.isNeeded(claimed))
    }

    @Test("that is asked for later overtakes one that is not there yet; who asked for that finds it refused")
    func overtaken() throws {
        var scene = try scene()
        try ask(&scene, "a.x.y", by: "ann")
        let mark = scene.facts.count
        try ask(&scene, "a.x.y", by: "bob")
        #expect(scene.facts.count == mark)
        try ask(&scene, "b.x.y", by: "bob")
        #expect(scene.kinds(since: mark) == ["mail.rename-refused", "mail.rename-requested"])
        #expect(scene.platform.mail.refused?.name == "a.x.y" && scene.platform.mail.wish?.name == "b.x.y")
        try serve(&scene)
        expectRefused(.wrongState) { try scene.give(.commitRename("a.x.y", by: runner)) }
        try scene.give(.commitRename("b.x.y", by: runner))
        try ask(&scene, "c.x.y")
        try ask(&scene, "b.x.y")
        #expect(scene.platform.mail.wish == nil && scene.platform.mail.refused?.name == "c.x.y")
        #expect(scene.platform.mail.generation == 1)
    }

    @Test("is nobody else's: not the dashboard's, not an app's, and no app takes it while it is answered or wished for")
    func collisions() throws {
        var scene = try scene()
        for name in ["single", "A.x.y", "a.x.y.", "-a.x.y", "1.2.3.4", String(repeating: "a.", count: 127) + "xy"] {
            expectRefused(.invalid) { try ask(&scene, name) }
        }
        expectRefused(.nameTaken) { try ask(&scene, "my.x.y") }
        expectRefused(.nameTaken) { try ask(&scene, "blog.x.y") }
        try rename(&scene, "a.x.y")
        try rename(&scene, "b.x.y")
        try ask(&scene, "c.x.y")
        for name in ["a.x.y", "b.x.y", "c.x.y"] {
            expectRefused(.nameTaken) {
                try scene.give(
                    .changeApps(
                        registered: [AppRegistered(app: "n", settings: AppSettings(domain: name))], changed: []))
            }
        }
    }

    @Test("makes a flag that is switched on or off, and another address, something to be told")
    func flags() throws {
        var scene = try scene()
        try rename(&scene, "a.x.y")
        try reconfigure(&scene, "blog")
        try reconfigure(&scene, "wiki")
        func change(_ app: String, _ set: (inout AppChanges) -> Void) throws {
            var changes = AppChanges()
            set(&changes)
            try scene.give(.changeApps(registered: [], changed: [AppChanged(app: app, changes: changes)]))
        }
        try change("blog") { $0.requiresValidCertificate = false }
        try change("chat") { $0.requiresValidCertificate = true }
        try change("wiki") { $0.mailFrom = "we@x.y" }
        #expect(lagging(scene) == ["blog", "chat", "wiki"])
        try change("chat") { $0.isStopped = true }
        #expect(Reconciliation(scene.platform).due == ["blog", "wiki"])
        try reconfigure(&scene, "blog")
        #expect(scene.platform.apps["blog"]?.applied?.server == AppMail.plainServer)
        try change("wiki") { $0.hasMail = false }
        try reconfigure(&scene, "wiki")
        #expect(lagging(scene) == ["chat"] && scene.platform.apps["wiki"]?.applied == nil)
        try change("chat") { $0.isStopped = false }
        #expect(Reconciliation(scene.platform).due == ["chat"])
    }

    @Test("goes to no task that is claimed or needed by now, nor does a wish that is another one")
    func stale() throws {
        var scene = try scene()
        try rename(&scene, "a.x.y")
        let key = TaskRecord.reconfigurationKey(of: "blog")
        try scene.open("backup")
        try scene.acquire("backup", "/app/blog")
        try scene.queue("t", "/app/blog", app: "blog", unique: key)
        expectRefused(.wrongState) { try scene.give(.dropNeedless(TaskID("t"), by: runner)) }
        var changes = AppChanges()
        changes.requiresValidCertificate = false
        try scene.give(.changeApps(registered: [], changed: [AppChanged(app: "blog", changes: changes)]))
        #expect(Reconciliation(scene.platform).needless == [TaskID("t")])
        try scene.give(.dropNeedless(TaskID("t"), by: runner))
        #expect(scene.platform.tasks.task(TaskID("t")) == nil)
        try ask(&scene, "b.x.y")
        expectRefused(.wrongState) { try scene.give(.refuseRename("c.x.y", problem: "late", by: runner)) }
        #expect(scene.platform.mail.wish?.name == "b.x.y")
    }

    @Test("is not retired while another is on the way")
    func retiredLater() throws {
        var scene = try scene()
        for name in ["a.x.y", "b.x.y"] {
            try rename(&scene, name)
            for app in ["blog", "wiki"] { try reconfigure(&scene, app) }
        }
        try ask(&scene, "c.x.y")
        #expect(!Reconciliation(scene.platform).retires)
        expectRefused(.wrongState) { try scene.give(.retireNames(by: runner)) }
    }

    @Test("is not corrected for an app whose task of the other kind is needless: each has its own key")
    func corrections() throws {
        var scene = try scene()
        try rename(&scene, "a.x.y")
        try reconfigure(&scene, "blog")
        try scene.queue("t", "/app/blog", app: "blog", unique: TaskRecord.correctionKey(of: "blog"))
        let task = try #require(scene.platform.tasks.task(TaskID("t")))
        #expect(task.corrects == "blog" && task.reconfigures == nil)
        #expect(Reconciliation(scene.platform).needless == [])
    }

    @Test("is spoken of by a registered runner only, and what is so already is not said again")
    func runners() throws {
        var scene = try scene()
        try ask(&scene, "a.x.y")
        try serve(&scene)
        let mark = scene.facts.count
        try serve(&scene)
        try scene.give(.mailDelayed(MailDelayed(step: .probe, problem: nil), by: runner))
        #expect(scene.facts.count == mark)
        try scene.give(.mailDelayed(MailDelayed(step: .probe, problem: "it is down"), by: runner))
        try scene.give(.mailDelayed(MailDelayed(step: .probe, problem: "it is down"), by: runner))
        #expect(scene.facts.count == mark + 1)
        let other = RunnerID("other")
        expectRefused(.noSuchRunner) { try scene.give(.commitRename("a.x.y", by: other)) }
        expectRefused(.noSuchRunner) { try scene.give(.retireNames(by: other)) }
        expectRefused(.noSuchRunner) {
            try scene.give(.mailServed(MailServed(names: ["a.x.y"], certificate: "g"), by: other))
        }
    }
}
