import Projections

/// What is told of a task that an order was given for.
struct TaskOrderText: ViewText {
    func text(of view: View, on page: Page) -> String { "task \(view.words("task")) is \(view.words("state"))\n" }
}

/// What is told of one that is made again.
struct TaskRetryText: ViewText {
    func text(of view: View, on page: Page) -> String {
        "task \(view.words("task")) is queued again, attempt \(view.words("attempt"))\n"
    }
}

/// What would be started.
struct TaskPlanText: ViewText {
    func text(of view: View, on page: Page) -> String {
        let command = view.rows("command").compactMap(\.string).joined(separator: " ")
        let locks = view.rows("locks").map { "\($0.words("path")) (\($0.words("mode")))" }.joined(separator: ", ")
        return "would run: \(command)\nunder: \(locks)\n"
    }
}

/// The configured types.
struct TaskTypesText: ViewText {
    func text(of view: View, on page: Page) -> String {
        guard !view.rows.isEmpty else { return "no task types are configured\n" }
        var table = Table([.init("TYPE"), .init("LOCKS"), .init("ARGUMENTS")])
        for type in view.rows {
            let arguments =
                (type["needsApp"]?.bool == true ? ["--app"] : []) + type.rows("arguments").compactMap(\.string)
            let locks = type.rows("locks").compactMap(\.string)
            table.add([type.words("type"), locks.joined(separator: " "), arguments.joined(separator: " ")])
        }
        return page.text(of: table)
    }
}
