public import Events

/// Who is meant: by the roles and operators as they are now.
extension Platform {
    /// By name.
    public func recipients(of audience: Addressees) -> [User] {
        switch audience {
        case .users: return users.all
        case .staff(let audience):
            let operators = Set(
                audience.staff.flatMap { staff -> [String] in
                    if case .operators(let app) = staff { apps[app]?.settings.operators ?? [] } else { [] }
                })
            return users.all.filter { user in
                operators.contains(user.name) || audience.staff.contains { $0.includes(user.role) }
            }
        }
    }
}

extension Staff {
    /// True for a role that makes one of them by itself.
    func includes(_ role: Role) -> Bool {
        switch self {
        case .owners: role == .owner
        case .administrators: role == .owner || role == .admin
        case .usermanagers: role == .usermanager
        case .mailmanagers: role == .mailmanager
        case .operators: false
        }
    }
}

extension Addressees {
    /// True where `viewer` is one of them.
    func includes(_ viewer: Viewer) -> Bool {
        switch self {
        case .users: true
        case .staff(let audience):
            audience.staff.contains { staff in
                if case .operators(let app) = staff { return viewer.operates.contains(app) }
                return staff.includes(viewer.role)
            }
        }
    }

    /// True where what is for them is also for each of `staff`, as a webhook stands for these.
    func includes(any staff: Set<Staff>) -> Bool {
        switch self {
        case .users: true
        case .staff(let audience):
            !audience.staff.isDisjoint(with: staff)
                || audience.staff.contains(.administrators) && staff.contains(.owners)
        }
    }
}
