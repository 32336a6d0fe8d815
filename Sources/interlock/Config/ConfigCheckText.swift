import Projections

/// What a configuration without mistakes has.
struct ConfigCheckText: ViewText {
    func text(of view: View, on page: Page) -> String {
        guard let file = view.string("file") else {
            return "there is no \(Context.defaultConfigurationFile): the defaults hold, without task types\n"
        }
        let tasks = view.rows("tasks").compactMap(\.string)
        let types = tasks.isEmpty ? "no task types" : "task types " + tasks.joined(separator: ", ")
        let notices = view.rows("notices").compactMap(\.string)
        return (["\(file) is right: \(types)"] + notices).map { $0 + "\n" }.joined()
    }
}
