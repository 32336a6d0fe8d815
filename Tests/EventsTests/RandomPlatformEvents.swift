import Events
import Seeds

extension Event {
    /// Of users, apps and the mail server.
    static func randomOfPlatform(_ kind: Kind, _ r: inout Random) -> Event {
        switch kind {
        case .userAdded:
            .userAdded(UserAdded(user: r.text(), role: r.pick(Role.allCases), email: r.maybe { $0.text() }))
        case .userRoleChanged:
            .userRoleChanged(
                UserRoleChanged(user: r.text(), from: r.pick(Role.allCases), to: r.pick(Role.allCases)))
        case .userEmailChanged: .userEmailChanged(UserEmailChanged(user: r.text(), email: r.maybe { $0.text() }))
        case .userRemoved: .userRemoved(UserRemoved(user: r.text()))
        case .appRegistered: .appRegistered(AppRegistered(app: r.text(), settings: r.settings()))
        case .appChanged: .appChanged(AppChanged(app: r.text(), changes: r.changes()))
        case .appRemoved: .appRemoved(AppRemoved(app: r.text()))
        case .appReconfiguring: .appReconfiguring(r.reconfiguration())
        case .appReconfigured: .appReconfigured(r.reconfiguration())
        case .appReconfigureFailed:
            .appReconfigureFailed(AppReconfigureFailed(app: r.text(), task: TaskID(r.text()), problem: r.text()))
        case .mailRenameRequested:
            .mailRenameRequested(MailRenameRequested(from: r.maybe { $0.text() }, to: r.text(), by: r.text()))
        case .mailRenamed: .mailRenamed(MailRenamed(from: r.maybe { $0.text() }, to: r.text(), generation: r.int()))
        case .mailRenameRefused: .mailRenameRefused(MailRenameRefused(to: r.text(), problem: r.text()))
        case .mailNameRetired: .mailNameRetired(MailNameRetired(name: r.text(), generation: r.int()))
        case .mailServed: .mailServed(MailServed(names: r.texts(), certificate: r.text()))
        default: .mailDelayed(MailDelayed(step: r.pick(MailStep.allCases), problem: r.maybe { $0.text() }))
        }
    }
}

extension Event {
    static func randomNotification(_ kind: Kind, _ r: inout Random) -> Event {
        let id = NotificationID(r.text())
        switch kind {
        case .notificationRaised:
            return .notificationRaised(
                NotificationRaised(
                    notification: id, kind: r.text(), subject: r.text(), audience: r.audience(),
                    severity: r.pick(Severity.allCases), title: r.text(), body: r.maybe { $0.text() }))
        case .notificationRepeated:
            return .notificationRepeated(
                NotificationRepeated(
                    notification: id, count: r.int(), severity: r.maybe { $0.pick(Severity.allCases) },
                    title: r.maybe { $0.text() }, body: r.maybe { $0.text() }))
        case .notificationAcknowledged:
            return .notificationAcknowledged(NotificationAcknowledged(notification: id, by: r.text()))
        case .notificationResolved:
            return .notificationResolved(
                NotificationResolved(
                    notification: id, cause: r.pick(NotificationResolved.Cause.allCases), by: r.maybe { $0.text() }))
        case .notificationDelivered:
            return .notificationDelivered(
                NotificationDelivered(
                    notification: id, recipient: r.text(), channel: r.pick(Channel.allCases),
                    telling: r.pick(Telling.allCases), within: r.maybe { NotificationID($0.text()) }))
        default:
            return .notificationDeliveryFailed(
                NotificationDeliveryFailed(
                    notification: id, recipient: r.text(), channel: r.pick(Channel.allCases),
                    telling: r.pick(Telling.allCases), problem: r.text(), isFinal: r.below(2) == 0,
                    isOfServer: r.below(2) == 0, attempt: r.maybe { $0.below(20) }, notBefore: r.maybe { $0.time() }))
        }
    }
}

extension Random {
    fileprivate mutating func audience() -> Addressees {
        let all: [Staff] = [.owners, .administrators, .usermanagers, .mailmanagers, .operators(of: "x" + text())]
        let some = all.filter { _ in below(2) == 0 }
        return StaffAudience(some).map { .staff($0) } ?? .users
    }

    fileprivate mutating func texts() -> [String] { (0..<below(4)).map { _ in text() } }

    /// An empty text is none.
    fileprivate mutating func some() -> String { "x" + text() }

    fileprivate mutating func settings() -> AppSettings {
        AppSettings(
            domain: some(), requiresValidCertificate: below(2) == 0, hasMail: below(2) == 0,
            mailFrom: maybe { $0.some() },
            operators: texts(), notes: maybe { $0.some() }, envFile: maybe { $0.some() }, envOwner: maybe { $0.some() },
            isStopped: below(2) == 0)
    }

    fileprivate mutating func reconfiguration() -> AppReconfiguration {
        AppReconfiguration(
            app: text(), mailServer: maybe { $0.text() }, mailFrom: maybe { $0.text() }, generation: int(),
            task: TaskID(text()))
    }

    fileprivate mutating func changes() -> AppChanges {
        var changes = AppChanges()
        changes.domain = maybe { $0.some() }
        changes.mailFrom = maybe { $0.text() }
        changes.notes = maybe { $0.text() }
        changes.envFile = maybe { $0.text() }
        changes.envOwner = maybe { $0.text() }
        changes.requiresValidCertificate = maybe { $0.below(2) == 0 }
        changes.hasMail = maybe { $0.below(2) == 0 }
        changes.isStopped = maybe { $0.below(2) == 0 }
        changes.operators = maybe { $0.texts() }
        return changes
    }
}
