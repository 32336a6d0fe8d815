import Events
import LogChecking
import Projections
import Seeds
import Testing

@testable import Histories

@Suite("A simulated mail server that is renamed")
struct MailSimulationTests {
    static let defaultSeeds = 150
    static let soakSeeds = 20_000
    static let actions = 80
    /// Logs that are kept in memory for the checker.
    static let checkedAtOnce = 500

    @Test("comes, whatever happened, to an end at which every app has what it is to have, and none was started in vain")
    func seeds() throws {
        var (renames, retired, failures) = (0, 0, 0)
        var logs: [[String]] = []
        for seed in Setting.seeds(Self.defaultSeeds, soak: Self.soakSeeds) {
            var random = Random(seed: seed)
            var world = try MailWorld()
            for _ in 0..<Self.actions {
                try world.step(&random)
                try expectInvariants(world, seed)
            }
            #expect(try world.settle(&random), "INTERLOCK_SEED=\(seed) does not settle")
            try expectInvariants(world, seed)
            expectEnd(world, seed)
            logs.append(world.recorder.events.map(\.exported.text))
            if logs.count == Self.checkedAtOnce {
                try expectHolds(logs, isQuiet: true)
                logs = []
            }
            renames += world.platform.mail.generation
            retired += world.facts.count { $0.event.kind == .mailNameRetired }
            failures += world.facts.count { $0.event.kind == .appReconfigureFailed }
        }
        try expectHolds(logs, isQuiet: true)
        // Otherwise nothing was tried.
        #expect(Setting.seed != nil || (renames > 200 && retired > 50 && failures > 50))
    }

    private func expectInvariants(_ world: MailWorld, _ seed: Int) throws {
        let platform = world.platform
        var stored: [String: [UInt8]] = [:]
        for name in Platform.projectionNames { stored[name] = platform.encodeProjection(name) }
        let restored = try Platform(projections: stored)
        for name in Platform.projectionNames {
            #expect(restored.encodeProjection(name) == stored[name], "INTERLOCK_SEED=\(seed) \(name) as stored")
            #expect(world.replayed.encodeProjection(name) == stored[name], "INTERLOCK_SEED=\(seed) \(name) as replayed")
        }
        let domains = platform.apps.all.map(\.settings.domain)
        #expect(Set(domains).count == domains.count, "INTERLOCK_SEED=\(seed) two apps on one domain")
        #expect(
            Set(domains).isDisjoint(with: platform.mail.names),
            "INTERLOCK_SEED=\(seed) an app on the mail server's name")
        #expect(platform.users.all.contains { $0.role == .owner }, "INTERLOCK_SEED=\(seed) nobody is owner")
        let operators = Set(platform.apps.all.flatMap(\.settings.operators))
        #expect(operators.isSubset(of: platform.users.all.map(\.name)), "INTERLOCK_SEED=\(seed) an operator is nobody")
        // What an app runs with is answered: its name, or a former one that is not retired.
        for (app, mail) in world.running {
            guard let server = mail?.server, server != AppMail.plainServer,
                platform.apps[app]?.settings.isStopped == false
            else { continue }
            #expect(
                platform.mail.names.contains(server), "INTERLOCK_SEED=\(seed) \(app) uses \(server), which is retired")
        }
        #expect(world.needless == 0, "INTERLOCK_SEED=\(seed) an app was started with what it had")
    }

    private func expectEnd(_ world: MailWorld, _ seed: Int) {
        let platform = world.platform
        #expect(platform.mail.wish == nil && platform.mail.previous.isEmpty, "INTERLOCK_SEED=\(seed)")
        for app in platform.apps.all where !app.settings.isStopped {
            let wanted = app.wanted(platform.mail.name?.text)
            #expect(app.applied == wanted, "INTERLOCK_SEED=\(seed) \(app.id)")
            let runs = world.running[app.id] ?? wanted
            #expect(runs == wanted, "INTERLOCK_SEED=\(seed) \(app.id) runs with something else")
        }
    }
}
