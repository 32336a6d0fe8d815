/// Makes a coarse block of finer ones. It depends on nothing but these, so that it can be done again.
public enum RollUp {
    /// The block of `key` from all finer ones that reach into it. What `stored` knows from more levels stays: some of those it
    /// was made of may be gone by now.
    public static func block(_ key: BlockKey, from finer: [HistoryBlock], onto stored: HistoryBlock? = nil)
        -> HistoryBlock
    {
        var sums: [SeriesName: [Int: StepSum]] = [:]
        for block in finer.sorted(by: { ($0.key.start, $0.key.resolution) < ($1.key.start, $1.key.resolution) }) {
            for (name, track) in block.tracks {
                for index in 0..<track.length {
                    let time = block.key.start + index * block.key.resolution
                    guard time >= key.start, time < key.end, let step = track[index] else { continue }
                    sums[name, default: [:]][key.index(of: time), default: StepSum()].add(step)
                }
            }
        }
        var result = HistoryBlock(key)
        for (name, steps) in sums {
            var track = Track()
            for (index, sum) in steps.sorted(by: { $0.key < $1.key }) { track[index] = sum.step }
            result.tracks[name] = track
        }
        if let stored { result.merge(stored) }
        return result
    }
}
