import Events
import Projections
import Testing

@testable import interlock

@Suite("An inbox")
struct NotificationTextTests {
    private static func fact(_ event: Event, _ position: Position, minute: Int) -> Fact {
        Fact(position: position, at: Timestamp(microseconds: minute * 60_000_000), event: event)
    }

    private static func notification(
        _ subject: String, _ severity: Severity, body: String? = nil, _ more: [Event] = []
    ) -> Projections.Notification? {
        let raised = NotificationRaised(
            notification: NotificationID("n7"), kind: "disk-space", subject: subject,
            audience: .staff(StaffAudience(.administrators)), severity: severity, title: "\(subject) is nearly full",
            body: body)
        let events = [.notificationRaised(raised)] + more
        return Notification(folding: events.enumerated().map { fact($1, 7 + $0, minute: $0) })
    }

    private static func text(
        _ records: [Projections.Notification?], width: Int? = nil, style: Style = .plain, hasMore: Bool = false,
        hour: Int = 3
    ) -> String {
        let now = Timestamp(microseconds: hour * 3_600_000_000)
        return NotificationListText(now: now, hasMore: hasMore).text(
            of: view(of: records.compactMap { $0 }, for: .administrator), on: Page(width: width, style: style))
    }

    @Test("reads as a person reads: what it is, which one, how often and when, and what there is to say besides")
    func entries() {
        let id = NotificationID("n7")
        let often = Self.notification(
            "/var", .critical, body: "3 GB left\nof 200",
            [
                .notificationRepeated(NotificationRepeated(notification: id, count: 1200)),
                .notificationAcknowledged(NotificationAcknowledged(notification: id, by: "olga")),
            ])
        let over = Self.notification(
            "/srv", .warning,
            [.notificationResolved(NotificationResolved(notification: id, cause: .requested, by: "adam"))])
        #expect(
            Self.text([often, over], hasMore: true) == """
                critical  /var is nearly full
                          n7, disk-space of /var, 1,200 times, the last 2 h ago, acknowledged by olga
                          3 GB left
                          of 200

                over      /srv is nearly full
                          n7, disk-space of /srv, 3 h ago, warning until 2 h ago, resolved by adam

                2 are shown, more with --limit

                """)
        #expect(Self.text([over], hour: 48).contains("/srv, 1970-01-01 00:00 UTC, warning until 1970-01-01 00:01 UTC,"))
        #expect(Self.text([]) == "nothing is to be known\n")
    }

    @Test("keeps within the terminal, and a long body within some lines of it")
    func terminal() {
        let body = String(repeating: "word ", count: 100) + String(repeating: "x", count: 60)
        let text = Self.text([Self.notification("/var", .info, body: body)], width: 42)
        let lines = text.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 42 }, "\(text)")
        #expect(lines[0] == "info      /var is nearly full" && lines[1] == "          n7, disk-space of /var, 3 h ago")
        #expect(lines.count == 2 + 8 && lines.last == "          … and 12 lines more: --json", "\(text)")
        #expect(lines[2] == "          word word word word word word")
        #expect(Self.text([Self.notification("/var", .info, body: body)]).contains(body))
        #expect(Self.text([Self.notification("/var", .info)], width: 3).split(separator: "\n").count > 2)
    }

    @Test("lets no text colour the terminal or turn into another entry; what is critical is coloured there")
    func hostile() {
        let text = Self.text([Self.notification("/var\u{1B}[31m", .info, body: "a\rcritical  b\u{1B}[0m")])
        #expect(!text.contains("\u{1B}") && !text.contains("\r") && text.split(separator: "\n").count == 3)
        let coloured = Self.text([Self.notification("/var", .critical)], style: .terminal)
        #expect(coloured.hasPrefix("\u{1B}[31mcritical\u{1B}[0m  \u{1B}[1m/var is nearly full\u{1B}[0m\n"))
    }
}
