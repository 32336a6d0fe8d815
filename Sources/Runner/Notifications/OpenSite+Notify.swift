public import Events
public import Projections

/// Telling people of something. For whom has to be said: there is no audience by default, and ordinary users are told by another
/// call, which takes nothing that was written for others.
extension OpenSite {
    /// Tells those who run the platform. Raised again while it is open, it is the same notification, by `kind` and `subject`.
    /// Throws `Refusal` and `StoreError`.
    @discardableResult
    public func notify(audience: StaffAudience, _ notice: StaffNotice) async throws -> NotificationReceipt {
        NotificationReceipt(try await submit(.notify(notice, audience)))
    }

    /// The same of a kind, for those whom it is for.
    @discardableResult
    public func notify(
        audience: StaffAudience, kind: String, subject: String, severity: Severity, title: String, body: String? = nil
    ) async throws -> NotificationReceipt {
        try await notify(
            audience: audience,
            StaffNotice(kind: kind, subject: subject, severity: severity, title: title, body: body))
    }

    /// Tells of a built-in kind, whom and how severely the configuration says; nothing, where it is switched off.
    @discardableResult
    func raise(
        _ kind: BuiltInKind, subject: String, severity: Severity? = nil, title: String, body: String?
    ) async throws -> NotificationReceipt {
        let rules = noticeRules()
        guard let audience = rules.audience(of: kind) else { return NotificationReceipt(nil, isRecorded: false) }
        let severity = rules.severity(of: kind, told: severity)
        return try await notify(
            audience: audience,
            StaffNotice(kind, subject: subject, severity: severity, title: title, body: body))
    }

    /// Tells everybody who has a role.
    @discardableResult
    public func tellUsers(_ notice: UserNotice) async throws -> NotificationReceipt {
        NotificationReceipt(try await submit(.tell(notice)))
    }

    /// It is over; nothing where it is not open.
    @discardableResult
    public func resolve(kind: String, subject: String, by: String?) async throws -> NotificationReceipt {
        NotificationReceipt(try await submit(.resolve(kind: kind, subject: subject, by: by)))
    }
}

extension NotificationReceipt {
    fileprivate init(_ reply: Platform.Reply) {
        switch reply {
        case .notified(let id, let isRecorded): self.init(id, isRecorded: isRecorded)
        case .resolved(let id): self.init(id, isRecorded: true)
        default: self.init(nil, isRecorded: false)
        }
    }
}
