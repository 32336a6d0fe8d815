import Events
import Testing

@testable import Runner

/// Seconds since 1970 of a moment in UTC.
private func moment(_ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0) -> Int {
    let (y, m) = month <= 2 ? (year - 1, month + 12) : (year, month)
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * (m - 3) + 2) / 5 + day - 719_469
    return days * 86_400 + hour * 3600 + minute * 60
}

/// Clocks that are an hour ahead of UTC, and two from 29 March 2026 to 25 October 2026, each at 01:00 UTC.
private func berlin(_ seconds: Int) -> Int {
    (moment(2026, 3, 29, 1)..<moment(2026, 10, 25, 1)).contains(seconds) ? 7200 : 3600
}

@Suite("A schedule is due")
struct CronMomentsTests {
    private func moments(_ text: String, after: Int, _ count: Int, offset: (Int) -> Int = { _ in 0 }) throws -> [Int] {
        let fields = try #require(CronFields(text))
        var found: [Int] = []
        var last = after
        while found.count < count, let next = fields.next(after: last, offset: offset) {
            found.append(next)
            last = next
        }
        return found
    }

    @Test("in the next minute that matches, never in the one that it was asked in")
    func next() throws {
        let noon = moment(2026, 11, 27, 12)
        #expect(try moments("* * * * *", after: noon, 2) == [noon + 60, noon + 120])
        #expect(try moments("* * * * *", after: noon + 59, 1) == [noon + 60])
        #expect(try moments("0 3 * * *", after: noon, 2) == [moment(2026, 11, 28, 3), moment(2026, 11, 29, 3)])
        #expect(try moments("*/20 12 * * *", after: noon, 3) == [noon + 1200, noon + 2400, moment(2026, 11, 28, 12)])
    }

    @Test("on days of the month or of the week, whichever comes first when both are named")
    func days() throws {
        let friday = moment(2026, 11, 27)
        #expect(try moments("0 0 * * 1", after: friday, 1) == [moment(2026, 11, 30)])
        #expect(try moments("0 0 1 * 1", after: friday, 2) == [moment(2026, 11, 30), moment(2026, 12, 1)])
        #expect(try moments("0 0 29 2 *", after: friday, 2) == [moment(2028, 2, 29), moment(2032, 2, 29)])
        #expect(try moments("0 0 31 2 *", after: friday, 1) == [])
    }

    @Test("at once when the clocks go forward over its hour, and once when they are set back over it")
    func clockChanges() throws {
        let spring = moment(2026, 3, 28, 12)
        #expect(
            try moments("30 2 * * *", after: spring, 2, offset: berlin)
                == [moment(2026, 3, 29, 1), moment(2026, 3, 30, 0, 30)])
        let autumn = moment(2026, 10, 24, 12)
        #expect(
            try moments("30 2 * * *", after: autumn, 2, offset: berlin)
                == [moment(2026, 10, 25, 0, 30), moment(2026, 10, 26, 1, 30)])
        // Every hour means: each hour that passes.
        #expect(
            try moments("30 * * * *", after: moment(2026, 10, 24, 23, 45), 3, offset: berlin)
                == [moment(2026, 10, 25, 0, 30), moment(2026, 10, 25, 1, 30), moment(2026, 10, 25, 2, 30)])
    }

    @Test(
        "as often as counting every minute of a year finds it",
        arguments: ["5 4 * * *", "*/7 1-3 * 3,10 *", "0 2 * * 0"])
    func bruteForce(_ text: String) throws {
        let fields = try #require(CronFields(text))
        let (start, end) = (moment(2026, 1, 1), moment(2027, 1, 1))
        var found: [Int] = []
        var last = start
        while let next = fields.next(after: last, offset: { _ in 0 }), next < end {
            found.append(next)
            last = next
        }
        let counted = stride(from: start + 60, to: end, by: 60).filter { fields.next(after: $0 - 60) { _ in 0 } == $0 }
        #expect(found == counted)
        #expect(found.count > 40)
    }
}

@Suite("A run of a schedule")
struct DueRunTests {
    private func judge(_ text: String, last: Int, now: Int) throws -> (due: Int?, next: Int?) {
        DueRun.judge(
            try #require(CronFields(text)), last: Timestamp(microseconds: last * 1_000_000), now: now,
            offset: { _ in 0 })
    }

    @Test("is made when its minute has come, and not before")
    func inTime() throws {
        let three = moment(2026, 11, 27, 3)
        #expect(try judge("0 3 * * *", last: three - 86_400, now: three - 1) == (nil, three))
        #expect(try judge("0 3 * * *", last: three - 86_400, now: three + 20) == (three, nil))
        #expect(try judge("0 3 * * *", last: three, now: three + 20) == (nil, three + 86_400))
    }

    @Test("that was missed is made up for once, however many were")
    func missed() throws {
        let now = moment(2026, 11, 27, 12, 30) + 7
        let (due, _) = try judge("*/5 * * * *", last: now - 7 * 86_400, now: now)
        #expect(due == now - 7)
        #expect(try judge("*/5 * * * *", last: now - 7, now: now).due == nil)
    }

    @Test("is not made twice when the clock is set back a little, and counts anew when it was far wrong")
    func clockSteps() throws {
        let three = moment(2026, 11, 27, 3)
        #expect(try judge("0 3 * * *", last: three, now: three - 3600).due == nil)
        let wrong = three + 365 * 86_400
        #expect(try judge("0 3 * * *", last: wrong, now: three + 5).due == three)
        #expect(try judge("0 3 * * *", last: wrong, now: three - 600) == (nil, three))
    }
}
