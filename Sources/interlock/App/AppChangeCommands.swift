import ArgumentParser
import EventStore
import Events
import Projections
import Runner
import System

struct AppRegister: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register", abstract: "Register an app.",
        usage: """
            interlock app register <id> --domain <fqdn> [<options>]
            interlock app register --manifest <file>
            """,
        discussion: "To register one again that is there, with the same settings, changes nothing.")

    @Argument(help: "The app's id.", transform: Parse.name)
    var id: String?

    @Option(
        help: ArgumentHelp("Read all of it from this file, in YAML or JSON; - is standard input.", valueName: "file"),
        transform: Parse.inputFile)
    var manifest: String?

    @OptionGroup var options: AppOptions
    @OptionGroup var common: CommonOptions

    mutating func validate() throws {
        guard manifest == nil else {
            guard options.changes.isEmpty else {
                throw ValidationError("with --manifest the file says everything: leave out the other options")
            }
            return
        }
        guard id != nil else { throw ValidationError("name the app, or its --manifest") }
        guard options.domain != nil else { throw ValidationError("--domain is missing: the app's own name") }
    }

    func run() async throws {
        let context = try Context(common)
        try await context.change(.changeApps(registered: [try registration()], changed: []))
    }

    private func registration() throws -> AppRegistered {
        if let manifest {
            let apps = try AppManifest.read(manifest)
            guard let app = apps.first, apps.count == 1 else {
                throw CommandFailure.usage(
                    "'\(manifest)' has \(apps.count) apps", hint: "For several: interlock app sync")
            }
            guard id == nil || id == app.app else {
                throw CommandFailure.usage("'\(manifest)' is of app '\(app.app)', not of '\(id ?? "")'")
            }
            return app
        }
        return AppRegistered(app: id ?? "", settings: AppSettings(domain: "").with(options.changes))
    }
}

struct AppUpdate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change what is registered of an app.",
        discussion: """
            What is not named stays. Where a value changes that the app is given, the service gives it to the app.
            """)

    @Argument(help: "The app's id.", transform: Parse.name)
    var id: String

    @OptionGroup var options: AppOptions
    @OptionGroup var common: CommonOptions

    mutating func validate() throws {
        guard !options.changes.isEmpty else { throw ValidationError("say what is to change") }
    }

    func run() async throws {
        try await Context(common).change(
            .changeApps(registered: [], changed: [AppChanged(app: id, changes: options.changes)]))
    }
}

struct AppRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove an app from the registry.",
        discussion: """
            It waits until nobody works on the app: it takes the app's lock. Its file of variables stays where it is.
            """)

    @Argument(help: "The app's id.", transform: Parse.name)
    var id: String

    @Option(
        help: ArgumentHelp("Wait at most this long: 250ms, 30s, 5m, 2h.", valueName: "duration"),
        transform: Parse.duration)
    var wait: Duration?

    @Flag(name: .customLong("no-wait"), help: "Do not wait: exit 75 when somebody works on it.")
    var noWait = false

    @OptionGroup var common: CommonOptions

    mutating func validate() throws {
        guard wait == nil || !noWait else { throw ValidationError("--wait and --no-wait exclude each other") }
    }

    func run() async throws {
        let context = try Context(common)
        let site = try await context.open()
        try await context.remove(id, site, noWait ? .none : wait.map { .upTo($0) } ?? .forever)
    }
}

extension Context {
    /// Removes an app under its lock, which this process holds as long as that takes.
    func remove(
        _ app: String, _ site: OpenSite, _ patience: LockRequest.Patience, isGoneFine: Bool = false
    ) async throws {
        let isKnown = try await site.log.inspect { platform, _ in platform.apps[app] != nil }
        if !isKnown, isGoneFine { return }
        guard isKnown, let path = Platform.lockPath(of: app) else { throw CommandFailure.noSuchApp(app) }
        let signalled = Interruption(try Signals.stream(of: [Signals.terminate, Signals.interrupt, Signals.hangUp]))
        let claimant = try await site.claimant(
            for: try ProcessIdentity.current, program: "interlock", label: nil,
            inherited: environment.setting("INTERLOCK_SESSION"), closesWhenIdle: true)
        let asking = LockRequest(
            site: site, holder: claimant.holder, session: claimant.session, locks: [Lock(path, .exclusive)],
            reason: "remove \(app)", patience: patience)
        do {
            let granted = try await signalled.cancelling { try await asking.obtain(tell: WaitNotice(self).tell) }
            do {
                _ = try await site.submit(.removeApp(app, token: granted.token))
            } catch {
                _ = try? await site.submit(.release(token: granted.token))
                throw error
            }
        } catch {
            throw signalled.received.map { CommandExit(128 + $0.number) } ?? CommandFailure(obtaining: error)
        }
    }
}

extension CommandFailure {
    static func noSuchApp(_ app: String) -> CommandFailure {
        CommandFailure(.noSuchThing, code: "no-such-app", "there is no app '\(app)'", hint: "See: interlock app list")
    }
}
