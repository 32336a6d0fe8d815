import Events

@testable import Projections

/// Records of one type with everything in them that they can have, for one field list.
struct Sample: Sendable {
    let list: String
    /// What a viewer is shown of each.
    let shown: @Sendable (Onlooker) -> [JSONValue]
    /// Each field with its values.
    let fields: [(name: String, audience: Audience, values: [JSONValue])]

    init<Record: Sendable>(_ list: String, _ fields: [Field<Record>], _ records: Record...) {
        self.list = list
        shown = { onlooker in records.map { show($0, fields, for: onlooker) } }
        let all = Onlooker(.administrator)
        self.fields = fields.map { field in
            (field.name, field.audience, records.compactMap { field.value($0, all.before($0)) })
        }
    }
}

/// A text that nobody but an administrator may see: with what it is, so that a failure tells.
func canary(_ what: String) -> String { "canary-\(what)" }

extension Sample {
    /// One for every field list. Where a record is about an app, that is `blog`.
    static func all() throws -> [Sample] {
        try locks() + deadlocks() + tasks() + platform() + log() + store()
    }

    private static let at = Timestamp(microseconds: 1)
    private static let token = 3

    /// A session of a process, and one of a task.
    static func session(task: String? = nil) -> Session {
        Session(
            SessionOpened(
                session: SessionID("s"), parent: SessionID("above"), host: "h", user: "root", label: canary("label"),
                task: task.map { TaskID($0) },
                process: ProcessID(bootID: "b", pidNamespace: "n", pid: 7, startTicks: 1), program: canary("program")),
            position: 1, at: at)
    }

    private static func locks() throws -> [Sample] {
        let (blog, wiki) = (try lock("x:/app/blog"), try lock("x:/app/blog/data"))
        let holder = HolderRecord(session(task: "t"))
        let grant = Grant(
            token: token, request: RequestID("r"), session: SessionID("s"), locks: [blog], since: at,
            reason: canary("reason"))
        let request = Request(
            position: 4, id: RequestID("r"), session: SessionID("s"), locks: [blog], since: at,
            reason: canary("wish"), deadline: nil, waiter: nil)
        let blocker = Blocker(session: SessionID("s"), path: blog.path, kind: .held, position: token)
        let held = HeldLock(lock: blog, grant: grant, holder: holder)
        let waiting = WaitingLock(lock: blog, request: request, behind: [blocker], holder: holder)
        var scene = Scene()
        (scene.label, scene.program, scene.reason) = (canary("label"), canary("program"), canary("reason"))
        try scene.open("a")
        try scene.acquire("a", "x:/app/blog", "x:/b")
        try scene.open("b")
        try scene.acquire("b", "x:/app/blog")
        var row = LockHistoryRow(
            position: 5, at: at, change: .released, session: SessionID("s"), locks: [blog, wiki])
        (row.holder, row.request, row.token, row.cause) = (holder, RequestID("r"), token, "broken")
        (row.reason, row.by, row.waited, row.held) = (canary("reason"), canary("by"), 1, 2)
        var wait = LockSummary.Wait(
            position: 1, at: at, request: RequestID("r"), session: SessionID("s"), holder: holder, locks: [blog],
            reason: canary("reason"))
        wait.cause = "timed-out"
        var summary = LockSummary()
        (summary.waits, summary.paths) = ([wait], [LockSummary.Contention(path: blog.path)])
        let proof = LockOrder.Proof(session: SessionID("s"), holder: holder, token: token, position: 4, at: at)
        let order = LockOrder(holds: blog, wants: wiki, held: [blog], first: proof)
        var link = WaitLink(session: session(), holds: held, record: try record())
        (link.behind, link.since, link.reason) = ([blocker], at, canary("wish"))
        (link.task, link.child, link.lacksRunner) = (TaskID("t"), SessionID("c"), true)
        return [
            Sample("holder", holderFields, holder), Sample("blocker", blockerFields, blocker),
            Sample("held", heldFields, held), Sample("chainHeld", chainHeldFields, held),
            Sample("waiting", waitingFields, waiting),
            Sample("table", tableFields, LockTable(scene.platform.locks, at: 6)),
            Sample("acquired", acquiredFields, Acquired(token: token, session: SessionID("s"), locks: [blog])),
            Sample("obstacle", obstacleFields, Obstacle(blocker, of: session(), grant: grant)),
            Sample("history", historyFields, row), Sample("summary", summaryFields, summary),
            Sample("wait", waitFields, wait), Sample("contention", contentionFields, summary.paths[0]),
            Sample("histogram", histogramFields, summary.histogram[0]),
            Sample("inversion", inversionFields, Inversion(orders: [order])), Sample("order", orderFields, order),
            Sample("proof", proofFields, proof), Sample("lock", lockFields, blog),
            Sample(
                "link", linkFields,
                ExplainedLink(link, activity: ProcessActivity(state: "sleeping", program: canary("program")))),
            Sample("session", sessionFields, session(task: "t")),
        ]
    }

    /// A refused deadlock of two, one of which awaits a task.
    static func refused() throws -> LockRefused {
        let holder = DeadlockParty.Holder(
            host: "h", label: canary("label"), pid: 7, program: canary("program"), task: TaskID("t"), user: "root")
        let holds = DeadlockParty.Holding(
            lock: try lock("x:/app/blog"), token: token, since: at, reason: canary("reason"))
        let wish = DeadlockParty.Want.lock(try lock("x:/b"), position: 4, reason: canary("wish"))
        let one = DeadlockParty(session: SessionID("s"), holder: holder, holds: holds, wants: wish, since: at)
        let two = DeadlockParty(
            session: SessionID("u"), holder: holder, holds: holds, wants: .task(TaskID("t")), since: at)
        return LockRefused(
            request: RequestID("r"), session: SessionID("s"), locks: [try lock("x:/b")], cycle: [one, two])
    }

    static func story() throws -> DeadlockStory {
        let fact = Fact(position: 9, at: at, event: .lockRefused(try refused()))
        guard var deadlock = RefusedDeadlock(fact) else { throw Missing() }
        deadlock.inevitableSince = 8
        let step = ReplayStep(
            position: 8, at: at, kind: .lockGranted, difference: canary("difference"), subject: ReplaySubject())
        var story = DeadlockStory(
            deadlock, inevitable: step, before: Platform(),
            asked: [token: DeadlockStory.Moment(position: 2, at: at)])
        story.lanes = story.lanes.map {
            DeadlockStory.Lane(party: $0.party, asked: $0.asked, besides: [$0.party.holds].compactMap { $0 })
        }
        return story
    }

    struct Missing: Error {}

    private static func deadlocks() throws -> [Sample] {
        let (refused, story) = (try refused(), try story())
        let subject = ReplaySubject(
            locks: [try lock("x:/app/blog")], sessions: [SessionID("s")], tasks: [TaskID("t")])
        return [
            Sample("deadlock", deadlockFields, story.deadlock), Sample("refused", refusedFields, refused),
            Sample("story", storyFields, story), Sample("lane", laneFields, story.lanes[0]),
            Sample("party", partyFields, refused.cycle[0]),
            Sample("want", wantFields, refused.cycle[0], refused.cycle[1]),
            Sample("partyHolder", partyHolderFields, refused.cycle[0].holder),
            Sample("holding", holdingFields, try required(refused.cycle[0].holds)),
            Sample("moment", momentFields, try required(story.lanes[0].asked)),
            Sample(
                "step", stepFields,
                ReplayStep(
                    position: 8, at: at, kind: .lockGranted, difference: canary("difference"), subject: subject)),
        ]
    }
}
