/// How much it matters; from the least on.
public enum Severity: String, Sendable, Hashable, CaseIterable, Comparable {
    case info, warning, critical

    /// By how much it matters.
    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .info: 0
        case .warning: 1
        case .critical: 2
        }
    }
}

/// Those who run the platform, by what they do there. Ordinary users are none of them.
public enum Staff: Sendable, Hashable {
    /// Whoever has the role owner.
    case owners
    /// Owners and admins.
    case administrators
    /// Whoever has the role usermanager.
    case usermanagers
    /// Whoever has the role mailmanager.
    case mailmanagers
    /// The operators of the app of this id.
    case operators(of: String)

    private static let operatorPrefix = "operator:"

    /// As the log and the command line name them: `admin`, `operator:blog`.
    public var text: String {
        switch self {
        case .owners: Role.owner.rawValue
        case .administrators: Role.admin.rawValue
        case .usermanagers: Role.usermanager.rawValue
        case .mailmanagers: Role.mailmanager.rawValue
        case .operators(let app): Self.operatorPrefix + app
        }
    }

    /// Nil for a text that names nobody of them, `user` among these.
    public init?(_ text: String) {
        if text.hasPrefix(Self.operatorPrefix) {
            let app = String(text.dropFirst(Self.operatorPrefix.count))
            guard !app.isEmpty else { return nil }
            self = .operators(of: app)
            return
        }
        switch Role(rawValue: text) {
        case .owner: self = .owners
        case .admin: self = .administrators
        case .usermanager: self = .usermanagers
        case .mailmanager: self = .mailmanagers
        case .user, nil: return nil
        }
    }
}

/// Whom something of the platform's own affairs is told: never nobody, and never ordinary users.
public struct StaffAudience: Sendable, Hashable {
    /// Not empty.
    public let staff: Set<Staff>

    /// One kind of people at least has to be named: there is no audience by default.
    public init(_ first: Staff, _ more: Staff...) {
        staff = Set(more).union([first])
    }

    /// Nil for none.
    public init?(_ staff: some Sequence<Staff>) {
        self.staff = Set(staff)
        if self.staff.isEmpty { return nil }
    }
}

/// Whom a notification is for, as the log keeps it.
public enum Addressees: Sendable, Hashable {
    /// People who run the platform.
    case staff(StaffAudience)
    /// Everybody who has a role.
    case users

    /// As the log names them; sorted.
    public var texts: [String] {
        switch self {
        case .staff(let audience): audience.staff.map(\.text).sorted()
        case .users: [Role.user.rawValue]
        }
    }

    /// Nil for none, for a text that names nobody, and for ordinary users among those who run the platform.
    public init?(_ texts: [String]) {
        guard texts != [Role.user.rawValue] else {
            self = .users
            return
        }
        let staff = texts.compactMap { Staff($0) }
        guard staff.count == texts.count, let audience = StaffAudience(staff) else { return nil }
        self = .staff(audience)
    }
}

/// By what a notification is brought to somebody, beside the inbox, in which it is at once.
public enum Channel: String, Sendable, Hashable, CaseIterable {
    case mail, webhook
}

/// What of a notification somebody is told: that it is as bad as this, or that it is over.
public enum Telling: String, Sendable, Hashable, CaseIterable, Comparable {
    case info, warning, critical, resolved

    /// That it is as bad as this.
    public init(_ severity: Severity) {
        self =
            switch severity {
            case .info: .info
            case .warning: .warning
            case .critical: .critical
            }
    }

    /// The later one supersedes the earlier.
    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .info: 0
        case .warning: 1
        case .critical: 2
        case .resolved: 3
        }
    }
}
