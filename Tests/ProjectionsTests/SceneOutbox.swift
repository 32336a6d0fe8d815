import Events
import Testing

@testable import Projections

/// An outbox, and what becomes of it.
extension Scene {
    static let limit = DeliveryLimit(messages: 3, window: 60_000_000)
    static let hook = Channels.Webhook(name: "hook", staff: [.administrators])
    static let deliverer = RunnerID("r")

    /// An owner, an admin and a user, with a runner that holds the outbox.
    static func withOutbox() throws -> Scene {
        var scene = Scene()
        for (name, role) in [("olga", Role.owner), ("adam", .admin), ("ute", .user)] {
            try scene.give(.addUser(UserAdded(user: name, role: role, email: "\(name)@x.y")))
        }
        try scene.register("r")
        try scene.acquire("s-r", "x:/notifications/outbox")
        return scene
    }

    mutating func raise(_ subject: String, _ severity: Severity = .warning) throws {
        try give(
            .notify(
                StaffNotice(kind: "k", subject: subject, severity: severity, title: "t"), NotificationTests.admins))
    }

    func outbox(mail: Bool = true, hooks: [Channels.Webhook] = []) -> Outbox {
        Outbox(
            platform, by: Channels(mail: mail, webhooks: hooks), limit: Self.limit, at: Timestamp(microseconds: now))
    }

    mutating func send(to recipient: String? = nil) throws {
        for message in outbox().messages where recipient.map({ $0 == message.line.recipient }) ?? true {
            try give(.delivered(message, by: Self.deliverer))
        }
    }

    var tellings: [String] {
        outbox().messages.map { message in
            "\(message.line.recipient): " + message.items.map(\.telling.rawValue).joined(separator: " ")
        }
    }
}
