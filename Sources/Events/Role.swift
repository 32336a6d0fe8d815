/// What somebody may do on the platform. A user has one; what he may do to a single app besides, as its operator, is the
/// app's to say.
public enum Role: String, Sendable, Hashable, CaseIterable {
    case owner, admin, usermanager, mailmanager, user
}
