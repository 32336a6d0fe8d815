import Events

/// What `user list` shows. Who may not see others sees himself.
public func view(of users: Users, for viewer: Viewer) -> View {
    View(rows: users.all, userFields, for: viewer)
}

extension User: Viewable {
    var about: Subject { .user(name) }
}

let userFields: [Field<User>] = [
    .usermanagers("user") { user, _ in .string(user.name) },
    .usermanagers("role") { user, _ in .string(user.role.rawValue) },
    .usermanagers("email") { user, _ in .known(user.email) },
    .usermanagers("addedAt") { user, _ in .known(user.addedAt) },
]
