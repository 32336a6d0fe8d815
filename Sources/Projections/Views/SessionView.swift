import Events

/// What is shown of a session.
public func view(of session: Session, for viewer: Viewer) -> View {
    View(session, sessionFields, for: viewer)
}

extension Session: Viewable {
    var about: Subject { .platform }
}

let sessionFields: [Field<Session>] = [
    .everyone("session") { session, _ in .string(session.id.text) },
    .everyone("parent") { session, _ in .known(session.parent?.text) },
    .everyone("openedAt") { session, _ in .known(session.openedAt) },
    .everyone("host") { session, _ in .string(session.host) },
    .everyone("pid") { session, _ in .known(session.process?.pid) },
    .everyone("user") { session, _ in .string(session.user) },
    .administrators("program") { session, _ in .known(session.program) },
    .administrators("label") { session, _ in .known(session.label) },
    .everyone("task") { session, _ in .known(session.task?.text) },
]
