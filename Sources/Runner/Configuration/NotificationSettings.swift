public import Events
public import Projections

/// By what people are told of notifications beside the inbox, and of what, as the configuration has it.
public struct NotificationSettings: Sendable, Equatable {
    /// The mail server that takes mail to people.
    public struct Mail: Sendable, Equatable {
        /// `smtp://…`, with STARTTLS, or `smtps://…`.
        public var server: String
        /// False where it is talked to in the clear.
        public var isEncrypted = true
        /// The address that mail is from.
        public var from: String
        /// By whom it is sent; nil for nobody.
        public var user: String?
        /// The file with his password, which only its owner may read.
        public var passwordFile: String?
        /// The file with the authorities that are trusted, PEM; nil for the system's.
        public var authorities: String?

        /// A server with TLS and without a login.
        public init(server: String, from: String) {
            (self.server, self.from) = (server, from)
        }
    }

    /// An address that notifications are posted to.
    public struct Webhook: Sendable, Equatable {
        /// Its host: by that it is known in the log.
        public var name: String
        /// `https://…`; it may be a secret.
        public var url: String
        /// The file with the secret that messages are signed with, which only its owner may read.
        public var secretFile: String
        /// For whom it stands.
        public var staff: Set<Staff>
        /// The file with the authorities that are trusted, PEM; nil for the system's.
        public var authorities: String?
    }

    /// Nil for no mail.
    public var mail: Mail?
    /// In the order of the file.
    public var webhooks: [Webhook] = []
    /// How many messages each of them, and of the people, gets at the most.
    public var limit = DeliveryLimit.usual
    /// What is said of the kinds that the platform tells by itself.
    public var rules = NoticeRules()

    /// The inbox alone, of all kinds.
    public init() {}
}

extension Configuration {
    /// What is said of the kinds that the platform tells by itself.
    public var noticeRules: NoticeRules { notifications?.rules ?? NoticeRules() }

    /// By what notifications are brought to people, beside the inbox.
    public var channels: Channels {
        Channels(
            mail: notifications?.mail != nil,
            webhooks: notifications?.webhooks.map { Channels.Webhook(name: $0.name, staff: $0.staff) } ?? [])
    }
}
