import ArgumentParser
import Events
import Projections
import Runner
import System

struct LockAcquire: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acquire", abstract: "Take locks for a process that already runs.",
        discussion: """
            The locks end with 'lock release', or with that process.
            """)

    @OptionGroup var request: RequestOptions

    @Option(help: ArgumentHelp("The process that will hold them.", valueName: "pid"), transform: Parse.processID)
    var pid: Int32

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let context = try Context(common)
        let (holder, program) = try holder()
        let signalled = Interruption(try Signals.stream(of: [Signals.terminate, Signals.interrupt, Signals.hangUp]))
        let site = try await context.open()
        let claimant = try await site.claimant(
            for: holder, program: program, label: request.label,
            inherited: context.environment.setting("INTERLOCK_SESSION"), closesWhenIdle: true)
        let asking = LockRequest(
            site: site, holder: claimant.holder, session: claimant.session, locks: request.locks,
            reason: request.reason, waiter: ProcessID(try ProcessIdentity.current), patience: request.patience,
            slots: context.configuration.slots)
        do {
            let granted = try await signalled.cancelling { try await asking.obtain(tell: WaitNotice(context).tell) }
            let acquired = Acquired(token: granted.token, session: granted.session, locks: granted.locks)
            context.answer(view(of: acquired, for: .administrator), LockAcquireText())
        } catch {
            throw signalled.received.map { CommandExit(128 + $0.number) } ?? CommandFailure(obtaining: error)
        }
    }

    /// The process that will hold: one of one's own, or any for root.
    private func holder() throws -> (ProcessIdentity, program: String) {
        do {
            let identity = try ProcessIdentity.of(pid: pid)
            guard try Host.userID == 0 || identity.ownerUserID() == Host.userID else {
                throw CommandFailure(
                    .notPermitted, code: "not-your-process", "process \(pid) belongs to another user",
                    hint: "Name a process of your own; root may name any")
            }
            return (identity, try ProcessStatus.of(pid: pid).name)
        } catch {
            guard let error = error as? SystemError, error.code == .noProcess || error.code == .notFound else {
                throw error
            }
            throw CommandFailure(.noSuchThing, code: "no-such-process", "there is no process \(pid)")
        }
    }
}
