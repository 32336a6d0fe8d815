import MySQL
import Seeds
import ServerTesting
import Synchronization
import Testing

@testable import System

/// Parties that take locks, each made of real processes, and what befalls them: so many at a time until the blows are over.
final class LockStorm: Sendable {
    /// A party that came to its end, and how.
    struct Ended: Sendable {
        var party: Party
        var code: Int32
        var error: String
    }

    let site: Site
    let server: ScratchServer
    let service: Service?
    let field: StormField
    let seed: Int
    private let parties: Int
    private let isOver = Mutex(false)

    init(seed: Int, parties: Int, isServed: Bool) async throws {
        self.seed = seed
        self.parties = parties
        // A party is at most one `lock run` below another three times over, and something that it asks just now.
        server = try await ScratchServer.start(options: ["--max-connections=\(parties * 5 + 20)"])
        site = try Site(
            database: try await server.createDatabase().url, configuration: "host: { id: h1 }\n" + Claim.configuration)
        field = try StormField()
        service = isServed ? try await Service(site) : nil
    }

    /// Lets it blow, and returns when everybody has ended by himself.
    func rage(_ blows: consuming Blows) async throws -> (parties: [Ended], figures: Blows.Figures) {
        try await withThrowingTaskGroup(of: [Ended].self) { group in
            for lane in 0..<parties { group.addTask { try await self.run(lane) } }
            do {
                try await blows.strike(self)
                isOver.withLock { $0 = true }
                try await field.untilEmpty()
            } catch {
                isOver.withLock { $0 = true }
                try await blame(error)
            }
            var ended: [Ended] = []
            for try await some in group { ended += some }
            return (ended, blows.figures)
        }
    }

    /// One party after the other.
    private func run(_ lane: Int) async throws -> [Ended] {
        var random = Random(seed: seed &* 1000 &+ lane)
        var ended: [Ended] = []
        while !isOver.withLock({ $0 }) {
            let party = Party("p\(lane)-\(ended.count)", &random)
            let process = try field.start(party, on: site)
            let end = await process.process.wait()
            ended.append(Ended(party: party, code: end.shellCode, error: process.error))
        }
        return ended
    }

    /// Tells who is left and what for, and ends them all, so that the rest can be looked at.
    private func blame(_ error: any Error) async throws {
        let left = field.targets().map { "\($0.party) (\($0.program), \($0.identity.pid))" }
        let list = try await site.run("lock", "list").output
        Issue.record("\(error); left: \(left.sorted()); \(list)")
        _ = try await field.clear()
    }

    /// When all have ended, nobody holds or waits. A runner finds that out by itself; without one, whoever comes next does.
    func expectQuiet() async throws {
        #expect(try await field.clear() == [])
        if service == nil { #expect(try await site.run("lock", "run", "/", "--", "true").status == 0) }
        _ = try await site.eventually("nothing is held") {
            let locks = try await site.locks()
            return locks.held.elements.isEmpty && locks.waiting.elements.isEmpty ? true : nil
        }
        if let service { #expect(try await service.stop().status == 0) }
    }

    /// What the outside has seen.
    func ledger(_ ended: [Ended], _ figures: Blows.Figures) -> LockLedger {
        var ledger = LockLedger(field.ledger, wasServerKilled: figures.serverKills > 0)
        for one in ended {
            let verb = one.party.isRun ? one.party.request.verb("run") : "release"
            let line = "told \(one.party.name) \(verb) \(one.code) \(one.error)"
            ledger.judge(one.party.name, verb, one.code, line[...])
        }
        return ledger
    }
}
