internal import Events
internal import Projections

/// What an app is told of the mail server, as variables (contract, "Mail variables an app gets").
struct MailVariables: Equatable {
    /// The names without their prefix, in the order in which they are written.
    private static let suffixes = [
        "SMTP_SERVER", "SMTP_PORT", "SMTPS_PORT", "SMTP_USERNAME", "SMTP_PASSWORD", "FROM", "DOMAIN",
    ]
    /// Before each name.
    let prefix: String
    /// By name, with the prefix; empty for an app without mail.
    let values: [String: String]

    init(of app: AppRecord, _ mail: AppMail?, _ settings: MailSettings, password: String) {
        prefix = settings.variablePrefix
        guard let mail else {
            values = [:]
            return
        }
        let texts = [
            mail.server, String(settings.smtpPort), String(settings.smtpsPort), app.id, password, mail.from,
            MailAddress.domain(of: mail.from),
        ]
        values = Dictionary(zip(Self.names(settings.variablePrefix), texts)) { first, _ in first }
    }

    /// The names of all, in their order.
    static func names(_ prefix: String) -> [String] { suffixes.map { prefix + $0 } }

    /// The prefix under which a file has all of an app's variables, by its password, where it has none under `prefix`: it was
    /// another one once.
    static func formerPrefix(in text: EnvText, password: String, besides prefix: String) -> String? {
        guard !password.isEmpty, names(prefix).allSatisfy({ text[$0] == nil }) else { return nil }
        let end = passwordName("")
        let prefixes = text.names(of: password).filter { $0.hasSuffix("_\(end)") }.map {
            String($0.dropLast(end.count))
        }
        return prefixes.first { names($0).allSatisfy { text[$0] != nil } }
    }

    /// The name of the password's.
    static func passwordName(_ prefix: String) -> String { prefix + "SMTP_PASSWORD" }
}
