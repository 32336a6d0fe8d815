internal import LZ4

/// Why bytes are no block.
public struct DamagedBlock: Error, Equatable {
    /// A sentence without a full stop.
    public let message: String

    /// A reason.
    public init(message: String) { self.message = message }
}

/// A block as bytes: its size and then, by LZ4, a version, the names of all series, and each series by itself: which steps are
/// there, the differences of their means, and where steps are of several levels, how many and how far the others lie from the mean.
extension HistoryBlock {
    private static let version: UInt8 = 1
    /// A block may not become larger than this; its reader takes no larger one.
    public static let maximumBytes = 16 << 20

    /// The bytes; nil for more than the history takes.
    public func encoded() -> [UInt8]? {
        var writer = ByteWriter()
        writer.bytes.append(Self.version)
        let sorted = tracks.filter { $0.value.count > 0 }.sorted { $0.key < $1.key }
        writer.put(UInt64(sorted.count))
        for (name, _) in sorted { name.write(to: &writer) }
        for (_, track) in sorted { track.write(to: &writer) }
        guard writer.bytes.count <= Self.maximumBytes, let block = try? LZ4.compressBlock(writer.bytes) else {
            return nil
        }
        var result = ByteWriter()
        result.put(UInt64(writer.bytes.count))
        return result.bytes + block
    }

    /// What was encoded.
    public init(_ key: BlockKey, encoded bytes: [UInt8]) throws(DamagedBlock) {
        var outer = ByteReader(bytes)
        let size = Int(clamping: try outer.number())
        var reader: ByteReader
        do throws(LZ4Error) {
            reader = ByteReader(
                try LZ4.decompressBlock(Array(bytes[outer.position...]), size: size, limit: Self.maximumBytes))
        } catch {
            throw DamagedBlock(message: error.description)
        }
        guard try reader.byte() == Self.version else { throw DamagedBlock(message: "it is of another version") }
        self.init(key)
        let count = try reader.count(atMost: reader.rest)
        var names: [SeriesName] = []
        for _ in 0..<count { names.append(try SeriesName(from: &reader)) }
        for name in names { tracks[name] = try Track(from: &reader) }
        guard reader.rest == 0, tracks.count == count else {
            throw DamagedBlock(message: "there is more in it than it says")
        }
    }
}

extension SeriesName {
    fileprivate func write(to writer: inout ByteWriter) {
        writer.put(isRate ? 1 : 0)
        writer.put(name)
        writer.put(UInt64(labels.count))
        for label in labels {
            writer.put(label.name)
            writer.put(label.value)
        }
    }

    fileprivate init(from reader: inout ByteReader) throws(DamagedBlock) {
        let isRate = try reader.number() == 1
        let name = try reader.text()
        var labels: [Label] = []
        for _ in 0..<(try reader.count(atMost: reader.rest)) {
            labels.append(Label(try reader.text(), try reader.text()))
        }
        self.init(name: name, labels: labels, isRate: isRate)
    }
}

extension Track {
    private static let hasGaps: UInt8 = 1
    private static let hasSpread: UInt8 = 2

    fileprivate func write(to writer: inout ByteWriter) {
        let isWhole = count == length
        writer.bytes.append((isWhole ? 0 : Self.hasGaps) | (isSingle ? 0 : Self.hasSpread))
        writer.put(UInt64(length))
        if !isWhole { writer.put(flags: (0..<length).map { self[$0] != nil }) }
        let steps = (0..<length).compactMap { self[$0] }
        var before = 0
        for step in steps {
            writer.put(signed: Int(step.mean.number) - before)
            before = Int(step.mean.number)
        }
        guard !isSingle else { return }
        before = 0
        for step in steps {
            writer.put(signed: step.count - before)
            before = step.count
        }
        for step in steps { writer.put(UInt64(step.high.number - step.mean.number)) }
        for step in steps { writer.put(UInt64(step.mean.number - step.low.number)) }
        for step in steps { writer.put(signed: Int(step.last.number) - Int(step.mean.number)) }
    }

    fileprivate init(from reader: inout ByteReader) throws(DamagedBlock) {
        self.init()
        let flags = try reader.byte()
        let length = try reader.count(atMost: Ladder.stepsPerBlock)
        let isThere = flags & Self.hasGaps == 0 ? Array(repeating: true, count: length) : try reader.flags(length)
        let indices = isThere.indices.filter { isThere[$0] }
        var before = 0
        var steps: [Step] = []
        for _ in indices {
            before = try reader.sum(before)
            steps.append(Step(try LevelCode(stored: before)))
        }
        if flags & Self.hasSpread != 0 {
            before = 0
            for index in steps.indices {
                before = try reader.sum(before)
                guard before > 0, before <= Int32.max else { throw DamagedBlock(message: "a step of no levels") }
                steps[index].count = before
            }
            for index in steps.indices {
                steps[index].high = try steps[index].mean.advanced(try reader.count(atMost: 1 << 24))
            }
            for index in steps.indices {
                steps[index].low = try steps[index].mean.advanced(-(try reader.count(atMost: 1 << 24)))
            }
            for index in steps.indices {
                steps[index].last = try LevelCode(stored: try reader.sum(Int(steps[index].mean.number)))
            }
        }
        for (index, step) in zip(indices, steps) { self[index] = step }
    }
}

extension LevelCode {
    fileprivate init(stored number: Int) throws(DamagedBlock) {
        guard let code = LevelCode(exactly: number) else { throw DamagedBlock(message: "a level that cannot be") }
        self = code
    }

    fileprivate func advanced(_ by: Int) throws(DamagedBlock) -> LevelCode { try LevelCode(stored: Int(number) + by) }
}
