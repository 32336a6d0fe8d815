import Events

/// What a rename of the mail server would do.
public struct RenamePlan: Sendable {
    /// Its name so far; nil for none.
    public let from: String?
    /// The name that is wanted.
    public let to: String
    /// Apps that would be reconfigured, by id.
    public let apps: [String]
    /// Apps that are stopped and have the name when they are started, by id.
    public let stopped: [String]

    /// From the state as it is.
    public init(to name: String, _ platform: Platform) {
        (from, to) = (platform.mail.name?.text, name)
        let lagging = platform.apps.all.filter { $0.lags(name) }
        apps = lagging.filter { !$0.settings.isStopped }.map(\.id)
        stopped = lagging.filter(\.settings.isStopped).map(\.id)
    }
}
