import Events

/// What a process does at this moment, as far as this host can see it.
public struct ProcessActivity: Sendable, Equatable {
    /// In a word: running, sleeping, stopped, waiting for a disk, gone.
    public var state: String
    /// The program's name by now: a process may have become another program.
    public var program: String?

    /// As it was looked at just now.
    public init(state: String, program: String? = nil) {
        self.state = state
        self.program = program
    }
}

/// One link of `lock why`, with what its process does now.
public struct ExplainedLink: Sendable {
    /// Who waits, or is waited for.
    public let link: WaitLink
    /// Where it can be seen.
    public let activity: ProcessActivity?

    /// A link of a chain; `activity` where somebody has looked.
    public init(_ link: WaitLink, activity: ProcessActivity?) {
        self.link = link
        self.activity = activity
    }
}

/// What `lock why` shows: chains of sessions, each of which waits for the next.
public func view(of chains: [[ExplainedLink]], for viewer: Viewer) -> View {
    View(groups: chains, linkFields, for: viewer)
}

/// About the locks that it holds and waits for, and the app that it is a task of.
extension ExplainedLink: Viewable {
    var about: Subject {
        .apps(
            ([link.holds?.lock.path].compactMap { $0 } + link.behind.map(\.path)).compactMap(\.app)
                + [link.record?.order.app].compactMap { $0 })
    }
}

let linkFields: [Field<ExplainedLink>] = [
    .everyone("session") { link, _ in .string(link.link.session.id.text) },
    .everyone("holder") { link, onlooker in show(HolderRecord(link.link.session), holderFields, for: onlooker) },
    .everyone("holds") { link, onlooker in link.link.holds.map { show($0, chainHeldFields, for: onlooker) } },
    .everyone("behind") { link, onlooker in
        link.link.behind.isEmpty ? nil : show(link.link.behind, blockerFields, for: onlooker)
    },
    .everyone("awaits") { link, _ in .known(link.link.task?.text) },
    .everyone("child") { link, _ in .known(link.link.child?.text) },
    .everyone("since") { link, _ in .known(link.link.since) },
    .operators("reason") { link, _ in .known(link.link.reason) },
    .everyone("state") { link, _ in .known(link.activity?.state) },
    .operators("program") { link, _ in .known(link.activity?.program) },
    .everyone("lacksRunner") { link, _ in link.link.lacksRunner ? .bool(true) : nil },
    .everyone("progress") { link, onlooker in
        link.link.record?.progress.map { show($0, progressFields, for: onlooker) }
    },
]

/// Who holds it is told beside it.
let chainHeldFields: [Field<HeldLock>] = [
    .everyone("path") { held, _ in .string(held.lock.path.text) },
    .everyone("mode") { held, _ in .string(held.lock.mode.rawValue) },
    .everyone("token") { held, _ in .integer(held.grant.token) },
    .everyone("since") { held, _ in .known(held.grant.since) },
    .operators("reason") { held, _ in .known(held.grant.reason) },
]
