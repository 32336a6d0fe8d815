/// Makes a coarse block of finer ones. It depends on nothing but these, so that it can be done again.
public enum RollUp {
    /// The block of `key` from all finer ones that reach into it. What `stored` knows from more levels stays: some of those it
    /// was made of may be gone by now.
    ///
    /// It has as many series as one that is measured (`OpenHistory.maximumSeries`): those of `stored`, then those that were there first.
    /// `dropped` are the finer steps of all others.
    public static func block(_ key: BlockKey, from finer: [HistoryBlock], onto stored: HistoryBlock? = nil)
        -> (block: HistoryBlock, dropped: Int)
    {
        var sums: [SeriesName: [Int: StepSum]] = [:]
        var names = Set(stored.map { Array($0.tracks.keys) } ?? [])
        var dropped = 0
        for block in finer.sorted(by: { ($0.key.start, $0.key.resolution) < ($1.key.start, $1.key.resolution) }) {
            // Only where some have no room it matters which.
            let isFull = names.count + block.tracks.count > OpenHistory.maximumSeries
            let tracks = isFull ? block.tracks.sorted { $0.key < $1.key } : Array(block.tracks)
            for (name, track) in tracks {
                for index in 0..<track.length {
                    let time = block.key.start + index * block.key.resolution
                    guard time >= key.start, time < key.end, let step = track[index] else { continue }
                    guard names.contains(name) || names.count < OpenHistory.maximumSeries else {
                        dropped += 1
                        continue
                    }
                    names.insert(name)
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
        return (result, dropped)
    }
}
