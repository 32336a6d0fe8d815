extension Duration {
    /// The longest duration that can be written: a hundred years, in milliseconds.
    public static let maximumWrittenMilliseconds = 100 * 365 * 86_400_000

    /// Reads a duration as people write it: `250ms`, `30s`, `5m`, `2h`, `30d`; nil for anything else.
    public init?(written text: String) {
        let digits = text.utf8.prefix { $0 >= 0x30 && $0 <= 0x39 }
        guard !digits.isEmpty, digits.count <= 15, let number = Int(String(digits) ?? "") else { return nil }
        let factor: Int
        switch String(text.utf8.dropFirst(digits.count)) ?? "" {
        case "ms": factor = 1
        case "s": factor = 1000
        case "m": factor = 60_000
        case "h": factor = 3_600_000
        case "d": factor = 86_400_000
        default: return nil
        }
        let (milliseconds, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow, milliseconds <= Self.maximumWrittenMilliseconds else { return nil }
        self = .milliseconds(milliseconds)
    }

    /// Whole milliseconds, as durations are kept in events.
    public var wholeMilliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
