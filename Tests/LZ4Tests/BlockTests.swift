import LZ4
import Testing

/// Inputs of every nature.
enum Sample: CaseIterable {
    case nothing, oneByte, text, zeros, noise

    var bytes: [UInt8] {
        switch self {
        case .nothing: []
        case .oneByte: [7]
        case .text: Array("a lock is a path; a path covers all below it".utf8)
        case .zeros: [UInt8](repeating: 0, count: 3_000_000)
        case .noise: (0..<200_000).map { UInt8(truncatingIfNeeded: ($0 &* 0x9E37_79B9_7F4A_7C15) >> 40) }
        }
    }
}

@Suite("An LZ4 block")
struct BlockTests {
    @Test("gives back what went in", arguments: Sample.allCases)
    func roundTrip(sample: Sample) throws {
        let sample = sample.bytes
        let block = try LZ4.compressBlock(sample)
        let back = try LZ4.decompressBlock(block, size: sample.count, limit: sample.count)
        let isSame = back == sample
        #expect(isSame)
    }

    @Test("of repetitive bytes is small")
    func small() throws {
        #expect(try LZ4.compressBlock([UInt8](repeating: 0, count: 1_000_000)).count < 5000)
    }

    @Test("that says it is larger than allowed is refused before memory is asked for")
    func bound() throws {
        let block = try LZ4.compressBlock([1, 2, 3])
        for size in [11, 1 << 40, Int.max] {
            let error = #expect(throws: LZ4Error.self) { try LZ4.decompressBlock(block, size: size, limit: 10) }
            #expect(error?.code == .tooLarge)
        }
    }

    @Test("of another size than it says is damaged", arguments: [0, 1, 99, 101, 200, -1])
    func wrongSize(size: Int) throws {
        let block = try LZ4.compressBlock((0..<100).map { UInt8($0) })
        let error = #expect(throws: LZ4Error.self) { try LZ4.decompressBlock(block, size: size, limit: 1000) }
        #expect(error?.code == .damaged)
    }

    @Test("of noise is damaged and harms nobody")
    func noise() {
        for seed in 0..<500 {
            let noise = (0..<60).map { UInt8(truncatingIfNeeded: ($0 + 1) &* (seed &* 2_654_435_761 &+ 97) >> 7) }
            _ = try? LZ4.decompressBlock(noise, size: 1000, limit: 1000)
        }
        let error = #expect(throws: LZ4Error.self) { try LZ4.decompressBlock([0xFF, 0xFF], size: 9, limit: 9) }
        #expect(error?.code == .damaged)
    }
}
