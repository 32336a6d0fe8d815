import Events
import Projections

/// What people call a party of the queue.
extension Session {
    var name: String { DeadlockParty.Holder(self).name }
}

extension DeadlockParty.Holder {
    /// `task x5 (backup)` or `copy of blog, pid 12 of root`.
    var name: String {
        if let task { return oneLine(label.map { "task \(task) (\($0))" } ?? "task \(task)") }
        let program = oneLine(label ?? program ?? "a process")
        guard let pid else { return program }
        return "\(program), pid \(pid)" + (user.map { " of \($0)" } ?? "")
    }
}

extension HolderRecord {
    /// The same, in full.
    var name: String {
        DeadlockParty.Holder(host: host, label: label, pid: pid, program: program, task: task, user: user).name
    }

    /// Without the process; nil where nothing has a name.
    var briefName: String? { task.map { "task \($0)" } ?? label ?? program }

    /// The same for a cell of a table.
    var shortName: String {
        if let task { return "task \(task)" }
        let program = label ?? program ?? "process"
        return pid.map { "\(program) [\($0)]" } ?? program
    }
}

extension Lock {
    /// The path; with the mode where it is not the usual one.
    var words: String { mode == .exclusive ? path.text : "\(path) (\(mode.rawValue))" }
}
