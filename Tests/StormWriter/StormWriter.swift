import EventStore
import Events
import Glibc
import MySQL
import StoreConformance

/// One process of the storm: `storm-writer URL DATABASE-ID NAME LANES [ORDER …]`.
///
/// Appends from several lanes at once until it is killed, first what its predecessor was not answered. Says on standard
/// output `ask ORDER` before it asks, and then one of: `ack ID FIRST END`; `found ID FIRST END`, when an earlier attempt had
/// landed; `fail ID WHY`, which must not happen. Orders that are never answered were given up, as the server was away.
@main
struct StormWriter {
    let log: MySQLLog<Book>
    let name: String

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 4, let lanes = Int(arguments[4]) else { exit(64) }
        let endpoint = try Endpoint(url: arguments[1], allowPassword: true)
        let writer = Self(log: try MySQLLog(endpoint, newDatabaseID: arguments[2]), name: arguments[3])
        await writer.open()
        let inherited = arguments.dropFirst(5).compactMap(Order.init)
        await withTaskGroup(of: Void.self) { group in
            for lane in 0..<lanes {
                let first = inherited.enumerated().filter { $0.offset % lanes == lane }.map(\.element)
                group.addTask { await writer.work(lane, first) }
            }
        }
    }

    /// Opens the log, however long the server is away.
    private func open() async {
        while true {
            do {
                return try await log.open()
            } catch {
                // Which waits for a server that is starting; `open` does not.
                _ = try? await log.head()
            }
        }
    }

    /// Opens sessions and closes them again, so that the book stays small.
    private func work(_ lane: Int, _ inherited: [Order]) async {
        for order in inherited { _ = await isDone(order, patiently: true) }
        var open: [String] = []
        var number = 0
        while true {
            number += 1
            let id = "\(name)-\(lane)-\(number)"
            let order: Order
            if open.count > 6 || number % 2 == 0, let session = open.popLast() {
                order = .close(id, session)
            } else {
                order = .open(id, 1 + number % 5)
            }
            guard await isDone(order, patiently: number % 3 != 0), case .open = order.command else { continue }
            open += order.sessions
        }
    }

    /// Asks for it, and again while the server is away; one without patience leaves it unanswered.
    private func isDone(_ order: Order, patiently: Bool) async -> Bool {
        say("ask \(order.text)")
        while true {
            do {
                let positions = try await log.submit(Submission(order.id, order.command)).positions
                say("ack \(order.id) \(positions.lowerBound) \(positions.upperBound)")
                return true
            } catch {
                if let error = error as? AlreadyAppended {
                    say("found \(order.id) \(error.positions.lowerBound) \(error.positions.upperBound)")
                    return true
                }
                guard let error = error as? StoreError, [.unavailable, .outcomeUnknown].contains(error.code) else {
                    say("fail \(order.id) \(error)")
                    return false
                }
                guard patiently else { return false }
            }
        }
    }

    /// One write, unbuffered: what was said stays said when this process is killed.
    private func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(1, bytes, bytes.count)
    }
}
