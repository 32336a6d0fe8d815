internal import Collector
internal import Logging
internal import Synchronization
internal import System

/// Sends what is measured to carbon, on a thread of its own: whoever measures waits for nothing. Ends with `stop`.
final class GraphiteSink: Sendable {
    /// How long each address of carbon's has to answer.
    private static let connectPatience = Duration.seconds(5)

    private struct State {
        var sender = GraphiteSender()
        var unnamed = 0
        var isOver = false
    }

    private let settings: GraphiteSettings
    private let names: GraphiteNames
    /// Of what is repeated.
    private let plan = Mutex<GraphitePlan?>(nil)
    private let bell: Bell
    private let state = Mutex(State())
    private let logger: Logger

    /// Throws where the system has no thread or descriptor for it.
    init(_ settings: GraphiteSettings, _ logger: Logger) throws(SystemError) {
        (self.settings, self.logger) = (settings, logger)
        names = GraphiteNames(prefix: settings.prefix ?? GraphiteNames.prefix(host: Host.name))
        bell = try Bell()
        guard startThread(named: "graphite", { [self] in run() }) else {
            throw SystemError(.exhausted, "cannot start a thread: this system allows no further one")
        }
    }

    /// Sends them when it can. Returns at once.
    ///
    /// - Parameter isRepeated: they are the most there is, and the next ones will mostly be of the same series.
    func take(_ readings: Readings, isRepeated: Bool = false) {
        let batch = plan.withLock { plan in
            isRepeated ? names.lines(of: readings, keeping: &plan) : names.lines(of: readings)
        }
        state.withLock { state in
            state.sender.take(batch.lines)
            state.unnamed += batch.unnamed
        }
        bell.ring()
    }

    /// What there is to tell of itself.
    var samples: [Sample] { state.withLock { $0.sender.samples(unnamed: $0.unnamed) } }

    /// Nothing more is sent; what is waiting is lost.
    func stop() {
        state.withLock { $0.isOver = true }
        bell.ring()
    }

    private func run() {
        var connection: ClientConnection?
        // Nil while all is well; at first nothing is known.
        var problem: String? = ""
        while let step = state.withLock({ $0.isOver ? nil : $0.sender.next(at: .now) }) {
            do throws(SystemError) {
                switch step {
                case .connect:
                    connection = try ClientConnection(to: settings.server, within: Self.connectPatience)
                    state.withLock { $0.sender.connected(at: .now) }
                case .write(let bytes):
                    let count = try connection?.writeSome(bytes) ?? 0
                    state.withLock { $0.sender.wrote(count, at: .now) }
                case .close:
                    connection = nil
                    tell("\(settings.server) has taken nothing for \(GraphiteSender.patience)", &problem)
                case .wait(let end, let forWriting):
                    guard let open = connection else {
                        bell.wait(until: end)
                        continue
                    }
                    let isWritable = open.wait(forWriting: forWriting, or: bell, until: end)
                    if open.hasEnded { throw SystemError(.closed, "\(settings.server) has closed the connection") }
                    let rest = open.unacknowledged
                    let isTaken = state.withLock { state in
                        if isWritable { state.sender.writable() }
                        return state.sender.acknowledged(allBut: rest, at: .now, .now)
                    }
                    if isTaken, problem != nil {
                        logger.notice("graphite: \(settings.server) takes what is measured")
                        problem = nil
                    }
                }
            } catch {
                connection = nil
                state.withLock { $0.sender.ended(at: .now) }
                tell(error.message, &problem)
            }
        }
    }

    /// Once for the same.
    private func tell(_ words: String, _ problem: inout String?) {
        if problem != words { logger.warning("graphite: \(words); what is measured waits") }
        problem = words
    }
}
