internal import Events
internal import Projections

/// Which run of a schedule is to be made now.
enum DueRun {
    /// The moment of the run that is due, or when to look again; nil for never. Both are seconds by the host's clock.
    ///
    /// What was missed while nobody looked is made up for by one run, that of this minute. A clock that was set back a
    /// little waits until it has come as far as before; one that was set back far was wrong (`Platform.largestClockStep`).
    static func judge(
        _ fields: CronFields, last: Timestamp, now: Int, offset: (Int) -> Int
    ) -> (due: Int?, next: Int?) {
        let isWrong = last.microseconds - now * 1_000_000 > Platform.largestClockStep
        let base = isWrong ? now - 60 : last.microseconds / 1_000_000
        guard let first = fields.next(after: base, offset: offset) else { return (nil, nil) }
        guard first <= now else { return (nil, first) }
        guard let second = fields.next(after: first, offset: offset), second <= now else { return (first, nil) }
        return (now - now % 60, nil)
    }
}
