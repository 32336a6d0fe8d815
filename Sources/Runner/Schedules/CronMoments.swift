internal import System

/// When a schedule is due. Seconds since 1970; `offset` tells how far the host's clocks are ahead of UTC at such a moment.
extension CronFields {
    /// No day that a schedule can name is further away: from one 29 February to the next there are eight years at most.
    static let horizon = 9 * 366 * 86_400
    /// Zones are not set back further than this at once.
    static let longestRepeat = 3 * 3600

    /// The first moment behind `seconds`; nil for a day that never comes (31 February).
    ///
    /// When the clocks go forward, what was due in the hour that is left out is due at once. When they go back, what is due
    /// at fixed hours is not due again (cron(8)).
    func next(after seconds: Int, offset: (Int) -> Int) -> Int? {
        var time = seconds - seconds.remainder(60) + 60
        let end = time + Self.horizon
        while time < end {
            let ahead = offset(time)
            let before = offset(time - 60)
            if ahead > before, skipped(from: time + before, to: time + ahead) { return time }
            let local = time + ahead
            let minute = LocalMinute(local: local)
            let isDay = matchesDay(minute)
            if isDay, matchesTime(minute), isEveryHour || !isRepeat(local, at: time, ahead, offset) { return time }
            let step =
                isDay
                ? hours.contains(minute.hour) ? 60 : 3600 - local.remainder(3600) : 86_400 - local.remainder(86_400)
            // A change of the clocks on the way is gone through minute by minute.
            time += offset(time + step) == ahead ? step : 60
        }
        return nil
    }

    /// What runs in every hour goes by the time that passes.
    private var isEveryHour: Bool { hours.count == 24 }

    private func matchesTime(_ minute: LocalMinute) -> Bool {
        minutes.contains(minute.minute) && hours.contains(minute.hour)
    }

    private func matchesDay(_ minute: LocalMinute) -> Bool {
        guard months.contains(minute.month) else { return false }
        return switch (days, weekdays) {
        case (nil, nil): true
        case (let days?, nil): days.contains(minute.day)
        case (nil, let weekdays?): weekdays.contains(minute.weekday)
        case (let days?, let weekdays?): days.contains(minute.day) || weekdays.contains(minute.weekday)
        }
    }

    /// Whether a minute is due that no clock showed.
    private func skipped(from first: Int, to end: Int) -> Bool {
        stride(from: first, to: end, by: 60).contains { local in
            let minute = LocalMinute(local: local)
            return matchesDay(minute) && matchesTime(minute)
        }
    }

    /// Whether the clocks showed this minute before they were set back.
    private func isRepeat(_ local: Int, at time: Int, _ ahead: Int, _ offset: (Int) -> Int) -> Bool {
        let before = offset(time - Self.longestRepeat)
        guard before > ahead else { return false }
        let first = local - before
        return first < time && offset(first) == before
    }
}

extension Int {
    /// Never negative.
    fileprivate func remainder(_ divisor: Int) -> Int { ((self % divisor) + divisor) % divisor }
}
