public import Events

/// The raises that no event tells of yet, kept by who raises often: with them its next raise of the key stands for all. Bounded
/// by the number of notifications that can be open.
public struct RepeatTally: Sendable {
    private var untold: [NotificationID: Int] = [:]

    /// Nothing is untold.
    public init() {}

    /// How many raises the next one of this notification stands for, itself included; nil for one that is not open.
    public func times(of notification: NotificationID?) -> Int {
        1 + (notification.flatMap { untold[$0] } ?? 0)
    }

    /// What became of one that stood for `times`.
    public mutating func note(_ notification: NotificationID, _ times: Int, isRecorded: Bool) {
        untold[notification] = isRecorded ? nil : times
        // Those that are over leave what was untold of them behind.
        if untold.count > Platform.maximumOpenNotifications { untold = [notification: times] }
    }
}
