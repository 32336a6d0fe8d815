import Events

/// What happens is told in the transaction in which it happens.
extension Platform {
    /// Decides `command`, and raises and resolves what its events tell of.
    mutating func telling(_ command: Command, by rules: NoticeRules, _ draft: inout Draft) throws -> Reply {
        tidings = Tidings(rules: rules)
        defer { tidings = nil }
        let reply = try decide(command, into: &draft)
        guard let news = tidings?.news, !news.isEmpty else { return reply }
        let before = draft.head
        for one in news { try tell(one, &draft) }
        if draft.head != before { try settleAudiences(&draft) }
        return reply
    }

    private mutating func tell(_ news: News, _ draft: inout Draft) throws(HistoryError) {
        switch news {
        case .raised(let kind, let subject, let app, let title, let body):
            try raise(kind, subject: subject, about: app, title: title, body: body, &draft)
        case .over(let kind, let subject):
            guard let record = notifications[kind: kind.rawValue, subject: Self.line(subject)] else { return }
            try end(record, .cleared, &draft)
        case .gone(let app):
            // A task of the host may be called as the app is.
            let records = notifications.open.filter { record in
                switch BuiltInKind(rawValue: record.kind) {
                case .taskFailed, .taskLost: record.subject.hasSuffix(" \(app)")
                case .appBehind: record.subject == app
                default: false
                }
            }
            for record in records { try end(record, .cleared, &draft) }
        }
    }

    /// What is said of the built-in kinds, by the command at hand.
    var rules: NoticeRules { tidings?.rules ?? NoticeRules() }

    /// Nothing where the kind is switched off, or a thousand that matter more are open.
    mutating func raise(
        _ kind: BuiltInKind, subject: String, about app: String? = nil, title: String, body: String,
        _ draft: inout Draft
    ) throws(HistoryError) {
        guard let audience = rules.audience(of: kind, about: app) else { return }
        let notice = StaffNotice(
            kind, subject: Self.line(subject), severity: rules.severity(of: kind), title: Self.line(title),
            body: body)
        _ = try raise(Raise(notice, .staff(audience)), &draft)
    }

    /// As much of it as a subject or a title may be.
    private static func line(_ text: String) -> String {
        let line = oneLine(text)
        guard line.utf8.count > maximumTitle else { return line }
        var (short, bytes) = ("", 3)
        for character in line {
            bytes += character.utf8.count
            guard bytes <= maximumTitle else { break }
            short.append(character)
        }
        return short + "…"
    }
}
