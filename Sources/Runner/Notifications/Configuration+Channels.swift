public import Projections

extension Configuration {
    /// By what notifications are brought to people, beside the inbox. The section `notifications` is checked, and not followed
    /// yet: so, by nothing.
    public var channels: Channels { Channels() }
}
