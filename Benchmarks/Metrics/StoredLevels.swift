import Collector
import EventStore
import MySQL

/// What a stored step takes, of a history that a service has kept. What is coarser than what is stored yet is made of it, as
/// the service will.
struct StoredLevels {
    private var bytes = 0
    private var steps = 0
    private var blocks = 0
    private var tracks = 0
    /// Of the same blocks with no more than the first step of each series: names, and what else a block has once.
    private var bytesOfFirst = 0

    /// For each resolution; a coarser one's step is lowest, mean, highest and last, and so has four levels.
    static func figures(of endpoint: Endpoint, host: String, _ label: String) async throws -> [Figure] {
        var sums: [Int: StoredLevels] = [:]
        for block in try await blocks(of: MetricStore(endpoint, host: host)) {
            sums[block.key.resolution, default: StoredLevels()].add(block)
        }
        return sums.filter { $0.value.blocks > 0 }.sorted { $0.key < $1.key }.map { resolution, sum in
            let levels = Ladder.coarse.contains(resolution) ? 4 : 1
            let words = levels == 1 ? "a level" : "a level, of which a step has four"
            return Figure(
                name:
                    "history \(label), steps of \(resolution / 1000) s: \(words) (\(sum.steps) steps in \(sum.blocks) blocks)",
                value: sum.bytesOfFullStep / Double(levels), unit: "bytes", peer: "whisper", peerValue: 12,
                ratio: sum.bytesOfFullStep / Double(levels) / 12, target: .atMost(2), isBoundOnValue: true)
        }
    }

    private static func blocks(of store: MetricStore) async throws -> [HistoryBlock] {
        var all: [HistoryBlock] = []
        for subject in Set(try await store.newest().map(\.subject)) {
            var own: [HistoryBlock] = []
            for stored in try await store.blocks(of: subject, resolutions: 1..<Int(Int32.max), from: 0, to: .max) {
                guard let data = stored.data, let subject = Subject(stored: stored.key.subject) else { continue }
                let key = BlockKey(subject: subject, resolution: stored.key.resolution, start: stored.key.start)
                own.append(try HistoryBlock(key, encoded: data))
            }
            for resolution in Ladder.coarse {
                let stored = Set(own.map(\.key))
                let finer = own.filter { Ladder.finer(than: resolution).contains($0.key.resolution) }
                let spans = Set(finer.map { BlockKey($0.key.subject, resolution, at: $0.key.start) })
                own += spans.subtracting(stored).map { RollUp.block($0, from: finer).block }
            }
            all += own
        }
        return all
    }

    private mutating func add(_ block: HistoryBlock) {
        let first = HistoryBlock(
            block.key,
            tracks: block.tracks.mapValues { track in
                var short = Track()
                if let index = (0..<track.length).first(where: { track[$0] != nil }) { short[index] = track[index] }
                return short
            })
        guard let whole = block.encoded(), let start = first.encoded(), block.count > block.tracks.count else { return }
        bytes += whole.count
        steps += block.count
        blocks += 1
        tracks += block.tracks.count
        bytesOfFirst += start.count
    }

    /// Of a block that is full: what it has once is divided among all its steps.
    private var bytesOfFullStep: Double {
        let length = Double(Ladder.stepsPerBlock)
        let next = Double(bytes - bytesOfFirst) / Double(max(1, steps - tracks))
        return (Double(bytesOfFirst) / Double(max(1, tracks)) + next * (length - 1)) / length
    }
}
