import Testing

@testable import Collector

@Suite("A course")
struct CourseTests {
    private func block(_ resolution: Int, at start: Int, _ steps: [Int: Step]) -> HistoryBlock {
        var track = Track()
        for (index, step) in steps.sorted(by: { $0.key < $1.key }) { track[index] = step }
        return HistoryBlock(BlockKey(.host, resolution, at: start), tracks: [name("m"): track])
    }

    private func of(_ levels: Double...) -> Step {
        var sum = StepSum()
        for level in levels { sum.add(step(level)) }
        return sum.step ?? step(.nan)
    }

    @Test("is as fine as what is there, each moment once, and coarse where finer steps are gone in part")
    func finest() {
        let minutes = block(60_000, at: dawn, [0: of(1, 1, 1), 1: of(2, 3), 2: of(5, 6)])
        // Of the second minute one level is gone, the third is there whole, the fourth is not rolled up yet.
        let seconds = block(10_000, at: dawn, [7: step(3), 12: step(5), 13: step(6), 18: step(9)])
        let course = Course.all(of: [seconds, minutes], in: dawn..<dawn + 600_000)[name("m")] ?? []
        #expect(course.map(\.start) == [0, 60_000, 120_000, 130_000, 180_000].map { dawn + $0 })
        #expect(course.map(\.resolution) == [60_000, 60_000, 10_000, 10_000, 10_000])
    }

    @Test("of steps of another width has each of them once, and nothing where nothing was")
    func widened() {
        let course = [0, 10_000, 50_000, 120_000, 130_000].map {
            TimedStep(start: dawn + $0, resolution: 10_000, step(4))
        }
        let wide = Course.widened(course, to: 60_000)
        #expect(wide.map(\.start) == [dawn, dawn + 120_000])
        #expect(wide.map(\.step.count) == [3, 2])
    }
}
