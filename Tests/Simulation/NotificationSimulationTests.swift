import Events
import LogChecking
import Seeds
import Testing

@testable import Histories
@testable import Projections

@Suite("Simulated notifications")
struct NotificationSimulationTests {
    static let defaultSeeds = 40
    static let soakSeeds = 10_000
    static let actions = 250
    /// Logs that are kept in memory for the checker.
    static let checkedAtOnce = 200

    @Test("reach whoever is meant once at least and nobody else; that it is over reaches who was told")
    func seeds() throws {
        var (resolved, summaries, failures) = (0, 0, 0)
        var logs: [[String]] = []
        for seed in Setting.seeds(Self.defaultSeeds, soak: Self.soakSeeds) {
            var random = Random(seed: seed)
            var world = try NotificationWorld()
            var settled = Settled()
            for number in 0..<Self.actions {
                try world.step(&random)
                expectInvariants(world, seed)
                // Behind looks of all ages.
                let behind = world.outbox(after: settled)
                #expect(behind == world.outbox, "INTERLOCK_SEED=\(seed) behind another look")
                if random.chance(30) { settled = behind.settled }
                if number.isMultiple(of: 10) { try expectStored(world, seed) }
            }
            #expect(try world.settle(&random), "INTERLOCK_SEED=\(seed) does not settle")
            expectInvariants(world, seed)
            try expectStored(world, seed)
            expectEnd(world, seed)
            logs.append(world.recorder.events.map(\.exported.text))
            if logs.count == Self.checkedAtOnce {
                try expectHolds(logs)
                logs = []
            }
            resolved += world.got.values.count { $0.contains(.resolved) }
            summaries += world.summaries
            failures += world.givenUp.count
        }
        try expectHolds(logs)
        // Otherwise nothing was tried.
        #expect(Setting.seed != nil || (resolved > 100 && summaries > 100 && failures > 50))
    }

    private func expectInvariants(_ world: NotificationWorld, _ seed: Int) {
        #expect(world.violations.isEmpty, "INTERLOCK_SEED=\(seed)")
        let notifications = world.platform.notifications
        for (subject, known) in world.open {
            let record = notifications[kind: "k", subject: subject]
            #expect(record?.id == known.id && record?.severity == known.severity, "INTERLOCK_SEED=\(seed) \(subject)")
            #expect((record?.state == .acknowledged) == known.isAcknowledged, "INTERLOCK_SEED=\(seed) \(subject)")
            let count = record?.count ?? 0
            #expect(
                known.raises <= Projections.Notification.countedOnes ? count == known.raises : count <= known.raises,
                "INTERLOCK_SEED=\(seed) \(subject)")
        }
        #expect(notifications.open.count { $0.kind == "k" } == world.open.count, "INTERLOCK_SEED=\(seed)")
        let owed = world.outbox.owed
        for known in world.open.values {
            let telling = Telling(known.severity)
            for line in world.lines(known.audience) {
                let receipt = world.receipt(line, known.id)
                let told = (world.recorded[receipt] ?? []).union(world.givenUp[receipt] ?? [])
                let isOwed = owed[line]?.contains(Message.Item(notification: known.id, telling: telling)) ?? false
                #expect(isOwed != told.contains { $0 >= telling }, "INTERLOCK_SEED=\(seed) \(line.words) \(known.id)")
            }
        }
        // What is for nobody is reported, and nothing else.
        let unheard = Set(
            world.open.values.map(\.audience).filter { audience in
                !world.roles.keys.contains { world.isMeant($0, audience) }
            }.map { $0.texts.joined(separator: " ") })
        let reported = notifications.open.filter { $0.kind == BuiltInKind.noRecipients.rawValue }.map(\.subject)
        #expect(Set(reported) == unheard && reported.count == unheard.count, "INTERLOCK_SEED=\(seed)")
        for (name, user) in world.roles {
            let operated = Set(world.operators.filter { $0.value.contains(name) }.keys)
            let viewer = Viewer(role: user.role, name: name, operates: operated)
            let shown = Set(view(of: notifications.open, for: viewer).rows.compactMap { $0.string("notification") })
            for known in world.open.values where world.isMeant(name, known.audience) {
                #expect(shown.contains(known.id.text), "INTERLOCK_SEED=\(seed) \(name) is not shown \(known.id)")
            }
            for known in world.open.values where shown.contains(known.id.text) {
                let mayRead = world.isMeant(name, known.audience) || viewer.isAdministrator
                #expect(mayRead, "INTERLOCK_SEED=\(seed) \(name) is shown \(known.id)")
            }
        }
    }

    private func expectStored(_ world: NotificationWorld, _ seed: Int) throws {
        var stored: [String: [UInt8]] = [:]
        for name in Platform.projectionNames { stored[name] = world.platform.encodeProjection(name) }
        let restored = try Platform(projections: stored)
        for name in Platform.projectionNames {
            #expect(restored.encodeProjection(name) == stored[name], "INTERLOCK_SEED=\(seed) \(name) as stored")
            #expect(world.replayed.encodeProjection(name) == stored[name], "INTERLOCK_SEED=\(seed) \(name) as replayed")
        }
    }

    /// Everything has arrived that could.
    private func expectEnd(_ world: NotificationWorld, _ seed: Int) {
        for known in world.open.values {
            for line in world.lines(known.audience) {
                let receipt = world.receipt(line, known.id)
                let all = (world.got[receipt] ?? []).union(world.givenUp[receipt] ?? [])
                #expect(all.contains(Telling(known.severity)), "INTERLOCK_SEED=\(seed) \(line.words) \(known.id)")
            }
        }
        for known in world.over.values {
            for line in world.lines(known.audience) {
                let receipt = world.receipt(line, known.id)
                // What somebody got and nobody could record before it was over, nobody knows of.
                guard world.recorded[receipt]?.contains(where: { $0 != .resolved }) ?? false else { continue }
                let all = (world.got[receipt] ?? []).union(world.givenUp[receipt] ?? [])
                #expect(all.contains(.resolved), "INTERLOCK_SEED=\(seed) \(line.words) \(known.id) is over")
            }
        }
    }
}
