internal import System

/// Lines of Graphite's plaintext protocol, whole ones: a name, a value, the second since 1970.
public struct GraphiteLines: Sendable, Equatable {
    /// Each ends with a newline.
    public private(set) var text: [UInt8]
    /// How many they are.
    public private(set) var count: Int

    static func += (left: inout GraphiteLines, right: GraphiteLines) {
        left.text += right.text
        left.count += right.count
    }
}

extension GraphiteNames {
    /// What a batch of readings has become.
    public struct Batch: Sendable {
        /// In the order of the readings, of a bounded length each.
        public var lines: [GraphiteLines] = []
        /// Samples without a line: their name is too long, or another sample has the same one when what Graphite cannot have is
        /// replaced.
        public var unnamed = 0

        /// They may wait for long: not with the room that the text has grown into.
        mutating func add(_ text: [UInt8], _ count: Int) {
            var exact: [UInt8] = []
            exact.reserveCapacity(text.count)
            exact += text
            lines.append(GraphiteLines(text: exact, count: count))
        }
    }

    /// The most bytes of lines that are one, but for a last line.
    static let maximumTextBytes = 64 << 10

    /// All there is to tell carbon of readings. What is not a number is left out: carbon has no place for it.
    public func lines(of readings: Readings) -> Batch { plan(of: readings.all).lines(of: readings) }

    /// The same, by the plan of those before where it still holds, which is kept for the next ones.
    public func lines(of readings: Readings, keeping kept: inout GraphitePlan?) -> Batch {
        if kept?.holds(for: readings.all) != true { kept = plan(of: readings.all) }
        return kept?.lines(of: readings) ?? Batch()
    }
}

extension GraphitePlan {
    /// The lines of readings, which must be of the series that it is for.
    fileprivate func lines(of readings: Readings) -> GraphiteNames.Batch {
        var batch = GraphiteNames.Batch()
        let second = Array(" \(readings.at.microseconds / 1_000_000)\n".utf8)
        var text: [UInt8] = []
        var count = 0
        for line in lines {
            guard let value = line.value.number(in: readings.all), value.isFinite else { continue }
            guard let name = line.name else {
                batch.unnamed += 1
                continue
            }
            text += names[name]
            text.append(UInt8(ascii: " "))
            text += value.written.utf8
            text += second
            count += 1
            guard text.count >= GraphiteNames.maximumTextBytes else { continue }
            batch.add(text, count)
            text.removeAll(keepingCapacity: true)
            count = 0
        }
        if count > 0 { batch.add(text, count) }
        return batch
    }
}
