public import Events

/// `text` with every run of control characters as one space, so that nothing in it can start a line or colour a terminal.
public func oneLine(_ text: String) -> String {
    var clean = ""
    var gap = false
    for scalar in text.unicodeScalars {
        let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        if isControl {
            gap = true
            continue
        }
        if gap, !clean.isEmpty, scalar != " " { clean.append(" ") }
        gap = false
        clean.unicodeScalars.append(scalar)
    }
    return clean
}

/// `1,204`: digits in threes.
public func grouped(_ number: Int) -> String {
    var text = ""
    for (index, digit) in String(number.magnitude).reversed().enumerated() {
        if index > 0, index.isMultiple(of: 3) { text = "," + text }
        text = String(digit) + text
    }
    return (number < 0 ? "-" : "") + text
}

/// Microseconds as a person says them: `12 ms`, `2.1 s`, `3 min 5 s`, `2 h 10 min`.
public func span(_ microseconds: Int) -> String {
    if microseconds < 1_000_000 {
        return microseconds > 0 && microseconds < 1000 ? "<1 ms" : "\(microseconds / 1000) ms"
    }
    let tenths = microseconds / 100_000
    if tenths < 600 { return "\(tenths / 10).\(tenths % 10) s" }
    let minutes = tenths / 600
    return minutes < 60 ? "\(minutes) min \(tenths / 10 % 60) s" : "\(grouped(minutes / 60)) h \(minutes % 60) min"
}

/// How long ago, as a person says it: `12 s ago`, `5 min ago`, `3 h ago`; `2026-11-24 02:08 UTC` where that is longer than a day.
public func moment(_ time: Timestamp, before now: Timestamp) -> String {
    let seconds = max(0, now.microseconds(since: time)) / 1_000_000
    return switch seconds {
    case ..<60: "\(seconds) s ago"
    case ..<3600: "\(seconds / 60) min ago"
    case ..<86_400: "\(seconds / 3600) h ago"
    default: time.description.prefix(16).split(separator: "T").joined(separator: " ") + " UTC"
    }
}

/// What people call who holds or waits.
extension Session {
    /// `task x5 (backup)` or `copy of blog, pid 12 of root`.
    public var name: String { DeadlockParty.Holder(self).name }
}

extension DeadlockParty.Holder {
    /// `task x5 (backup)` or `copy of blog, pid 12 of root`.
    public var name: String {
        if let task { return oneLine(label.map { "task \(task) (\($0))" } ?? "task \(task)") }
        let program = oneLine(label ?? program ?? "a process")
        guard let pid else { return program }
        return "\(program), pid \(pid)" + (user.map { " of \($0)" } ?? "")
    }
}

extension HolderRecord {
    /// Without the process; nil where nothing has a name.
    var briefName: String? { task.map { "task \($0)" } ?? (label ?? program).map(oneLine) }
}

extension Lock {
    /// The path; with the mode where it is not the usual one.
    public var words: String { mode == .exclusive ? path.text : "\(path) (\(mode.rawValue))" }
}

extension [Lock] {
    /// All of them, as they stand in a line.
    public var words: String { map(\.words).joined(separator: " ") }
}

extension DeadlockParty.Want {
    /// What it is, for a person.
    public var words: String {
        switch self {
        case .lock(let lock, _, _): lock.words
        case .task(let task): "the end of task \(task)"
        }
    }

    /// The lock; nil for a wait.
    public var lock: Lock? { if case .lock(let lock, _, _) = self { lock } else { nil } }

    /// The position of the request; nil for a wait.
    public var position: Position? { if case .lock(_, let position, _) = self { position } else { nil } }

    /// What it was asked for.
    public var reason: String? { if case .lock(_, _, let reason) = self { reason } else { nil } }
}
