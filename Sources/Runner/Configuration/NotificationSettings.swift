public import Events
public import Projections
public import System

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

extension NotificationSettings {
    /// The most bytes of a file with a secret.
    private static let maximumSecretBytes = 1024

    /// What a file holds that only its owner may read: the password, or the secret of a webhook; `what` it is, for a person. Throws
    /// `.notFound` where it is not there, and `.permission` where others may read it, or this user may not.
    public static func secret(in file: String, _ what: String? = nil) throws(SystemError) -> String {
        guard let bytes = try PrivateFile.read(file, limit: maximumSecretBytes) else {
            throw SystemError(.notFound, "\(file)\(what.map { ", \($0)," } ?? "") is not there")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
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
