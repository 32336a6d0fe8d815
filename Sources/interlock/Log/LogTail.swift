import ArgumentParser
import EventStore
import Events
import Projections
import Runner
import System

struct LogTail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Print the latest events.")

    @Flag(name: .shortAndLong, help: "Go on with the events that follow.")
    var follow = false

    @Option(
        name: [.customShort("n"), .long], help: ArgumentHelp("How many to begin with.", valueName: "n"),
        transform: Parse.count)
    var limit: Int?

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    /// Events that are shown to a person who does not say how many.
    static let defaultLimit = 20
    /// Events that are read at once.
    static let pageSize = 1000
    /// The log is looked at at least this often, hint or not.
    static let poll = Duration.milliseconds(500)

    func run() async throws {
        let context = try Context(common)
        let viewer = try await context.viewer(view)
        let scan = try await context.lookBack()
        var head = try await scan.durableHead().position
        var position: Position = 0
        if let limit = limit ?? (common.json ? nil : Self.defaultLimit) {
            position = min(head, try await scan.position(beforeLast: limit))
        }
        try await show(scan, &position, upTo: head, context, viewer)
        guard follow else { return }
        let hint = try? HintSocket(at: try await scan.hints().follower("tail-\(try NewID.request())"))
        while true {
            if let hint { _ = try await hint.wait(timeout: Self.poll) } else { try await Task.sleep(for: Self.poll) }
            head = try await scan.durableHead().position
            try await show(scan, &position, upTo: head, context, viewer)
        }
    }

    private func show(
        _ scan: LogScan, _ position: inout Position, upTo head: Position, _ context: Context, _ viewer: Viewer
    ) async throws {
        while position < head {
            let events = try await scan.events(in: position + 1...head, limit: Self.pageSize)
            guard !events.isEmpty else { return }
            for event in events {
                let told =
                    context.json
                    ? Projections.view(of: event, for: viewer) : Projections.view(ofLine: event, for: viewer)
                context.answer(told, EventLineText(field: "what"))
                position = event.position
            }
        }
    }
}
