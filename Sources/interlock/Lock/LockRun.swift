import ArgumentParser
import Events
import MySQL
import Projections
import Runner
import System

struct LockRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a command while holding locks.",
        usage: "interlock lock run [<paths> ...] [--shared <path>] [<options>] -- <command> ...",
        discussion: """
            The command's process is the holder, not this one: it holds its locks until it ends, however this one ends. It finds \
            INTERLOCK_TOKEN, INTERLOCK_SESSION and INTERLOCK_LOCKS in its environment. The exit code is the command's; \
            128 + signal when it was killed, 127 when it was not found, 126 when it cannot be run.
            """)

    @OptionGroup var request: RequestOptions

    @Option(
        name: [.customShort("E"), .customLong("conflict-exit-code")],
        help: ArgumentHelp("Exit with this code instead of 69, 75 and 76.", valueName: "n"), transform: Parse.exitCode)
    var conflictExitCode: Int32?

    @OptionGroup var common: CommonOptions

    /// What stands after `--`; set by `Interlock.parse`, as the parser allows one list of words a command.
    private(set) var command: [String] = []

    private enum CodingKeys: CodingKey {
        case request, conflictExitCode, common
    }

    mutating func take(command words: [String]) throws {
        guard let program = words.first else {
            throw CommandFailure.usage(
                "the command is missing", hint: "Name it after --, as in: interlock lock run /app/blog -- backup.sh")
        }
        guard !program.isEmpty else {
            throw CommandFailure.usage("the command after -- is empty", hint: "See 'interlock lock run --help'")
        }
        command = words
    }

    func run() async throws {
        do {
            try await hold()
        } catch {
            guard let conflictExitCode, let failure = CommandFailure(known: error),
                [.unavailable, .notObtained, .deadlock].contains(failure.exit)
            else { throw error }
            Streams().error(common.json ? ErrorReport.json(failure) : ErrorReport.line(failure))
            throw CommandExit(conflictExitCode)
        }
    }

    private func hold() async throws {
        let context = try Context(common)
        // The bytes of the command as the kernel gave them; its process is there before anything is asked for it. It keeps
        // all descriptors that were passed, as under env or flock: <(…) of a shell, make's job server.
        let child = try GatedChild(
            arguments: rawArguments.suffix(command.count), inheriting: Program.inheritedDescriptors)
        let signals = try Signals.stream(of: [Signals.terminate, Signals.interrupt, Signals.hangUp])
        let site = try await context.open()
        let claimant = try await site.claimant(
            for: child.identity, program: programName, label: request.label,
            inherited: context.environment.setting("INTERLOCK_SESSION"), closesWhenIdle: false)
        let asking = LockRequest(
            site: site, holder: claimant.holder, session: claimant.session, locks: request.locks,
            reason: request.reason, patience: request.patience,
            slots: context.configuration.slots)
        let signalled = Interruption(signals)
        let granted: Granted
        do {
            granted = try await signalled.cancelling { try await asking.obtain(tell: WaitNotice(context).tell) }
        } catch {
            child.abandon()
            await end(claimant.session, site, "the command was not started")
            throw signalled.received.map { CommandExit(128 + $0.number) } ?? CommandFailure(obtaining: error)
        }
        try await run(child, granted, site, context, signalled)
    }

    /// Lets the command go, passes signals on, and gives its locks back when it has ended.
    private func run(
        _ child: GatedChild, _ granted: Granted, _ site: OpenSite, _ context: Context, _ signalled: Interruption
    ) async throws {
        let failure = try await child.release(adding: [
            ("INTERLOCK_TOKEN", String(granted.token)), ("INTERLOCK_SESSION", granted.session.text),
            ("INTERLOCK_LOCKS", granted.locks.json.text), ("INTERLOCK_DATABASE", site.site.endpoint.url),
            ("INTERLOCK_STATE_DIR", site.site.stateDirectory),
        ])
        let end = await signalled.forwarding(to: child)
        await self.end(granted.session, site, end.evidence)
        if let failure { context.streams.error("interlock: \(failure)") }
        throw CommandExit(end.shellCode)
    }

    /// What cannot be said now is found out later: the process is dead, which its runner or whoever waits proves.
    private func end(_ session: SessionID, _ site: OpenSite, _ evidence: String) async {
        do {
            _ = try await site.submit(
                .endSessions([SessionEnded(session: session, cause: .exited, evidence: evidence)]))
        } catch {
            Streams().error("interlock: the end of session \(session) is not recorded yet: \(error)")
        }
    }

    private var programName: String {
        command.first.map { String($0.split(separator: "/").last ?? "/") } ?? ""
    }
}
