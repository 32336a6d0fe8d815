import Projections

/// What people call who holds or waits: of a view of a holder.
extension View {
    private var program: String? { (string("label") ?? string("program")).map(oneLine) }
    private var task: String? { string("task").map { "task \($0)" } }

    /// `task x5 (backup)` or `copy of blog, pid 12 of root`.
    var name: String {
        if let task { return oneLine(task + (string("label").map { " (\($0))" } ?? "")) }
        let program = program ?? "a process"
        guard let pid = integer("pid") else { return program }
        return "\(program), pid \(pid)" + (string("user").map { " of \($0)" } ?? "")
    }

    /// Without the process; nil where nothing has a name.
    var briefName: String? { task ?? program }

    /// The same for a cell of a table: `copy of blog [12]`.
    var shortName: String {
        if let task { return task }
        let program = program ?? "process"
        return integer("pid").map { "\(program) [\($0)]" } ?? program
    }
}

/// What a lock is called: of a view that has its path and mode.
extension View {
    /// The path; with the mode where it is not the usual one.
    var lockWords: String {
        let path = string("path") ?? ""
        guard let mode = string("mode"), mode != "exclusive" else { return path }
        return "\(path) (\(mode))"
    }

    /// The locks of a field, as they stand in a line.
    func locks(_ name: String) -> String { rows(name).map(\.lockWords).joined(separator: " ") }

    /// Microseconds of a field as a person says them; empty where they are not there.
    func span(_ name: String) -> String { integer(name).map { Projections.span($0) } ?? "" }

    /// A text, time or number of a field as it is written; empty where it is not there.
    func words(_ name: String) -> String { string(name) ?? integer(name).map { String($0) } ?? "" }
}
