/// A date and time of day as MySQL's DATETIME(6) has it, in UTC, and its way to and from microseconds since 1970.
///
/// The calendar arithmetic is Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms" (days_from_civil and
/// civil_from_days), exact for the whole range of DATETIME.
struct CivilTime: Equatable {
    static let microsecondsPerSecond: Int64 = 1_000_000
    static let secondsPerDay: Int64 = 86_400
    /// DATETIME ends with the year 9999; the year 0 is what MySQL calls a zero date.
    static let years: ClosedRange<Int64> = 1...9999

    var year: UInt32
    var month: UInt32
    var day: UInt32
    var hour: UInt32
    var minute: UInt32
    var second: UInt32
    var microsecond: UInt32

    /// Microseconds since 1970-01-01T00:00:00Z.
    var microseconds: Int64 {
        let y = Int64(year) - (month <= 2 ? 1 : 0)
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let monthFromMarch = (Int64(month) + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        let seconds = days * Self.secondsPerDay + Int64(hour) * 3600 + Int64(minute) * 60 + Int64(second)
        return seconds * Self.microsecondsPerSecond + Int64(microsecond)
    }
}

extension CivilTime {
    /// The date and time of `microseconds` since 1970-01-01T00:00:00Z; nil outside the years 1 to 9999.
    init?(microseconds: Int64) {
        let (seconds, fraction) = Self.floorDivide(microseconds, by: Self.microsecondsPerSecond)
        let (days, secondOfDay) = Self.floorDivide(seconds, by: Self.secondsPerDay)
        let shifted = days + 719_468
        let (era, dayOfEra) = Self.floorDivide(shifted, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        guard Self.years.contains(year) else { return nil }
        self.init(
            year: UInt32(year), month: UInt32(month), day: UInt32(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1),
            hour: UInt32(secondOfDay / 3600), minute: UInt32(secondOfDay / 60 % 60), second: UInt32(secondOfDay % 60),
            microsecond: UInt32(fraction))
    }

    private static func floorDivide(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
