public import Events

/// Who looks. There is no default for any of it: every output says for whom it is.
public struct Viewer: Sendable, Hashable {
    /// What the viewer may see of everything.
    public let role: Role
    /// The user's name, by which records about him are told; nil for who is no user of the platform.
    public let name: String?
    /// The ids of the apps that he is an operator of: what he may see of these besides.
    public let operates: Set<String>

    /// Whoever makes one answers for it: nothing is looked up.
    public init(role: Role, name: String?, operates: Set<String>) {
        self.role = role
        self.name = name
        self.operates = operates
    }

    /// Who has the database's credentials, and the service itself.
    public static let administrator = Viewer(role: .admin, name: nil, operates: [])

    /// True for an owner and an administrator: they see all that is shown to anybody.
    public var isAdministrator: Bool { role == .owner || role == .admin }
}

extension Platform {
    /// What a user may see: his role, and the apps that he is an operator of. Nil where there is no such user.
    public func viewer(named name: String) -> Viewer? {
        guard let user = users[name] else { return nil }
        let operated = apps.all.filter { $0.settings.operators.contains(name) }
        return Viewer(role: user.role, name: name, operates: Set(operated.map(\.id)))
    }
}

/// What a record is about; a viewer's relation to it follows from that alone.
enum Subject: Sendable {
    /// The platform as a whole: nobody is nearer to it than others of his role.
    case platform
    /// What the record is about that this one is a part of.
    case whole
    /// Apps, by id.
    case apps([String])
    /// A user, by name.
    case user(String)
    /// What these people are told.
    case addressed(Addressees)

    /// The apps that these locks are on or below.
    static func locks(_ locks: [Lock]) -> Subject { .apps(locks.compactMap(\.path.app)) }

    /// The app that a lock on this path is on or below.
    static func path(_ path: LockPath) -> Subject { .apps([path.app].compactMap { $0 }) }
}

extension LockPath {
    /// `blog` for `/app/blog` and all below it.
    var app: String? {
        var segments = segments
        return segments.next() == "app" ? segments.next() : nil
    }
}

/// A record that views show.
protocol Viewable {
    /// What it is about.
    var about: Subject { get }
}

/// A viewer with what he has to do with the record that is looked at.
struct Onlooker: Sendable {
    let viewer: Viewer
    private(set) var isOperator = false
    private(set) var isSubject = false
    private(set) var isAddressee = false

    /// Who has nothing to do with it.
    init(_ viewer: Viewer) { self.viewer = viewer }

    /// The same one before a record, or a part of one.
    func before(_ record: some Viewable) -> Onlooker {
        var onlooker = Onlooker(viewer)
        switch record.about {
        case .platform: break
        case .whole: return self
        case .apps(let apps): onlooker.isOperator = apps.contains { viewer.operates.contains($0) }
        case .user(let name): onlooker.isSubject = viewer.name == name
        case .addressed(let audience): onlooker.isAddressee = audience.includes(viewer)
        }
        return onlooker
    }
}

/// Who may see a field.
enum Audience: String, Sendable, CaseIterable {
    /// Every user.
    case everyone
    /// Operators of the app that the record is about, and administrators.
    case operators
    /// The user whom the record is about, user managers, and administrators.
    case usermanagers
    /// Mail managers and administrators.
    case mailmanagers
    /// Whom the record is written for, and administrators.
    case addressees
    /// Owners and admins.
    case administrators

    func includes(_ onlooker: Onlooker) -> Bool {
        if onlooker.viewer.isAdministrator { return true }
        return switch self {
        case .everyone: true
        case .operators: onlooker.isOperator
        case .usermanagers: onlooker.viewer.role == .usermanager || onlooker.isSubject
        case .mailmanagers: onlooker.viewer.role == .mailmanager
        case .addressees: onlooker.isAddressee
        case .administrators: false
        }
    }
}
