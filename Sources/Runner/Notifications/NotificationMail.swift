internal import Events
internal import Network
internal import Projections

/// What a message tells its reader: of each notification what he may see of it.
struct Told {
    /// What of a notification.
    struct Item {
        let view: View
        let telling: Telling

        /// A text of it; nothing where it is not there.
        func word(_ name: String) -> String { view.string(name) ?? "" }
    }

    /// What matters most first, at most `maximumItems`.
    let items: [Item]
    /// How many more there are.
    let more: Int

    /// A summary tells of no more than these.
    static let maximumItems = 10

    /// `over` are those that are resolved, of which the state has no texts any more. Each is
    /// shown as the first of the viewers sees it who sees it at all.
    init(_ message: Message, _ platform: Platform, _ over: [NotificationID: Notification], for viewers: [Viewer]) {
        let all = message.items.compactMap { item -> Item? in
            guard let record = over[item.notification] ?? platform.notifications[item.notification] else { return nil }
            let shown = viewers.lazy.compactMap { view(of: [record], for: $0).rows.first }.first
            return shown.map { Item(view: $0, telling: item.telling) }
        }
        items = Array(all.prefix(Self.maximumItems))
        more = all.count - items.count
    }

    /// The body of a webhook (Standard Webhooks: `type`, `timestamp`, `data`).
    var json: [UInt8] {
        let rows = items.map { #"{"telling":"\#($0.telling.rawValue)","notification":\#($0.view.text)}"# }
        let time = items.first?.view.string("lastAt") ?? ""
        return Array(
            #"{"type":"notification","timestamp":"\#(time)","more":\#(more),"data":[\#(rows.joined(separator: ","))]}"#
                .utf8)
    }
}

/// A mail of it, for a person.
struct NotificationMail {
    let subject: String
    let text: String
    let html: HTML

    /// The most characters of a subject.
    static let maximumSubject = 120

    init(_ told: Told) {
        let headlines = told.items.map(Self.headline)
        let count = told.items.count + told.more
        subject = Self.line(count == 1 ? headlines[0] : "\(count) notifications: \(headlines[0])")
        let rest = told.more > 0 ? ["and \(told.more) more: interlock notification list"] : []
        text =
            (zip(told.items, headlines).map { item, headline in
                [headline, item.view.string("body"), Self.foot(item)].compactMap { $0 }.joined(separator: "\n\n")
            } + rest).joined(separator: "\n\n\n") + "\n"
        html = HTML(
            zip(told.items, headlines).map { item, headline -> HTML in
                let body = item.view.string("body").map { text -> HTML in "<p>\(HTML(lines: text))</p>" } ?? ""
                return "<h3>\(headline)</h3>\(body)<p><small>\(Self.foot(item))</small></p>\n"
            } + rest.map { line -> HTML in "<p>\(line)</p>" })
    }

    private static func headline(_ item: Told.Item) -> String {
        "[\(item.telling.rawValue)] \(item.word("title"))"
    }

    private static func foot(_ item: Told.Item) -> String {
        let count = item.view.integer("count") ?? 1
        let often = count == 1 ? "at" : "\(count) times, the last at"
        return
            "\(item.word("notification")): \(item.word("kind")) of \(item.word("subject")), \(often) \(item.word("lastAt"))"
    }

    /// One line of a header: nothing in it that ends it, or turns its direction.
    private static func line(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: line += "\u{FFFD}"
            default: line.unicodeScalars.append(scalar)
            }
        }
        return String(line.prefix(maximumSubject))
    }
}
