import Events
import Foundation
import Network
import PeerTesting
import Runner
import System
import Testing

private let internalAddress = "172.18.30.4"
private let outside = ["203.0.113.9"]

@Suite("The mail server's name in a real resolver", .timeLimit(.minutes(5)))
struct ResolverTests {
    private let world: World

    init() throws { world = try World() }

    private func driver(_ resolver: Resolver, reload: [String]? = nil, asks: Bool = true) throws -> ResolverDriver {
        let kind = try #require(MailSettings.Resolver.Kind(rawValue: resolver.kind.rawValue))
        var settings = MailSettings.Resolver(kind: kind, file: resolver.file)
        settings.reload = try reload ?? resolver.reloadCommand()
        if asks { settings.ask = try resolver.address.listenAddress }
        return ResolverDriver(settings, address: internalAddress)
    }

    /// Passes of the driver until one finds everything as it should be.
    private func settle(_ driver: ResolverDriver, _ names: Set<HostName>, retired: Set<HostName> = []) async throws {
        try await eventually { await driver.apply(names, retired: retired) == nil }
    }

    private func running(_ kind: Resolver.Kind) async throws -> Resolver {
        let resolver = try Resolver(kind, world)
        // What a process left that died while it wrote.
        try resolver.directory.write("half a li", to: "conf.d/.interlock.conf.1a2b3c.new")
        try resolver.start()
        _ = try await answer(try name("up.example.com"), .a, resolver.address)
        return resolver
    }

    @Test(
        "resolves to the internal address and to nothing else; names around it to what the world says",
        arguments: Resolver.Kind.allCases)
    func exactNames(kind: Resolver.Kind) async throws {
        let resolver = try await running(kind)
        let mail = try name("mail.example.com")
        // Asked before it is ours: what the resolver remembers of that must not last.
        #expect(addresses(try await answer(mail, .a, resolver.address)) == outside)
        #expect(addresses(try await answer(mail, .aaaa, resolver.address)) == ["2001:db8:0:0:0:0:0:9"])
        try await settle(try driver(resolver), [mail])
        guard case .addresses(let found) = try await answer(mail, .a, resolver.address) else {
            Issue.record("no address")
            return
        }
        #expect(found.map(\.description) == [internalAddress])
        #expect(found.allSatisfy { $0.seconds <= 30 })
        let asked = try world.questions().filter { $0 == "mail.example.com 28" }.count
        #expect(try await answer(mail, .aaaa, resolver.address) == .noData)
        #expect(try world.questions().filter { $0 == "mail.example.com 28" }.count == asked)
        for other in [
            "webmail.example.com", "mail.example.com.evil.com", "x.mail.example.com", "a.b.mail.example.com",
            "example.com", "xmail.example.com",
        ] {
            #expect(addresses(try await answer(try name(other), .a, resolver.address)) == outside, "\(other)")
            #expect(addresses(try await answer(try name(other), .aaaa, resolver.address))?.count == 1, "\(other)")
        }
    }

    @Test(
        "and its new one resolve together, also where one is below the other, until the old one is retired",
        arguments: Resolver.Kind.allCases)
    func rename(kind: Resolver.Kind) async throws {
        let resolver = try await running(kind)
        let driver = try driver(resolver)
        let (old, new) = (try name("mail.example.com"), try name("mx.mail.example.com"))
        try await settle(driver, [old, new])
        for mail in [old, new] {
            #expect(addresses(try await answer(mail, .a, resolver.address)) == [internalAddress])
            #expect(try await answer(mail, .aaaa, resolver.address) == .noData)
        }
        #expect(addresses(try await answer(try name("y.mx.mail.example.com"), .a, resolver.address)) == outside)
        #expect(addresses(try await answer(try name("y.mail.example.com"), .a, resolver.address)) == outside)
        try await settle(driver, [new], retired: [old])
        #expect(addresses(try await answer(old, .a, resolver.address)) == outside)
        #expect(addresses(try await answer(new, .a, resolver.address)) == [internalAddress])
    }

    @Test(
        "is told not to resolve while the resolver is down, and resolves when that is up",
        arguments: Resolver.Kind.allCases)
    func down(kind: Resolver.Kind) async throws {
        let resolver = try Resolver(kind, world)
        let driver = try driver(resolver, reload: ["true"])
        let problem = await driver.apply(try names("mail.example.com"))
        #expect(problem?.description.hasPrefix("\(resolver.address) does not answer") == true)
        try resolver.start()
        try await settle(driver, try names("mail.example.com"))
    }

    @Test(
        "is retired where only the resolver still knows it: the next pass reloads, though the file is as wanted",
        arguments: Resolver.Kind.allCases)
    func diedBeforeReload(kind: Resolver.Kind) async throws {
        let resolver = try await running(kind)
        try await settle(try driver(resolver), try names("mail.example.com"))
        // A process that died between its write and its reload: here by a reload that does nothing.
        let dying = try driver(resolver, reload: ["true"])
        let problem = await dying.apply(try names("mx.example.com"), retired: try names("mail.example.com"))
        #expect(problem == .wrongAnswer(try name("mx.example.com"), "answers 203.0.113.9 (A)"))
        let written = try resolver.directory.bytes("conf.d/interlock.conf")
        try await settle(try driver(resolver), try names("mx.example.com"), retired: try names("mail.example.com"))
        #expect(try resolver.directory.bytes("conf.d/interlock.conf") == written)
        #expect(addresses(try await answer(try name("mail.example.com"), .a, resolver.address)) == outside)
    }

    @Test(
        "that was retired is gone, though who wrote that died before the reload, and the next knows of no retired one")
    func diedBeforeLastReload() async throws {
        let resolver = try await running(.unbound)
        try await settle(try driver(resolver), try names("mail.example.com", "mx.example.com"))
        _ = try await driver(resolver, reload: ["true"]).apply(try names("mx.example.com"))
        try await settle(try driver(resolver), try names("mx.example.com"))
        #expect(addresses(try await answer(try name("mail.example.com"), .a, resolver.address)) == outside)
    }

    @Test("that is retired and still answered is told")
    func stillAnswered() async throws {
        let resolver = try await running(.unbound)
        try await settle(try driver(resolver), try names("mail.example.com", "mx.example.com"))
        let problem = try await driver(resolver, reload: ["true"]).apply(
            try names("mx.example.com"), retired: try names("mail.example.com"))
        #expect(
            problem
                == .wrongAnswer(
                    try name("mail.example.com"), "still answers 172.18.30.4, which is the name's no longer"))
    }

    @Test(
        "costs a reload at the start of a process, as the one before it may have died, and none after that",
        arguments: [true, false])
    func nothingToDo(asks: Bool) async throws {
        let resolver = try await running(.unbound)
        try await settle(try driver(resolver), try names("mail.example.com"))
        let mark = resolver.directory.file("reloaded")
        let next = try driver(resolver, reload: ["touch", mark], asks: asks)
        #expect(await next.apply(try names("mail.example.com")) == nil)
        #expect(FileManager.default.fileExists(atPath: mark))
        try FileManager.default.removeItem(atPath: mark)
        #expect(await next.apply(try names("mail.example.com")) == nil)
        #expect(!FileManager.default.fileExists(atPath: mark))
    }
}
