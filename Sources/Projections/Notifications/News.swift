import Events

/// What an event tells people by itself. Its texts say no more than everybody may read who runs the platform, also where the
/// configuration sends them to others: what more there is, is asked for by the command that they name.
enum News: Equatable {
    case raised(BuiltInKind, subject: String, app: String? = nil, title: String, body: String)
    /// It is so no more.
    case over(BuiltInKind, subject: String)
    /// An app is no more, and what is about it.
    case gone(app: String)

    /// Of `event`, which is to be appended at `position`, in the state before it.
    static func of(_ event: Event, at position: Position, in platform: Platform) -> [News] {
        switch event {
        case .taskFinished(let end):
            guard !end.retry, let record = platform.tasks.task(end.task) else { return [] }
            return of(end, of: record, in: platform)
        case .lockRefused(let data): return [of(data, at: position)]
        case .appReconfigured(let data): return [.over(.appBehind, subject: data.app)]
        case .appReconfigureFailed(let data):
            return [
                .raised(
                    .appBehind, subject: data.app, app: data.app,
                    title: "App \(data.app) has not got the mail server's name",
                    body: "Its task \(data.task) failed; it is tried again.\nSee: interlock task show \(data.task)")
            ]
        case .appRemoved(let data): return [.gone(app: data.app)]
        case .reactionParked(let data):
            return [
                .raised(
                    .reactionParked, subject: data.reaction,
                    title: "Reaction \(data.reaction) to event \(data.position) failed",
                    body: "It waits for: interlock reaction retry \(data.reaction)\nSee: interlock reaction list")
            ]
        case .reactionRetried(let data): return [.over(.reactionParked, subject: data.reaction)]
        case .logRestored(let data):
            return [
                .raised(
                    .databaseRestored, subject: "log", title: "The database was restored from an older dump",
                    body: "What had been appended behind position \(data.previousHead) is not in it any more.")
            ]
        default: return []
        }
    }

    /// What a task's end tells. Of one that was to give an app its values the app's own event tells.
    private static func of(_ end: TaskFinished, of record: TaskRecord, in platform: Platform) -> [News] {
        let (type, app) = (record.order.type, record.order.app)
        let subject = app.map { "\(type) \($0)" } ?? type
        let kind: BuiltInKind
        switch end.outcome {
        case .succeeded: return [.over(.taskFailed, subject: subject), .over(.taskLost, subject: subject)]
        case .stopped: return []
        case .lost: kind = .taskLost
        case .failed, .crashed, .timedOut, .notStarted: kind = .taskFailed
        }
        guard app.flatMap({ platform.apps[$0]?.giving?.task }) != end.task else { return [] }
        let name = app.map { "\(type) of \($0)" } ?? type
        let how =
            switch end.outcome {
            case .timedOut: "it took too long"
            case .notStarted: "it could not be started"
            case .crashed: "it was ended by signal \(end.signal ?? 0)"
            case .lost: "nobody saw its end"
            default: "it exited with \(end.exitCode ?? 0)"
            }
        let attempts = end.attempt == 1 ? "" : ", at attempt \(end.attempt)"
        return [
            .raised(
                kind, subject: subject, app: platform.apps[app ?? ""] == nil ? nil : app,
                title: "Task \(name) \(kind == .taskLost ? "is lost" : "failed")",
                body: "Task \(end.task): \(how)\(attempts).\nSee: interlock task show \(end.task)")
        ]
    }

    private static func of(_ refused: LockRefused, at position: Position) -> News {
        let paths = refused.locks.map(\.path.text).sorted()
        let subject = paths.isEmpty ? refused.task.map(\.text) ?? "" : paths.joined(separator: " ")
        let what = refused.task.map { "A wait for task \($0)" } ?? "A request for \(subject)"
        return .raised(
            .deadlockRefused, subject: subject, title: "\(what) would never have ended, and was refused",
            body: "See: interlock deadlock show \(position)")
    }
}

/// What the command at hand tells people by itself.
struct Tidings {
    let rules: NoticeRules
    var news: [News] = []
}
