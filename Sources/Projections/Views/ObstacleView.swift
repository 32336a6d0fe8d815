import Events

/// What is in somebody's way, and who it is.
public struct Obstacle: Sendable {
    /// What is in the way.
    public let blocker: Blocker
    /// Whose it is.
    public let session: Session?
    /// The same, for those who wait for it.
    var holder: HolderRecord? { session.map(HolderRecord.init) }
    /// Since when it is held; nil while it is only wanted earlier, and where nobody asks.
    let since: Timestamp?
    /// What it is held for; nil as `since` is.
    let reason: String?

    /// What `session` holds by `grant`, or wants earlier.
    public init(_ blocker: Blocker, of session: Session?, grant: Grant? = nil) {
        self.blocker = blocker
        self.session = session
        (since, reason) = (grant?.since, grant?.reason)
    }
}

/// For whom somebody waits.
public func view(of obstacles: [Obstacle], for viewer: Viewer) -> View {
    View(rows: obstacles, obstacleFields, for: viewer)
}

extension Obstacle: Viewable {
    var about: Subject { .path(blocker.path) }
}

let obstacleFields: [Field<Obstacle>] = [
    .everyone("session") { obstacle, _ in .string(obstacle.blocker.session.text) },
    .everyone("path") { obstacle, _ in .string(obstacle.blocker.path.text) },
    .everyone("kind") { obstacle, _ in .string(obstacle.blocker.kind.rawValue) },
    .everyone("holder") { obstacle, onlooker in
        obstacle.holder.map { show($0, holderFields, for: onlooker) }
    },
    .everyone("since") { obstacle, _ in .known(obstacle.since) },
    .operators("reason") { obstacle, _ in .known(obstacle.reason) },
]
