import Testing

@testable import System

@Suite("Slots among processes", .service("slots: { /slots/one: 1, /slots/two: 2 }\n"))
struct SlotTests {
    @Test("as many commands hold one as there are; the next waits, and gets the first that is free")
    func run() async throws {
        let site = try currentSite()
        let first = try await site.hold("--slot", "/slots/two")
        let second = try await site.hold("--slot", "/slots/two", site.path())
        #expect(try await site.ask("--no-wait", "--slot", "/slots/two").answer().status == 75)
        let third = try await site.queue("third", "--slot", "/slots/two")
        let held = try await site.locks().held.elements.filter { $0.path == "/slots/two" }
        #expect(held.map(\.mode) == ["slot", "slot"])
        let waiting = try await site.locks().waiting.elements.first { $0.holder.label == "third" }
        #expect(waiting?.mode == "slot" && waiting?.behind.elements.count == 2)
        let inside = try site.ask("--slot", "/slots/one", script: "echo $INTERLOCK_LOCKS")
        #expect(try await inside.answer().output == #"[{"path":"/slots/one","mode":"slot"}]"# + "\n")
        _ = try await second.answer()
        try await third.says("ready")
        _ = try await third.answer()
        _ = try await first.answer()
    }

    @Test("a process that runs already takes one, and gives it back")
    func acquire() async throws {
        let site = try currentSite()
        let process = try Interlock([Array("cat".utf8)], environment: site.environment)
        let pid = "\(process.identity.pid)"
        let acquired = try await site.json("lock", "acquire", "--slot", "/slots/one", "--pid", pid)
        #expect(acquired.locks == .array([["path": "/slots/one", "mode": "slot"]]))
        let token = "\(try #require(acquired.token.integer))"
        #expect(try await site.run("lock", "check", "/slots/one", "--token", token).status == 0)
        #expect(try await site.ask("--no-wait", "--slot", "/slots/one").answer().status == 75)
        #expect(try await site.ask("--no-wait", "--shared", "/slots").answer().status == 0)
        #expect(try await site.ask("--no-wait", "/slots").answer().status == 75)
        #expect(try await site.run("lock", "release", "--token", token, "/slots/one").status == 0)
        #expect(try await site.ask("--no-wait", "--slot", "/slots/one").answer().status == 0)
        _ = try await process.answer()
    }

    @Test("a path without a capacity is 78, and says where to name it")
    func unknown() async throws {
        let site = try currentSite()
        try await site.refuses(
            ["lock", "run", "--slot", "/slots/none", "--", "true"], 78, "slot-without-capacity",
            "the slot path /slots/none has no capacity. Name it under 'slots' in the configuration")
        try await site.refuses(
            ["lock", "acquire", "--slot", "/slots/none", "--pid", "1"], 78, "slot-without-capacity", "no capacity")
        #expect(try await site.run("lock", "run", "/a", "--slot", "/a", "--", "true").status == 64)
        #expect(try await site.run("lock", "run", "--slot", "a", "--", "true").status == 64)
    }

    @Test("lock list tells the slots, and the place of each who waits for one")
    func list() async throws {
        let site = try currentSite()
        let path = site.path()
        let holder = try await site.hold("--label", "occupant", path)
        let first = try await site.queue("first-in-line", path)
        let second = try await site.queue("second-in-line", path)
        let lines = try await site.run("lock", "list").lines
        func row(_ label: String) throws -> [Substring] {
            try #require(lines.first { $0.contains(" \(label) [") && $0.hasPrefix(path + " ") }).split(separator: " ")
        }
        #expect(lines.contains { $0.hasPrefix("PATH") && $0.contains("PLACE") })
        #expect(try row("first-in-line").dropFirst().prefix(2) == ["exclusive", "1"])
        #expect(try row("second-in-line").dropFirst().prefix(2) == ["exclusive", "2"])
        let behind = try row("second-in-line").joined(separator: " ")
        #expect(behind.contains("\(path) held by occupant ["), "\(behind)")
        #expect(behind.contains("\(path) wanted earlier by first-in-line ["))
        _ = try await holder.answer()
        for waiter in [first, second] { _ = try await waiter.answer() }
    }
}

@Suite("Where capacities come from")
struct CapacityTests {
    private func configured(_ site: Site) async throws -> [String] {
        try await site.events().filter { $0.type == "slots.configured" }
            .map { "\($0.data.path.text ?? "") \($0.data.capacity.integer ?? 0)" }
    }

    private func configure(_ site: Site, _ slots: String) throws {
        try site.scratch.write("host: { id: h1 }\nslots: { \(slots) }\n", to: "interlock.yaml")
    }

    @Test("serve records what is configured, at its next start what changed, and nothing twice")
    func serve() async throws {
        let site = try await Site.make(configuration: "slots: { /s: 2, /t: 1 }\n")
        let service = try await Service(site)
        #expect(try await configured(site) == ["/s 2", "/t 1"])
        _ = try await service.stop()
        try await service.restart()
        #expect(try await configured(site).count == 2)
        let holders = [try await site.hold("--slot", "/s"), try await site.hold("--slot", "/s")]
        _ = try await service.stop()
        try configure(site, "/s: 1, /t: 1")
        try await service.restart()
        #expect(try await configured(site).last == "/s 1")
        #expect(try await site.locks().held.elements.count == 2, "nobody is ended")
        let waiter = try await site.queue("waiter", "--slot", "/s")
        _ = try await holders[0].answer()
        #expect(try await site.isWaiting("waiter"))
        _ = try await service.stop()
        try configure(site, "/s: 2, /t: 1")
        try await service.restart()
        try await waiter.says("ready")
        _ = try await waiter.answer()
        _ = try await holders[1].answer()
        _ = try await service.stop()
        try await site.expectSound()
    }

    @Test("a runner that is refused because another one lives changes no capacity")
    func refusedRunner() async throws {
        let site = try await Site.make(configuration: "slots: { /s: 2 }\n")
        let service = try await Service(site)
        try configure(site, "/s: 7")
        let second = try await site.run("serve")
        #expect(second.status == 1 && second.error.contains("another runner of this host lives"), "\(second.error)")
        #expect(try await configured(site) == ["/s 2"])
        _ = try await service.stop()
    }

    @Test("a lock with a configuration records the capacity that the log lacks, and leaves one that it knows")
    func lock() async throws {
        let site = try await Site.make(configuration: "slots: { /s: 1, /unused: 1 }\n")
        let holder = try await site.hold("--slot", "/s")
        #expect(try await configured(site) == ["/s 1"])
        try configure(site, "/s: 5, /t: 1")
        #expect(try await site.ask("--no-wait", "--slot", "/s").answer().status == 75)
        #expect(try await site.ask("--slot", "/t", "/a", script: "true").answer().status == 0)
        #expect(try await configured(site) == ["/s 1", "/t 1"])
        _ = try await holder.answer()
        try await site.expectSound()
    }
}
