import ArgumentParser
import EventStore
import Events
import Projections

struct LogExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the log as one JSON object a line.")

    @Option(help: ArgumentHelp("From this position on.", valueName: "position"), transform: Parse.position)
    var from: Position?

    @Option(
        help: ArgumentHelp("Up to this position, itself included.", valueName: "position"),
        transform: Parse.position)
    var to: Position?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write to this file, with LZ4 when it ends in .lz4.", valueName: "file"))
    var output: String?

    @OptionGroup var common: CommonOptions
    @OptionGroup var view: ViewOptions

    func validate() throws {
        if let from, let to, from > to { throw ValidationError("--from \(from) lies behind --to \(to)") }
        if let output, output.isEmpty { throw ValidationError("the name of the output file is empty") }
    }

    func run() async throws {
        let context = try Context(common)
        let viewer = try await context.viewer(view)
        let scan = try await context.lookBack()
        let head = try await scan.durableHead().position
        var range = try range(upTo: head)
        guard let output else {
            while let page = try await Self.page(&range, from: scan) {
                context.answer(rendition(of: page, for: viewer))
            }
            return
        }
        let progress = Progress("exported", of: range.count, streams: context.streams)
        var file = try ExportFile(replacing: output)
        var count = 0
        while let page = try await Self.page(&range, from: scan) {
            try file.write(rendition(of: page, for: viewer).bytes)
            count += page.count
            progress.reached(count)
        }
        try file.finish()
        if !common.json { context.streams.error("\(counted(count, "event")) in \(output)") }
    }

    /// What is to be exported; a position behind the head is an error where it begins, and the end where it ends.
    private func range(upTo head: Position) throws -> Range<Position> {
        let from = from ?? 1
        guard from <= head || self.from == nil else { throw CommandFailure.noSuchPosition(from, head: head) }
        return from..<max(from, min(head, to ?? head) + 1)
    }

    /// The next events of `range`, which goes on behind them; nil at its end.
    private static func page(
        _ range: inout Range<Position>, from scan: LogScan
    ) async throws -> [RecordedEvent]? {
        guard !range.isEmpty else { return nil }
        let events = try await scan.events(in: ClosedRange(range), limit: pageSize)
        guard let last = events.last else { return nil }
        range = last.position + 1..<range.upperBound
        return events
    }

    /// Events that are read at once.
    private static let pageSize = 1000
}
