import Events

/// The mail server's name: asked for by people, made so by the runner.
extension Platform {
    /// A newer wish overtakes one that is not come true; the name that it has already is none.
    mutating func requestRename(
        _ name: String, _ by: String, dashboard: String?, _ draft: inout Draft
    ) throws -> Reply {
        try checkMailName(name, dashboard: dashboard)
        if mail.wish?.name == name { return .done }
        let isNamed = mail.name?.text == name
        if let wish = mail.wish {
            let problem = isNamed ? "the name stays \(name), says \(by)" : "a rename to \(name) by \(by) overtook it"
            try emit(.mailRenameRefused(MailRenameRefused(to: wish.name, problem: problem)), &draft)
        }
        if !isNamed {
            try emit(.mailRenameRequested(MailRenameRequested(from: mail.name?.text, to: name, by: by)), &draft)
        }
        return .done
    }

    /// Throws for a name that the mail server cannot have.
    public func checkMailName(_ name: String, dashboard: String?) throws {
        if let problem = HostName.problem(in: name) {
            throw Refusal(.invalid, "This cannot be the mail server's name: \(problem).")
        }
        guard name != dashboard else {
            throw Refusal(.nameTaken, "\(name) is the dashboard's name.", hint: "Take one that nothing else has.")
        }
        if let app = apps.app(at: name) {
            throw Refusal(
                .nameTaken, "\(name) is the domain of app '\(app.id)'.", hint: "Take one that nothing else has.")
        }
    }

    /// Of the wish by its runner; by anybody of a name that is not wished for yet.
    mutating func refuseRename(
        _ name: String, _ problem: String, _ runner: RunnerID?, _ draft: inout Draft
    ) throws -> Reply {
        if let runner {
            try checkRunner(runner)
            guard mail.wish?.name == name else {
                throw Refusal(.wrongState, "The mail server is not to be called \(name) any more.")
            }
        }
        let problem = String(decoding: problem.utf8.prefix(Self.maximumText), as: UTF8.self)
        try emit(.mailRenameRefused(MailRenameRefused(to: name, problem: problem)), &draft)
        return .done
    }

    /// Only when it was seen to answer to it.
    mutating func commitRename(_ name: String, _ runner: RunnerID, _ draft: inout Draft) throws -> Reply {
        try checkRunner(runner)
        guard mail.wish?.name == name else {
            throw Refusal(.wrongState, "The mail server is not to be called \(name) any more.")
        }
        guard mail.served?.names.contains(name) == true else {
            throw Refusal(.wrongState, "The mail server was not seen to answer to \(name).")
        }
        try emit(
            .mailRenamed(MailRenamed(from: mail.name?.text, to: name, generation: mail.generation + 1)), &draft)
        return .done
    }

    /// All former names, when no app may use one and none is on the way.
    mutating func retireNames(_ runner: RunnerID, _ draft: inout Draft) throws -> Reply {
        try checkRunner(runner)
        guard Reconciliation.retires(self) else {
            throw Refusal(.wrongState, "Apps may use a former name of the mail server, or another is on the way.")
        }
        for name in mail.previous {
            try emit(.mailNameRetired(MailNameRetired(name: name.text, generation: name.generation)), &draft)
        }
        return .done
    }

    mutating func mailServed(_ served: MailServed, _ runner: RunnerID, _ draft: inout Draft) throws -> Reply {
        try checkRunner(runner)
        guard mail.served?.names != served.names || mail.served?.certificate != served.certificate else { return .done }
        try emit(.mailServed(served), &draft)
        return .done
    }

    mutating func mailDelayed(_ data: MailDelayed, _ runner: RunnerID, _ draft: inout Draft) throws -> Reply {
        try checkRunner(runner)
        var data = data
        data.problem = data.problem.map { String(decoding: $0.utf8.prefix(Self.maximumText), as: UTF8.self) }
        guard mail.problems[data.step] != data.problem else { return .done }
        try emit(.mailDelayed(data), &draft)
        return .done
    }

    /// Apps that have not got what they are to have, or of which nobody can say, by id; the stopped ones too.
    public var lagging: [AppRecord] { apps.all.filter { $0.lags(mail.name?.text) } }

    /// True while an app may use a former name: it runs and lags, or a task is giving it one, as was right when that began.
    var mayUseFormerName: Bool {
        let former = Set(mail.previous.map(\.text))
        return apps.records.values.contains { app in
            let isGiven = app.giving?.mailServer.map(former.contains) ?? false
            return isGiven || !app.settings.isStopped && app.lags(mail.name?.text)
        }
    }

    /// Asked again here: what was needless a moment ago may be claimed, and its app lag, by now.
    mutating func dropNeedless(_ task: TaskID, _ runner: RunnerID, _ draft: inout Draft) throws -> Reply {
        try checkRunner(runner)
        guard let record = tasks.task(task), record.phase == .queued, !isNeeded(record) else {
            throw Refusal(.wrongState, "Task \(task) is not needless any more.")
        }
        return try stopTask(task, "runner", nil, false, &draft)
    }

    private func checkRunner(_ runner: RunnerID) throws {
        guard tasks.runner(runner) != nil else {
            throw Refusal(.noSuchRunner, "Runner \(runner) is not registered any more.")
        }
    }

    /// What the app of a task that is about to start is given with it.
    mutating func beginReconfiguration(_ task: TaskID, _ runner: RunnerID, _ draft: inout Draft) throws -> Reply {
        try checkRunner(runner)
        guard let record = tasks.task(task), let app = record.order.app, let known = apps[app] else {
            throw Refusal(.wrongState, "Task \(task) has no registered app to give anything to.")
        }
        let mail = known.wanted(self.mail.name?.text)
        let giving = AppReconfiguration(
            app: app, mailServer: mail?.server, mailFrom: mail?.from, generation: self.mail.generation, task: task)
        if known.giving != giving { try emit(.appReconfiguring(giving), &draft) }
        return .done
    }

    /// The end of an attempt, and what it means for the app that it was to give its values: it has them, or the last attempt
    /// is over and it has not.
    mutating func emitFinished(_ end: TaskFinished, _ draft: inout Draft) throws(HistoryError) {
        let app = tasks.task(end.task)?.order.app
        try emit(.taskFinished(end), &draft)
        guard let app, let giving = apps[app]?.giving, giving.task == end.task, !end.retry else { return }
        guard end.outcome != .succeeded else { return try emit(.appReconfigured(giving), &draft) }
        let problem = "\(end.outcome.rawValue): \(end.evidence)"
        try emit(
            .appReconfigureFailed(AppReconfigureFailed(app: app, task: end.task, problem: problem)), &draft)
    }
}
