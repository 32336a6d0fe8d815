internal import Events

/// The moment as a header has it: `Fri, 27 Nov 2026 22:19:44 +0000` (RFC 5322 §3.3).
enum MailDate {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// RFC 5322 knows no year before 1900; what is earlier, or behind 9999, is written as the nearest moment.
    static func text(of moment: Timestamp) -> String {
        let first = -2_208_988_800_000_000
        let moment = max(moment.writable, Timestamp(microseconds: first))
        // 2026-11-24T02:08:13.123456Z
        let text = Array(moment.description)
        let day = (moment.microseconds - first) / 86_400_000_000
        // 1900 began on a Monday.
        let weekday = weekdays[(day + 4) % 7]
        let month = Int(String(text[5...6])).map { months[$0 - 1] } ?? ""
        return "\(weekday), \(String(text[8...9])) \(month) \(String(text[0...3])) \(String(text[11...18])) +0000"
    }
}
