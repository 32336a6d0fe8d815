/// What an app would be given.
public struct ReconfigurationPlan: Sendable {
    /// Its id.
    public let app: String
    /// What it is to have; nil for no mail.
    public let wanted: AppMail?
    /// What it was given last; nil for no mail.
    public let applied: AppMail?
    /// The type of the task that would do it.
    public let task: String

    /// While the mail server is called `name`.
    public init(_ app: AppRecord, _ name: String?, task: String) {
        self.app = app.id
        wanted = app.wanted(name)
        applied = app.applied
        self.task = task
    }
}
