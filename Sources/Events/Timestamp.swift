/// A moment of the database's clock: microseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// UTC, without leap seconds; negative before 1970.
    public var microseconds: Int

    /// Any number is a moment; outside of `earliest` to `latest` it cannot be written as itself.
    public init(microseconds: Int) {
        self.microseconds = microseconds
    }

    /// The earlier one first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    /// Microseconds from `earlier` to here; negative when this is the earlier one.
    public func microseconds(since earlier: Timestamp) -> Int {
        microseconds - earlier.microseconds
    }

    /// The first moment that RFC 3339 can write: the beginning of the year 0.
    public static let earliest = Timestamp(microseconds: -62_167_219_200_000_000)
    /// The last one: the end of the year 9999.
    public static let latest = Timestamp(microseconds: 253_402_300_799_999_999)

    /// The nearest moment that can be written: what is drafted must be what is read again.
    public var writable: Timestamp { min(max(self, .earliest), .latest) }

    /// RFC 3339 in UTC with microseconds: `2026-11-24T02:08:13.123456Z`, the one form in which times are exported. What
    /// lies before the year 0 or behind 9999 is written as the nearest moment that can be.
    public var description: String {
        let microseconds = writable.microseconds
        let day = floorDivide(microseconds, 86_400_000_000)
        let within = microseconds - day * 86_400_000_000
        let date = civil(day)
        let seconds = within / 1_000_000
        var text: [UInt8] = []
        text.reserveCapacity(27)
        append(date.year, 4, to: &text, behind: "-")
        append(date.month, 2, to: &text, behind: "-")
        append(date.day, 2, to: &text, behind: "T")
        append(seconds / 3600, 2, to: &text, behind: ":")
        append(seconds / 60 % 60, 2, to: &text, behind: ":")
        append(seconds % 60, 2, to: &text, behind: ".")
        append(within % 1_000_000, 6, to: &text, behind: "Z")
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads RFC 3339 in UTC (`Z`), with up to six digits of fraction; nil for anything else.
    public init?(_ text: String) {
        self.init(Array(text.utf8)[...])
    }

    /// The same from the text's bytes: a replay of an export reads one an event.
    public init?(_ text: ArraySlice<UInt8>) {
        guard text.count >= 20, text.count <= 27 else { return nil }
        let bytes = InlineArray<27, UInt8> { $0 < text.count ? text[text.startIndex + $0] : 0 }
        guard bytes[text.count - 1] == UInt8(ascii: "Z"), bytes[10] == UInt8(ascii: "T") else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            var number = 0
            for index in range {
                guard bytes[index] >= 0x30, bytes[index] <= 0x39 else { return nil }
                number = number * 10 + Int(bytes[index] - 0x30)
            }
            return number
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":"), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second < 60, civil(days(year, month, day)) == (year, month, day)
        else { return nil }
        var fraction = 0
        if text.count > 20 {
            let digits = 20..<text.count - 1
            guard bytes[19] == UInt8(ascii: "."), (1...6).contains(digits.count), let value = number(digits) else {
                return nil
            }
            fraction = (digits.count..<6).reduce(value) { scaled, _ in scaled * 10 }
        }
        let seconds = days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second
        microseconds = seconds * 1_000_000 + fraction
    }
}

private func append(_ number: Int, _ width: Int, to text: inout [UInt8], behind separator: Unicode.Scalar) {
    var divisor = (1..<width).reduce(1) { product, _ in product * 10 }
    while divisor > 0 {
        text.append(UInt8(0x30 + number / divisor % 10))
        divisor /= 10
    }
    text.append(UInt8(ascii: separator))
}

private func floorDivide(_ number: Int, _ divisor: Int) -> Int {
    number >= 0 ? number / divisor : -((-number + divisor - 1) / divisor)
}

/// The proleptic Gregorian date of a day number (0 = 1970-01-01); eras of 400 years = 146,097 days, years from March.
private func civil(_ dayNumber: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = dayNumber + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * dayOfYear + 2) / 153
    let month = march < 10 ? march + 3 : march - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * march + 2) / 5 + 1)
}

private func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = floorDivide(shifted, 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}
