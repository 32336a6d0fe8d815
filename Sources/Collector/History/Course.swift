/// A step and when it was, in milliseconds.
public struct TimedStep: Sendable, Equatable {
    /// Since 1970.
    public let start: Int
    /// How long it is.
    public let resolution: Int
    /// What was measured.
    public let step: Step

    /// A step of a block, or what several come to.
    public init(start: Int, resolution: Int, _ step: Step) {
        (self.start, self.resolution, self.step) = (start, resolution, step)
    }
}

/// What stored blocks tell of a time, each series by itself.
public enum Course {
    /// From blocks of one subject: of each moment the finest steps that are there. Ascending; what was not measured is not there.
    public static func all(of blocks: [HistoryBlock], in range: Range<Int>) -> [SeriesName: [TimedStep]] {
        var courses: [SeriesName: [TimedStep]] = [:]
        let byResolution = Dictionary(grouping: blocks, by: \.key.resolution).sorted { $0.key < $1.key }
        for (resolution, blocks) in byResolution {
            var steps: [SeriesName: [TimedStep]] = [:]
            for block in blocks.sorted(by: { $0.key.start < $1.key.start }) {
                for (name, track) in block.tracks {
                    for index in 0..<track.length {
                        let start = block.key.start + index * resolution
                        guard range.contains(start), let step = track[index] else { continue }
                        steps[name, default: []].append(TimedStep(start: start, resolution: resolution, step))
                    }
                }
            }
            for (name, steps) in steps { courses[name] = joined(courses[name] ?? [], steps) }
        }
        return courses
    }

    /// A coarser step stands where it knows more levels than the finer ones within it.
    private static func joined(_ finer: [TimedStep], _ coarser: [TimedStep]) -> [TimedStep] {
        var result: [TimedStep] = []
        var index = 0
        for step in coarser {
            while index < finer.count, finer[index].start < step.start {
                result.append(finer[index])
                index += 1
            }
            let first = index
            var known = 0
            while index < finer.count, finer[index].start < step.start + step.resolution {
                known += finer[index].step.count
                index += 1
            }
            if known < step.step.count { result.append(step) } else { result += finer[first..<index] }
        }
        return result + finer[index...]
    }

    /// The same in steps of `width`; one in which nothing was measured is not there.
    public static func widened(_ steps: [TimedStep], to width: Int) -> [TimedStep] {
        var result: [TimedStep] = []
        var (start, sum) = (0, StepSum())
        func finish() {
            if let step = sum.step { result.append(TimedStep(start: start, resolution: width, step)) }
        }
        for step in steps {
            let own = step.start.quotient(flooredBy: width) * width
            if own != start {
                finish()
                (start, sum) = (own, StepSum())
            }
            sum.add(step.step)
        }
        finish()
        return result
    }
}
