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
        let redacted = RedactedEvents()
        let platform = try await scan.state(Platform.self, at: position) { redacted.saw($0) }
        redacted.tell(context.streams)
        return (platform, position)
    }

    private func text(_ table: LockTable, _ context: Context) -> String {
        var held = Table([
            .init("PATH"), .init("MODE"), .init("TOKEN", .right), .init("HOLDER"), .init("SINCE"), .init("REASON"),
        ])
        for lock in table.held {
            held.add([
                lock.lock.path.text, lock.lock.mode.rawValue, String(lock.grant.token), lock.holder?.shortName ?? "",
                lock.grant.since.description, lock.grant.reason ?? "",
            ])
        }
        var waiting = Table([
            .init("PATH"), .init("MODE"), .init("PLACE", .right), .init("WAITING"), .init("SINCE"), .init("BEHIND"),
        ])
        for lock in table.waiting {
            waiting.add([
                lock.lock.path.text, lock.lock.mode.rawValue, String(lock.place), lock.holder?.shortName ?? "",
                lock.request.since.description, behind(lock, table),
            ])
        }
        var text = table.held.isEmpty ? "nothing is held\n" : context.text(of: held)
        if !table.waiting.isEmpty { text += "\n" + context.text(of: waiting) }
        return text
    }

    private func behind(_ lock: WaitingLock, _ table: LockTable) -> String {
        let words = lock.behind.map { blocker in
            let name = table.holder(of: blocker.session)?.shortName ?? blocker.session.text
            return "\(blocker.path) \(blocker.kind == .held ? "held" : "wanted earlier") by \(name)"
        }
        let rest = words.count > Self.maximumNamed ? ", and \(words.count - Self.maximumNamed) more" : ""
        return words.prefix(Self.maximumNamed).joined(separator: ", ") + rest
    }

    /// Of those who are in the way; `--json` names all.
    private static let maximumNamed = 3
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
