import Events
import Projections

/// An inbox: what matters most first. Below each title which notification it is, how often and when it was raised, and what there
/// is to say besides.
struct NotificationListText: ViewText {
    /// Without it, of the past, times stand as they are.
    var now: Timestamp?
    /// True where there are more than are shown.
    var hasMore = false

    /// Lines of a body that are shown on a terminal.
    private static let maximumBodyLines = 8
    /// As wide as the longest severity, and a gap.
    private static let indent = 10

    func text(of view: View, on page: Page) -> String {
        guard !view.rows.isEmpty else { return "nothing is to be known\n" }
        let more = hasMore ? ["\(grouped(view.rows.count)) are shown, more with --limit\n"] : []
        return (view.rows.map { entry($0, page) } + more).joined(separator: "\n")
    }

    private func entry(_ row: View, _ page: Page) -> String {
        let isOver = row.string("state") == "resolved"
        let word = isOver ? "over" : row.words("severity")
        let gap = String(repeating: " ", count: max(1, Self.indent - word.count))
        let margin = String(repeating: " ", count: Self.indent)
        let width = page.width.map { $0 - Self.indent }
        let title = wrapped(row.words("title"), width).map(page.style.emphasised)
        let rest = wrapped(foot(row, isOver), width).map(page.style.faint) + body(row, width)
        let head = (row.string("severity") == "critical" && !isOver ? page.style.bad(word) : word) + gap
        return head + (title + rest).joined(separator: "\n" + margin) + "\n"
    }

    /// `n12, disk-space of /var, 3 times, the last 2 min ago, acknowledged by olga`.
    private func foot(_ row: View, _ isOver: Bool) -> String {
        var parts = [row.words("notification"), "\(row.words("kind")) of \(row.words("subject"))"]
        let (count, last) = (row.integer("count") ?? 1, time(row, "lastAt"))
        parts += count > 1 ? ["\(grouped(count)) times", "the last \(last)"] : [last]
        if isOver {
            parts.append("\(row.words("severity")) until \(time(row, "resolvedAt"))")
            if let by = row.string("resolvedBy") { parts.append("resolved by \(by)") }
        } else if row.string("state") == "acknowledged" {
            parts.append("acknowledged" + (row.string("acknowledgedBy").map { " by \($0)" } ?? ""))
        }
        return parts.joined(separator: ", ")
    }

    private func time(_ row: View, _ name: String) -> String {
        guard let now, let time = row.time(name) else { return row.words(name) }
        return moment(time, before: now)
    }

    private func body(_ row: View, _ width: Int?) -> [String] {
        guard let body = row.string("body") else { return [] }
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false).flatMap { wrapped(String($0), width) }
        guard width != nil, lines.count > Self.maximumBodyLines else { return lines }
        let shown = Self.maximumBodyLines - 1
        return lines.prefix(shown) + ["… and \(counted(lines.count - shown, "line")) more: --json"]
    }
}

/// Somebody's text made harmless, in lines of at most `width` that end between words where they can.
private func wrapped(_ text: String, _ width: Int?) -> [String] {
    let text = oneLine(text)
    // A terminal as narrow as that is none that anything fits.
    guard let width = width.map({ max($0, Table.minimumCutWidth) }), text.count > width else { return [text] }
    var (lines, line) = ([String](), "")
    for word in text.split(separator: " ") {
        if !line.isEmpty, line.count + 1 + word.count > width {
            lines.append(line)
            line = ""
        }
        line += (line.isEmpty ? "" : " ") + word
        while line.count > width {
            lines.append(String(line.prefix(width)))
            line = String(line.dropFirst(width))
        }
    }
    return lines + [line]
}

/// A row a recipient and channel.
struct DeliveryListText: ViewText {
    func text(of view: View, on page: Page) -> String {
        guard !view.rows.isEmpty else { return "nobody was told, or is to be, outside the inbox\n" }
        var table = Table([
            .init("NOTIFICATION"), .init("RECIPIENT"), .init("CHANNEL"), .init("TELLING"), .init("STATE"),
            .init("ATTEMPTS", .right), .init("AT"), .init("PROBLEM"),
        ])
        for row in view.rows {
            table.add(
                ["notification", "recipient", "channel", "telling", "state", "attempts", "at", "problem"].map(row.words)
            )
        }
        return page.text(of: table)
    }
}

/// Which notification it is; for scripts, which need no more.
struct NotificationReceiptText: ViewText {
    func text(of view: View, on page: Page) -> String {
        view.string("notification").map { $0 + "\n" } ?? "nothing of that is open\n"
    }
}
