public import Events

/// Which notifications somebody wants to see.
public struct NotificationFilter: Sendable {
    /// Whoever looks: what is not for him is not counted among those that are shown.
    public let viewer: Viewer
    /// Only of this sort.
    public let kind: String?
    /// Only about this.
    public let subject: String?
    /// Only those that matter at least so much.
    public let severity: Severity?

    /// What is nil narrows nothing.
    public init(for viewer: Viewer, kind: String? = nil, subject: String? = nil, severity: Severity? = nil) {
        (self.viewer, self.kind, self.subject, self.severity) = (viewer, kind, subject, severity)
    }

    /// True for one that is wanted, and of which the viewer sees anything.
    public func admits(_ record: Notification) -> Bool {
        (kind ?? record.kind) == record.kind && (subject ?? record.subject) == record.subject
            && record.severity >= severity ?? .info && !view(of: [record], for: viewer).isWithheld
    }

    /// Of those who are named in an audience, whom the viewer is one of; nil where he sees what is for others too.
    public var audiences: [String]? {
        guard !viewer.isAdministrator else { return nil }
        return [Role.user.rawValue, viewer.role.rawValue] + viewer.operates.map { Staff.operators(of: $0).text }
    }
}
