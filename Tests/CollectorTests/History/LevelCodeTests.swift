import Seeds
import Testing

@testable import Collector

@Suite("A level's code")
struct LevelCodeTests {
    /// Levels of every size and sign.
    static func levels(seed: Int, count: Int = 2000) -> [Double] {
        var random = Random(seed: seed)
        return (0..<count).map { _ in
            let bits = Double(bitPattern: random.next())
            let usual = Double(random.below(1_000_000)) / Double(1 + random.below(1000))
            return random.chance(50) && bits.isFinite ? bits : random.chance(50) ? usual : -usual
        }
    }

    @Test("loses at most a 2,048th of it", arguments: 0..<5)
    func error(seed: Int) throws {
        for level in Self.levels(seed: seed) where level.magnitude >= .leastNormalMagnitude {
            let kept = try #require(LevelCode(level)).level
            #expect(abs(kept - level) <= level.magnitude / 2048, "\(level) became \(kept)")
        }
    }

    @Test("is ordered as the levels are, and the same again for what it says", arguments: 0..<5)
    func order(seed: Int) throws {
        let sorted = Self.levels(seed: seed).sorted()
        let codes = sorted.compactMap { LevelCode($0) }
        #expect(codes.count == sorted.count)
        #expect(codes == codes.sorted())
        for code in codes { #expect(LevelCode(code.level) == code) }
    }

    @Test("keeps small whole numbers as they are")
    func wholes() {
        for number in -2048...2048 { #expect(LevelCode(Double(number))?.level == Double(number)) }
    }

    @Test("is of finite numbers only, up to the greatest")
    func limits() throws {
        for level in [Double.nan, .infinity, -.infinity] { #expect(LevelCode(level) == nil) }
        for level in [Double.greatestFiniteMagnitude, .leastNonzeroMagnitude, 0, -0.0] {
            #expect(try #require(LevelCode(level)).level.isFinite)
            #expect(try #require(LevelCode(-level)).level.isFinite)
        }
    }
}
