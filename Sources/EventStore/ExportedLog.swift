public import Events
internal import LZ4
public import System

/// A log in a file, as `log export` writes it: a line an event, plain or as an LZ4 frame. Somebody's log can be looked at
/// without a database. Read in order, in bounded pieces; each call opens the file anew. Blocks on the disk.
///
/// It may be anything: what is no export, has a hole, falls in time or ends too early throws `damaged`, with the position
/// where there is one. Its chain of hashes is for the checker (docs/checker.md).
public struct ExportedLog: Sendable {
    private let path: String

    /// Bytes of the file that are read at once.
    static let chunkBytes = 256 << 10
    /// A line that is longer is none of an export: payloads are bounded, and their escapes at most six times as long.
    static let maximumLineBytes = 6 * EventRow.maximumPayloadBytes + (64 << 10)
    /// What an LZ4 frame may hold.
    static let maximumBytes = 1 << 40
    /// How an LZ4 frame begins (LZ4 Frame Format Description).
    private static let magic: [UInt8] = [0x04, 0x22, 0x4D, 0x18]

    /// Throws where there is no such file, or none that may be read. A pipe is none: it can be read once only.
    public init(path: String) throws(SystemError) {
        self.path = path
        _ = try Descriptor.readingFile(path)
    }

    /// The last position; 0 where the file holds no event.
    public func end() throws -> Position {
        var last: Position = 0
        try batches { batch in
            let start = batch.dropLast().lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            last = try line(batch, start, behind: last).position
            return true
        }
        return last
    }

    /// The last position whose event is not later than `time`; 0 when there is none.
    public func position(at time: Timestamp) throws -> Position {
        var last: Position = 0
        try lines(through: .max) { line in
            do throws(JSONError) {
                if try line.time() <= time { last = line.position }
            } catch {
                throw damaged("event \(line.position): \(error)", line.position)
            }
        }
        return last
    }

    /// Folds all that happened up to `position`, from the first event on; `Int.max` for all there is.
    public func reduceFacts<Result>(
        through position: Position, into initial: Result, _ body: (inout Result, Fact) throws -> Void
    ) throws -> Result {
        var result = initial
        var last: (position: Position, at: Timestamp) = (0, .earliest)
        let isWhole = try lines(through: position) { line in
            let fact = try line.fact()
            guard last.position > 0 || fact.follows(0) else { throw partial(line.position) }
            guard fact.at >= last.at else {
                throw damaged("event \(fact.position) is earlier than the one before it", fact.position)
            }
            last = (fact.position, fact.at)
            try body(&result, fact)
        }
        guard isWhole || position == .max else {
            throw damaged("it ends at position \(last.position), before position \(position)", last.position + 1)
        }
        return result
    }

    /// An export may begin anywhere, but what a lock or a task is follows from all that happened before.
    private func partial(_ first: Position) -> StoreError {
        StoreError(
            .damaged, "\(path) begins at position \(first), and a replay needs the log from its first event on",
            hint: "export it whole: interlock log export -o FILE.lz4", position: first)
    }

    private func damaged(_ problem: String, _ position: Position? = nil) -> StoreError {
        StoreError(
            .damaged, "\(path): \(problem)", hint: "is it what 'interlock log export' wrote?", position: position)
    }
}

extension ExportedLog {
    /// Every line up to the one of a position, in order; a hole is never passed. False where the file ends before.
    @discardableResult
    private func lines(through last: Position, _ each: (ExportedLine) throws -> Void) throws -> Bool {
        var before: Position?
        var isPassed = last <= 0
        guard !isPassed else { return true }
        try batches { batch in
            var offset = 0
            while offset < batch.count {
                let line = try line(batch, offset, behind: before ?? 0)
                if let before, line.position != before + 1, try !line.fact().follows(before) {
                    throw damaged("event \(before + 1) is missing", before + 1)
                }
                isPassed = line.position >= last
                guard line.position <= last else { return false }
                try each(line)
                (before, offset) = (line.position, line.end)
            }
            return before != last
        }
        return isPassed
    }

    private func line(_ batch: [UInt8], _ offset: Int, behind position: Position) throws(StoreError) -> ExportedLine {
        do throws(JSONError) {
            return try ExportedLine(batch, at: offset)
        } catch {
            throw damaged("the line behind event \(position) cannot be read: \(error.problem)", position + 1)
        }
    }

    /// Whole lines, as many as one reading brings, until `each` answers false.
    private func batches(_ each: ([UInt8]) throws -> Bool) throws {
        let file = try Descriptor.readingFile(path)
        var text = Text()
        while let chunk = try file.read(atMost: Self.chunkBytes), !chunk.isEmpty {
            let batch: [UInt8]
            do throws(LZ4Error) { batch = try text.take(chunk) } catch { throw damaged(error.description) }
            guard batch.count <= Self.maximumLineBytes || batch.last == UInt8(ascii: "\n") else {
                throw damaged("a line is longer than any event")
            }
            guard try batch.isEmpty || each(batch) else { return }
        }
        do throws(LZ4Error) { try text.finish() } catch { throw damaged(error.description) }
        guard text.isWhole else { throw damaged("it ends in the middle of a line") }
    }

    /// What was read of the file, decompressed, and what of it is no whole line yet.
    private struct Text: ~Copyable {
        private var pending: [UInt8] = []
        private var decompressor: FrameDecompressor?
        private var hasBegun = false

        /// The whole lines that there are by now; with a line that has no end in sight, that one.
        mutating func take(_ chunk: [UInt8]) throws(LZ4Error) -> [UInt8] {
            if !hasBegun, chunk.starts(with: magic) { decompressor = try FrameDecompressor(limit: maximumBytes) }
            hasBegun = true
            if decompressor == nil {
                pending += chunk
            } else {
                try decompressor?.decompress(chunk, into: &pending)
            }
            guard let last = pending.lastIndex(of: UInt8(ascii: "\n")) else {
                return pending.count > maximumLineBytes ? pending : []
            }
            let rest = Array(pending[(last + 1)...])
            pending.removeSubrange((last + 1)...)
            defer { pending = rest }
            return pending
        }

        func finish() throws(LZ4Error) { try decompressor?.finish() }

        var isWhole: Bool { pending.isEmpty }
    }
}
