import Collector
import Events
import Testing

@testable import Runner

@Suite("What there is to measure")
struct RosterTests {
    private func fact(_ event: Event) -> Fact { Fact(position: 1, at: Timestamp(microseconds: 0), event: event) }

    private func started(_ task: String) -> Fact {
        let process = ProcessID(bootID: "b", pidNamespace: "n", pid: 1, startTicks: 1)
        return fact(
            .taskStarted(TaskStarted(task: TaskID(task), attempt: 1, session: SessionID("s"), process: process)))
    }

    @Test("follows the apps of the log, each by its own id in the configured place")
    func apps() {
        var roster = Roster()
        roster.evolve(fact(.appRegistered(AppRegistered(app: "blog", settings: AppSettings(domain: "a.x.y")))))
        roster.evolve(fact(.appRegistered(AppRegistered(app: "blog-2", settings: AppSettings(domain: "a.x.y")))))
        #expect(roster.appGroups == [])
        roster.places.cgroup = "slice/{app}.service"
        #expect(
            roster.appGroups == [
                Group(.app("blog"), at: ["slice/blog.service"]), Group(.app("blog-2"), at: ["slice/blog-2.service"]),
            ])
        roster.evolve(fact(.appRemoved(AppRemoved(app: "blog"))))
        #expect(roster.appGroups == [Group(.app("blog-2"), at: ["slice/blog-2.service"])])
    }

    @Test("follows the attempts that run; those without a cgroup here are not measured")
    func tasks() {
        var roster = Roster()
        roster.evolve(started("nowhere"))
        #expect(roster.taskGroups == [])
    }
}
