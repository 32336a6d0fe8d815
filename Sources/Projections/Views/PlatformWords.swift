import Events

// What happened to users, apps and the mail server's name, in a few words.

extension UserAdded {
    var words: String { "\(user) is \(role.rawValue)" + (email.map { ", \($0)" } ?? "") }
}

extension UserRoleChanged {
    var words: String { "\(user) is \(to.rawValue), before \(from.rawValue)" }
}

extension UserEmailChanged {
    var words: String { email.map { "\(user) is written to at \($0)" } ?? "\(user) is not written to any more" }
}

extension UserRemoved {
    var words: String { "\(user) is removed" }
}

extension AppRegistered {
    var words: String { "\(app): \(AppChanges(from: AppSettings(domain: ""), to: settings).words)" }
}

extension AppChanged {
    var words: String { "\(app): \(changes.words)" }
}

extension AppRemoved {
    var words: String { "\(app) is removed" }
}

extension AppReconfiguration {
    var words: String { "\(app) is told \(mailServer ?? "that it has no mail") by task \(task)" }
}

extension AppReconfigureFailed {
    var words: String { "\(app) by task \(task): \(problem)" }
}

extension AppChanges {
    /// The notes are not repeated.
    fileprivate var words: String {
        func text(_ name: String, _ value: String?) -> String? {
            value.map { $0.isEmpty ? "no \(name)" : "\(name) \($0)" }
        }
        let parts: [String?] = [
            text("domain", domain), isStopped.map { $0 ? Self.stopped : Self.running },
            requiresValidCertificate.map { $0 ? "requires a valid certificate" : "is content with any certificate" },
            hasMail.map { $0 ? "sends mail" : "sends no mail" }, text("address", mailFrom),
            operators.map { $0.isEmpty ? "no operators" : "operators \($0.joined(separator: " "))" },
            notes.map { $0.isEmpty ? "no notes" : "other notes" }, text("file", envFile), text("owner", envOwner),
        ]
        return parts.compactMap { $0 }.joined(separator: ", ")
    }
}

extension MailRenameRequested {
    var words: String { "to \(to)" + (from.map { " from \($0)" } ?? "") + ", asked for by \(by)" }
}

extension MailRenamed {
    var words: String { "to \(to)" + (from.map { " from \($0)" } ?? "") + ", generation \(generation)" }
}

extension MailRenameRefused {
    var words: String { "to \(to): \(problem)" }
}

extension MailNameRetired {
    var words: String { "\(name) of generation \(generation)" }
}

extension MailServed {
    var words: String { names.joined(separator: " ") + " with certificate \(certificate.prefix(16))…" }
}

extension MailDelayed {
    var words: String { "\(step.rawValue): \(problem ?? "done")" }
}
