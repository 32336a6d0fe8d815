import ArgumentParser
import EventStore
import Events
import Projections
import Runner

struct LockList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the locks that are held and waited for, and who blocks whom.")

    @Option(
        help: ArgumentHelp("As it was at this position or time.", valueName: "position|time"), transform: Parse.moment)
    var at: Moment?

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func run() async throws {
        let context = try Context(common)
        let viewer = try context.viewer(view)
        let (platform, position) = try await state(context)
        let table = LockTable(platform.locks, at: position)
        context.answer(Projections.view(of: table, for: viewer)) { text(table, context) }
    }

    private func state(_ context: Context) async throws -> (Platform, Position) {
        let scan = try context.scan()
        guard let at else {
            let (platform, head) = try await scan.current(Platform.self)
            return (platform, head.position)
        }
        let position = try await at.position(in: scan)
        return (try await scan.state(Platform.self, at: position), position)
    }

    private func text(_ table: LockTable, _ context: Context) -> String {
        var held = Table([
            .init("PATH"), .init("MODE"), .init("TOKEN", .right), .init("HOLDER"), .init("SINCE"), .init("REASON"),
        ])
        for lock in table.held {
            held.add([
                lock.lock.path.text, lock.lock.mode.rawValue, String(lock.grant.token), name(lock.holder),
                lock.grant.since.description, lock.grant.reason ?? "",
            ])
        }
        var waiting = Table([.init("PATH"), .init("MODE"), .init("WAITING"), .init("SINCE"), .init("BEHIND")])
        for lock in table.waiting {
            let behind = lock.behind.map { "\($0.kind.rawValue) \($0.path) by \($0.session)" }.joined(separator: ", ")
            waiting.add([
                lock.lock.path.text, lock.lock.mode.rawValue, name(lock.holder), lock.request.since.description, behind,
            ])
        }
        var text = table.held.isEmpty ? "nothing is held\n" : context.text(of: held)
        if !table.waiting.isEmpty { text += "\n" + context.text(of: waiting) }
        return text
    }

    private func name(_ holder: HolderRecord?) -> String {
        guard let holder else { return "" }
        if let task = holder.task { return "task \(task)" }
        let program = holder.label ?? holder.program ?? "process"
        return holder.pid.map { "\(program) [\($0)]" } ?? program
    }
}

extension Moment {
    /// The position that is meant: for a time the last event not later than it.
    func position(in scan: LogScan) async throws -> Position {
        let head = try await scan.head().position
        switch self {
        case .time(let time): return try await scan.position(at: time)
        case .position(let position):
            guard position <= head else { throw CommandFailure.noSuchPosition(position, head: head) }
            return position
        }
    }
}
