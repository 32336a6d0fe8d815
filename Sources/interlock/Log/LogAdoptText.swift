import Projections

/// What taking over a restored database did, or would do.
struct LogAdoptText: ViewText {
    func text(of view: View, on page: Page) -> String {
        let isDone = view["adopted"]?.bool == true
        func words(_ session: String) -> String {
            view["names"]?.string(session).map { "session \(session) (\($0))" } ?? "session \(session)"
        }
        var text =
            "\(isDone ? "adopted: the log goes on" : "the log would go on") at position \(view.words("position"))\n"
        text += "the dump ends at position \(view.words("previousHead")); "
        text += "the highest one seen is \(view.words("highestSeen"))\n"
        for session in view.rows("kept").compactMap(\.string) {
            text += "\(words(session)) \(isDone ? "keeps" : "would keep") what it holds\n"
        }
        for end in view.rows("ended") {
            text +=
                "\(words(end.words("session"))) \(isDone ? "is ended" : "would end"): \(oneLine(end.words("evidence")))\n"
        }
        for task in view.rows("running").compactMap(\.string) {
            text += "task \(task) \(isDone ? "runs on" : "would run on")\n"
        }
        for task in view.rows("over").compactMap(\.string) {
            text += "task \(task) runs no more: the service ends it when it starts, as its files tell\n"
        }
        for end in view.rows("finished") {
            text += "task \(end.words("task")) \(isDone ? "is" : "would be") \(end.words("outcome")): "
            text += "\(oneLine(end.words("evidence")))\n"
        }
        for stray in view.rows("strays") {
            text +=
                "task \(stray.words("task")) attempt \(stray.words("attempt")) runs here, and the restored log does not know "
                + "of it: let it end, or end it with kill \(stray.words("pid")); its log: \(stray.words("log"))\n"
        }
        return text
    }
}
