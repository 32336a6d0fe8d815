internal import CSystem
internal import Glibc

/// A minute as a clock on the wall shows it: what a schedule is held against.
public struct LocalMinute: Sendable, Equatable {
    /// 0 to 59.
    public let minute: Int
    /// 0 to 23.
    public let hour: Int
    /// Of the month, 1 to 31.
    public let day: Int
    /// 1 to 12.
    public let month: Int
    /// 0 is Sunday.
    public let weekday: Int

    /// `local` is seconds since 1970 as that clock counts them: the time in UTC, with the offset of the zone added.
    public init(local: Int) {
        var (seconds, fields) = (time_t(local), tm())
        gmtime_r(&seconds, &fields)
        (minute, hour, day, month, weekday) = (
            Int(fields.tm_min), Int(fields.tm_hour), Int(fields.tm_mday), Int(fields.tm_mon) + 1, Int(fields.tm_wday)
        )
    }
}

/// The host's time zone.
public enum HostZone {
    /// Seconds that its clocks were or will be ahead of UTC at a moment, in seconds since 1970 (localtime_r(3)).
    public static func offset(at seconds: Int) -> Int {
        var (time, fields) = (time_t(seconds), tm())
        localtime_r(&time, &fields)
        return fields.tm_gmtoff
    }

    /// Reads the zone anew: somebody may have changed it (tzset(3)).
    public static func refresh() { tzset() }
}
