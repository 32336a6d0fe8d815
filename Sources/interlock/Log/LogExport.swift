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

    func validate() throws {
        if let from, let to, from > to { throw ValidationError("--from \(from) lies behind --to \(to)") }
        if let output, output.isEmpty { throw ValidationError("the name of the output file is empty") }
    }

    func run() async throws {
        let context = try Context(common)
        let scan = try context.scan()
        let head = try await scan.durableHead().position
        let range = try range(upTo: head)
        guard let output else {
            return try await read(range, from: scan) { context.streams.output(String(decoding: $0, as: UTF8.self)) }
        }
        let progress = Progress("exported", of: range.count, streams: context.streams)
        var file = try ExportFile(replacing: output)
        var count = 0
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.pageSize) {
            let page = start..<min(range.upperBound, start + Self.pageSize)
            try file.write(Self.lines(try await scan.events(in: ClosedRange(page))))
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

    private func read(
        _ range: Range<Position>, from scan: LogScan, _ write: ([UInt8]) throws -> Void
    ) async throws {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.pageSize) {
            let page = start..<min(range.upperBound, start + Self.pageSize)
            try write(Self.lines(try await scan.events(in: ClosedRange(page))))
        }
    }

    private static func lines(_ events: [RecordedEvent]) -> [UInt8] {
        var bytes: [UInt8] = []
        for event in events {
            bytes += view(of: event, for: .administrator).text.utf8
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    /// Events that are read at once.
    private static let pageSize = 1000
}
