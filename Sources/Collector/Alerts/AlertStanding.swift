internal import System

/// How a rule stands for one of the things that it is about: a state machine, whose input is a sample, or the time.
struct AlertStanding: Sendable, Equatable {
    /// No rule looks back further.
    static let maximumWindow = 64
    /// It is missing when so many samples did not come.
    private static let gaps: UInt64 = 3
    /// Seconds: who measures more rarely is missed as if he did so often.
    private static let longestInterval = 366 * 86_400.0
    /// What has been missing for so long is not there any more.
    static let forgetting = Duration.seconds(86_400)

    /// Nil where all is well.
    private(set) var raised: AlertLevel?
    var isMissing: Bool { end != nil }
    /// The last sample; nil where none was seen since the start.
    private(set) var value: Double?
    private(set) var seen: MonotonicTime
    /// Where it is missing: when it is forgotten, if nothing comes.
    private var end: MonotonicTime?
    /// The last samples, of which the lowest bit is the newest: whether they were bad.
    private var bad: UInt64 = 0
    /// How often it is measured, in nanoseconds: what is so rarely is not missing in between. Not known until it was.
    private var gap: UInt64 = 1_200_000_000_000
    private var calm = 0

    /// Nothing is known but how it stood before a restart.
    ///
    /// - Parameter missing: for how long nothing has been measured; nil where something was.
    init(raised: AlertLevel? = nil, missing: Duration? = nil, at now: MonotonicTime) {
        (self.raised, seen) = (raised, now)
        end = missing.map { now.advanced(by: Self.forgetting - min(max($0, .zero), Self.forgetting)) }
    }

    /// It was so before a restart, since which it has been measured: what was told of it is still told.
    mutating func restore(raised before: AlertLevel?) { raised = max(raised, before) }

    /// - Parameter every: how often it is measured.
    mutating func take(_ value: Double, _ rule: AlertRule, every: Duration, at now: MonotonicTime) {
        gap = UInt64(min(max(0, every.seconds), Self.longestInterval) * 1e9)
        (self.value, seen, end) = (value, now, nil)
        bad = bad << 1 | (rule.isBad(value) ? 1 : 0)
        calm = rule.isGood(value) ? calm + 1 : 0
        let window = bad & (rule.window < Self.maximumWindow ? (1 << UInt64(rule.window)) - 1 : .max)
        if window.nonzeroBitCount >= rule.hits, rule.isBad(value) {
            // It gets worse at once, and better only when it is over.
            raised = max(raised, rule.isCritical(value) ? .critical : .warning)
        } else if calm >= rule.calm {
            raised = nil
        }
    }

    /// False when it is to be forgotten.
    mutating func look(_ rule: AlertRule, at now: MonotonicTime) -> Bool {
        if let end { return now < end }
        let late = Duration.nanoseconds(Int64(clamping: gap * Self.gaps))
        guard now >= seen.advanced(by: max(rule.missing, late)) else { return true }
        end = now.advanced(by: Self.forgetting)
        // What comes back after that is another thing.
        (bad, calm) = (0, 0)
        return true
    }
}

/// How much it matters.
public enum AlertLevel: Int, Sendable, Comparable {
    /// Somebody should look.
    case warning
    /// Somebody should look at once.
    case critical

    /// Critical is more.
    public static func < (left: AlertLevel, right: AlertLevel) -> Bool { left.rawValue < right.rawValue }
}

/// The worse one; nil where all is well.
private func max(_ left: AlertLevel?, _ right: AlertLevel?) -> AlertLevel? { [left, right].compactMap { $0 }.max() }
