import Events

// What happened to notifications, in a few words.

extension NotificationRaised {
    var words: String {
        "\(notification) \(severity.rawValue) \(kind) of \(subject) for \(audience.texts.joined(separator: ", ")): \(title)"
    }
}

extension NotificationRepeated {
    var words: String {
        "\(notification) for the \(count). time" + (severity.map { ", \($0.rawValue) by now" } ?? "")
            + (title.map { ": \($0)" } ?? "")
    }
}

extension NotificationAcknowledged {
    var words: String { "\(notification) by \(by)" }
}

extension NotificationResolved {
    var words: String { "\(notification) is over, \(cause.rawValue)" + (by.map { " by \($0)" } ?? "") }
}

extension NotificationDelivered {
    var words: String {
        "\(notification), \(telling.rawValue), by \(channel.rawValue) to \(recipient)"
            + (within.map { " in the summary of \($0)" } ?? "")
    }
}

extension NotificationDeliveryFailed {
    var words: String {
        "\(notification), \(telling.rawValue), by \(channel.rawValue) to \(recipient)"
            + (notBefore.map { ", not before \($0) again" } ?? ", for good") + ": \(problem)"
    }
}
