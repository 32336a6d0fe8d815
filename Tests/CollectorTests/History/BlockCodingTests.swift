import Seeds
import Testing

@testable import Collector

@Suite("A block of the history")
struct BlockCodingTests {
    @Test("reads as it was written", arguments: 0..<200)
    func reads(seed: Int) throws {
        var random = Random(seed: seed)
        let block = HistoryBlock.any(&random)
        let bytes = try #require(block.encoded())
        #expect(try HistoryBlock(block.key, encoded: bytes) == block.written)
        #expect(bytes == block.encoded())
    }

    @Test("that is damaged is refused or read as something else, and harms nobody", arguments: 0..<100)
    func damaged(seed: Int) throws {
        var random = Random(seed: seed)
        let block = HistoryBlock.any(&random)
        var bytes = try #require(block.encoded())
        for _ in 0..<20 {
            if random.chance(30) { bytes.removeLast(random.below(bytes.count)) }
            if !bytes.isEmpty { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            _ = try? HistoryBlock(block.key, encoded: bytes)
        }
        for count in 0..<40 {
            _ = try? HistoryBlock(block.key, encoded: (0..<count).map { _ in UInt8(random.below(256)) })
        }
    }

    @Test("takes ten thousand series with hostile names")
    func hostile() throws {
        var block = HistoryBlock(BlockKey(.app("a\nb"), 10_000, at: dawn))
        for index in 0..<10_000 {
            var track = Track()
            track[index % 120] = step(Double(index))
            let text = ["\"", "\n", "\\", "\u{0}", "é", ""][index % 6]
            block.tracks[name(text, [Label(text, "\(text)\(index)")])] = track
        }
        let bytes = try #require(block.encoded())
        #expect(try HistoryBlock(block.key, encoded: bytes) == block)
    }

    @Test("tells a series from others by all of its texts, and knows where one ends")
    func names() throws {
        var block = HistoryBlock(BlockKey(.host, 10_000, at: dawn))
        let names = [
            name("ab"), name("a"), name("a", [Label("b", "")]), name("a", [Label("", "b")]), name("a", isRate: true),
        ]
        for (index, name) in names.enumerated() {
            var track = Track()
            track[0] = step(Double(index))
            block.tracks[name] = track
        }
        let read = try HistoryBlock(block.key, encoded: try #require(block.encoded()))
        for (index, name) in names.enumerated() { #expect(read.tracks[name]?[0] == step(Double(index))) }
    }
}
