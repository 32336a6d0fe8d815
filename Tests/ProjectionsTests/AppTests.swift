import Events
import Projections
import Testing

@Suite("Apps")
struct AppTests {
    private func register(_ scene: inout Scene, _ app: String, _ settings: AppSettings) throws {
        try scene.give(.changeApps(registered: [AppRegistered(app: app, settings: settings)], changed: []))
    }

    private func scene() throws -> Scene {
        var scene = Scene()
        try register(&scene, "blog", AppSettings(domain: "blog.x.y", envFile: "/blog.env"))
        try register(&scene, "wiki", AppSettings(domain: "wiki.x.y", notes: "ours"))
        return scene
    }

    private func change(_ app: String, _ set: (inout AppChanges) -> Void) -> Platform.Command {
        var changes = AppChanges()
        set(&changes)
        return .changeApps(registered: [], changed: [AppChanged(app: app, changes: changes)])
    }

    @Test("are registered and changed once: what is so already appends nothing")
    func idempotent() throws {
        var scene = try scene()
        let mark = scene.facts.count
        try register(&scene, "wiki", AppSettings(domain: "wiki.x.y", notes: "ours"))
        try scene.give(change("wiki") { $0.notes = "ours" })
        #expect(scene.facts.count == mark)
        expectRefused(.appExists) { try register(&scene, "wiki", AppSettings(domain: "wiki.x.y")) }
        try scene.give(change("wiki") { ($0.notes, $0.isStopped) = ("", true) })
        #expect(scene.platform.apps["wiki"]?.settings == AppSettings(domain: "wiki.x.y", isStopped: true))
        #expect(scene.facts.last?.event.payload == Array(#"{"app":"wiki","notes":"","state":"stopped"}"#.utf8))
    }

    @Test("have domains and files of their own, also against each other in one command")
    func domains() throws {
        var scene = try scene()
        expectRefused(.nameTaken) { try register(&scene, "new", AppSettings(domain: "blog.x.y")) }
        expectRefused(.nameTaken) { try scene.give(change("wiki") { $0.domain = "blog.x.y" }) }
        expectRefused(.nameTaken) { try scene.give(change("wiki") { $0.envFile = "/blog.env" }) }
        var (first, second) = (AppChanges(), AppChanges())
        (first.domain, second.domain) = ("wiki.x.y", "blog.x.y")
        try scene.give(
            .changeApps(
                registered: [],
                changed: [AppChanged(app: "blog", changes: first), AppChanged(app: "wiki", changes: second)]))
        #expect(scene.platform.apps.all.map(\.settings.domain) == ["wiki.x.y", "blog.x.y"])
    }

    @Test("of which one is refused are none of them registered")
    func allOrNone() throws {
        var scene = try scene()
        let mark = scene.facts.count
        let new = AppRegistered(app: "new", settings: AppSettings(domain: "new.x.y"))
        for settings in [
            AppSettings(domain: "single"), AppSettings(domain: "Upper.x.y"),
            AppSettings(domain: "a.x.y", mailFrom: "no"),
            AppSettings(domain: "a.x.y", envFile: "relative"), AppSettings(domain: "a.x.y", envFile: "/a\n/b"),
            AppSettings(domain: "a.x.y", operators: ["b", "a"]),
            AppSettings(domain: "a.x.y", notes: String(repeating: "n", count: 4097)),
        ] {
            let other = AppRegistered(app: "other", settings: settings)
            expectRefused(.invalid) { try scene.give(.changeApps(registered: [new, other], changed: [])) }
        }
        let other = AppRegistered(app: "other", settings: AppSettings(domain: "a.x.y", operators: ["nobody"]))
        expectRefused(.noSuchUser) { try scene.give(.changeApps(registered: [new, other], changed: [])) }
        expectRefused(.noSuchApp) { try scene.give(change("nobody") { $0.notes = "x" }) }
        expectRefused(.invalid) { try register(&scene, "a/b", AppSettings(domain: "a.x.y")) }
        #expect(scene.facts.count == mark)
    }

    @Test("are removed under their lock, which is given back with them")
    func removed() throws {
        var scene = try scene()
        #expect(try scene.takes("s", "/app/wiki"))
        #expect(try scene.takes("t", "/app/blog"))
        let token = try scene.last(.lockGranted)
        expectRefused(.noSuchToken) { try scene.give(.removeApp("blog", token: token + 1)) }
        expectRefused(.noSuchToken) { try scene.give(.removeApp("wiki", token: token)) }
        let mark = scene.facts.count
        try scene.give(.removeApp("blog", token: token))
        #expect(scene.kinds(since: mark) == ["app.removed", "lock.released"])
        expectRefused(.noSuchApp) { try scene.give(.removeApp("blog", token: token)) }
        try register(&scene, "blog", AppSettings(domain: "blog.x.y"))
    }

    @Test("of a list are what the registry comes to be: removed, registered, changed, and nothing that is so")
    func plan() throws {
        var scene = try scene()
        let wanted = [
            AppRegistered(app: "wiki", settings: AppSettings(domain: "blog.x.y")),
            AppRegistered(app: "new", settings: AppSettings(domain: "wiki.x.y")),
        ]
        let plan = AppPlan(wanted, in: scene.platform.apps)
        #expect(plan.removed == ["blog"])
        #expect(plan.registered.map(\.app) == ["new"] && plan.changed.map(\.app) == ["wiki"])
        try plan.check(in: scene.platform)
        #expect(try scene.takes("s", "/app/blog"))
        try scene.give(.removeApp("blog", token: try scene.last(.lockGranted)))
        try scene.give(.changeApps(registered: plan.registered, changed: plan.changed))
        let rest = AppPlan(wanted, in: scene.platform.apps)
        #expect(rest.removed.isEmpty && rest.registered.isEmpty && rest.changed.isEmpty)
        let clash = AppPlan(
            wanted + [AppRegistered(app: "z", settings: AppSettings(domain: "wiki.x.y"))], in: scene.platform.apps)
        expectRefused(.nameTaken) { try clash.check(in: scene.platform) }
    }
}
