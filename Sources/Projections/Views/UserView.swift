public import Events

/// What `user list` shows.
public func view(of users: Users, for viewer: Viewer) -> View {
    View(json: .array(users.all.map { show($0, userFields, for: viewer) }))
}

private let userFields: [Field<User>] = [
    .administrators("user") { user, _ in .string(user.name) },
    .administrators("role") { user, _ in .string(user.role.rawValue) },
    .administrators("email") { user, _ in .known(user.email) },
    .administrators("addedAt") { user, _ in .known(user.addedAt) },
]
