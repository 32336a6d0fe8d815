import Events
import Testing

@testable import Collector
@testable import Runner

@Suite("What there is to measure")
struct RosterTests {
    private func fact(_ event: Event) -> Fact { Fact(position: 1, at: Timestamp(microseconds: 0), event: event) }

    private func started(_ task: String) -> Fact {
        let process = ProcessID(bootID: "b", pidNamespace: "n", pid: 1, startTicks: 1)
        return fact(
            .taskStarted(TaskStarted(task: TaskID(task), attempt: 1, session: SessionID("s"), process: process)))
    }

    /// No container runs, and nobody asks.
    private func groups(_ roster: Roster) throws -> [Group] {
        try roster.appGroups { engine throws(Problem) in throw Problem(source: engine.socket, message: "asked") }
    }

    @Test("follows the apps of the log, each by its own id in the configured place")
    func apps() throws {
        var roster = Roster()
        roster.evolve(fact(.appRegistered(AppRegistered(app: "blog", settings: AppSettings(domain: "a.x.y")))))
        roster.evolve(fact(.appRegistered(AppRegistered(app: "blog-2", settings: AppSettings(domain: "a.x.y")))))
        #expect(try groups(roster) == [])
        roster.places.cgroup = "slice/{app}.service"
        #expect(
            try groups(roster) == [
                Group(.app("blog"), at: ["slice/blog.service"]), Group(.app("blog-2"), at: ["slice/blog-2.service"]),
            ])
        roster.evolve(fact(.appRemoved(AppRemoved(app: "blog"))))
        #expect(try groups(roster) == [Group(.app("blog-2"), at: ["slice/blog-2.service"])])
    }

    @Test("finds apps by the names of containers, each its own whatever others are called, by one question a pass")
    func containers() throws {
        var roster = Roster()
        (roster.places.container, roster.places.socket) = ("{app}-web", "/s")
        #expect(try groups(roster) == [], "nobody is asked for nobody")
        for app in ["blog", "blog-2", "og"] {
            roster.evolve(fact(.appRegistered(AppRegistered(app: app, settings: AppSettings(domain: "a.x.y")))))
        }
        let (blog, other) = (String(repeating: "a", count: 64), String(repeating: "b", count: 64))
        let list = """
            [{"Id":"\(blog)","Names":["/blog-web"]},{"Id":"\(other)","Names":["/blog-web-2"]},\
            {"Id":"\(String(repeating: "c", count: 64))","Names":["/my-og-web","/x/og-web"]}]
            """
        var questions: [String] = []
        let found = try roster.appGroups { engine throws(Problem) in
            questions.append(engine.socket)
            do { return try RunningContainers(Array(list.utf8)) } catch {
                throw Problem(source: "", message: "\(error)")
            }
        }
        #expect(found == [Group(.app("blog"), container: blog)] && questions == ["/s"])
    }

    @Test("follows the apps' directories too, behind the host's own")
    func directories() {
        var roster = Roster()
        roster.evolve(fact(.appRegistered(AppRegistered(app: "blog", settings: AppSettings(domain: "a.x.y")))))
        #expect(roster.allDirectories == [])
        roster.directories = [MeasuredDirectory(.host, "mail", at: "/mail")]
        roster.places.directories = ["data": "/srv/{app}/data", "cache": "/cache/{app}"]
        roster.evolve(fact(.appRegistered(AppRegistered(app: "a.b", settings: AppSettings(domain: "a.x.y")))))
        #expect(
            roster.allDirectories == [
                MeasuredDirectory(.host, "mail", at: "/mail"),
                MeasuredDirectory(.app("a.b"), "cache", at: "/cache/a.b"),
                MeasuredDirectory(.app("a.b"), "data", at: "/srv/a.b/data"),
                MeasuredDirectory(.app("blog"), "cache", at: "/cache/blog"),
                MeasuredDirectory(.app("blog"), "data", at: "/srv/blog/data"),
            ])
        roster.evolve(fact(.appRemoved(AppRemoved(app: "a.b"))))
        #expect(roster.allDirectories.count == 3)
    }

    @Test("follows the attempts that run; those without a cgroup here are not measured")
    func tasks() {
        var roster = Roster()
        roster.evolve(started("nowhere"))
        #expect(roster.taskGroups == [])
    }
}
