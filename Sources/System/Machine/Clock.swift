internal import CSystem
internal import Glibc

/// A moment of this boot's monotonic clock: it never goes back and counts no suspended time (CLOCK_MONOTONIC).
public struct MonotonicTime: Sendable, Comparable, Hashable {
    /// Nanoseconds since an unspecified start.
    public let nanoseconds: UInt64

    /// A moment so many nanoseconds after the clock's start.
    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// The present moment.
    public static var now: MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    /// Whether one moment is before another of the same boot.
    public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The moment so many milliseconds later.
    public func advanced(milliseconds: UInt64) -> MonotonicTime {
        let (product, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, beyond) = nanoseconds.addingReportingOverflow(product)
        return MonotonicTime(nanoseconds: overflow || beyond ? .max : sum)
    }

    /// The moment a duration later; a negative one counts as none.
    public func advanced(by duration: Duration) -> MonotonicTime {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return self }
        let later = advanced(milliseconds: UInt64(seconds).multipliedReportingOverflow(by: 1000).partialValue)
        guard seconds < Int64.max / 1000 else { return MonotonicTime(nanoseconds: .max) }
        let (sum, beyond) = later.nanoseconds.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000))
        return MonotonicTime(nanoseconds: beyond ? .max : sum)
    }

    /// Whole milliseconds from now until then, rounded up; 0 when it has passed.
    public var millisecondsFromNow: Int {
        let now = MonotonicTime.now
        guard self > now else { return 0 }
        return Int(clamping: (nanoseconds - now.nanoseconds) / 1_000_000 + 1)
    }
}

extension Duration {
    /// From an earlier moment until now; zero for one that is to come.
    public static func since(_ moment: MonotonicTime) -> Duration {
        let now = MonotonicTime.now
        return now > moment ? .nanoseconds(Int64(clamping: now.nanoseconds - moment.nanoseconds)) : .zero
    }
}

/// A moment of the host's wall clock, UTC. For log lines and records; never for deciding an order.
public struct WallTime: Sendable, Hashable {
    /// Microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    public let microseconds: Int64

    /// A moment so many microseconds after the epoch.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// The present moment as the host's clock has it.
    public static var now: WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    /// Whether the kernel says that somebody keeps this clock right (adjtimex(2)); `nil` where it does not say.
    public static var isSynchronised: Bool? {
        let answer = cs_clock_is_synchronised()
        return answer < 0 ? nil : answer == 1
    }

    /// RFC 3339 in UTC with microseconds: `2026-11-24T02:08:13.123456Z`.
    public var rfc3339: String {
        let seconds = microseconds.flooredDivision(by: 1_000_000)
        let day = seconds.flooredDivision(by: 86_400)
        let (year, month, dayOfMonth) = Self.civilDate(daysSinceEpoch: day)
        let second = seconds - day * 86_400
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))"
        let time = "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
        return "\(date)T\(time).\(padded(microseconds - seconds * 1_000_000, 6))Z"
    }

    /// The Gregorian date of a day, after Howard Hinnant's "chrono-compatible low-level date algorithms".
    private static func civilDate(daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = daysSinceEpoch + 719_468
        let era = shifted.flooredDivision(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

private func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}

extension Duration {
    /// In seconds.
    public var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
