/// When a task type starts by itself.
public struct Schedule: Sendable, Equatable {
    /// What the text means.
    public enum Kind: Sendable, Equatable {
        /// When the service starts: `@start`.
        case start
        /// At the minutes that match, by the host's time zone.
        case cron(CronFields)
    }

    /// As the configuration has it.
    public let text: String
    /// What it means.
    public let kind: Kind

    /// Reads `@start` or five cron fields; nil for anything else.
    public init?(_ text: String) {
        self.text = text
        if text == "@start" {
            kind = .start
        } else if let fields = CronFields(text) {
            kind = .cron(fields)
        } else {
            return nil
        }
    }
}

/// The five fields of a crontab line as sets of numbers: minute, hour, day of the month, month, day of the week.
public struct CronFields: Sendable, Equatable {
    /// 0 to 59.
    public let minutes: Set<Int>
    /// 0 to 23.
    public let hours: Set<Int>
    /// 1 to 31; nil for `*`.
    public let days: Set<Int>?
    /// 1 to 12.
    public let months: Set<Int>
    /// 0 (Sunday) to 6; nil for `*`. With `days` also given, one of the two is enough, as in crontab(5).
    public let weekdays: Set<Int>?

    /// Reads numbers, `*`, ranges `a-b`, steps `/n` and lists of these; nil for anything else.
    public init?(_ text: String) {
        let fields = text.split(separator: " ")
        guard fields.count == 5, let minutes = Self.numbers(fields[0], 0...59),
            let hours = Self.numbers(fields[1], 0...23), let days = Self.numbers(fields[2], 1...31),
            let months = Self.numbers(fields[3], 1...12), let weekdays = Self.numbers(fields[4], 0...7)
        else { return nil }
        self.minutes = minutes
        self.hours = hours
        self.days = fields[2] == "*" ? nil : days
        self.months = months
        self.weekdays = fields[4] == "*" ? nil : Set(weekdays.map { $0 % 7 })
    }

    private static func numbers(_ field: Substring, _ range: ClosedRange<Int>) -> Set<Int>? {
        var numbers: Set<Int> = []
        for item in field.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = item.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, let span = span(parts[0], range) else { return nil }
            let step = parts.count == 2 ? Int(parts[1]) ?? 0 : 1
            guard step >= 1 else { return nil }
            // `5/10` means 5-59/10.
            let end = parts.count == 2 && span.count == 1 ? range.upperBound : span.upperBound
            numbers.formUnion(stride(from: span.lowerBound, through: end, by: step))
        }
        return numbers
    }

    private static func span(_ text: Substring, _ range: ClosedRange<Int>) -> ClosedRange<Int>? {
        if text == "*" { return range }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
        guard ends.count <= 2, let first = ends.first, let last = ends.last, range.contains(first),
            range.contains(last), first <= last
        else { return nil }
        return first...last
    }
}
