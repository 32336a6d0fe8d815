public import System

/// What is to go to carbon, how far it has come, and what is to be done next. A value: the clock comes in, and who holds it does what
/// it says.
///
/// Carbon acknowledges nothing. Lines are kept until its host has acknowledged their bytes (TCP) and the connection has stood for a
/// while after that; of a connection that ends before, all of them are sent again from the beginning of a line: twice is harmless.
public struct GraphiteSender: Sendable {
    /// The most bytes that are kept: what a host with 200 series measures in an hour and a half at 10 s. Beyond it the oldest are dropped.
    public static let maximumBytes = 8 << 20
    /// What a carbon that takes nothing has to take a byte in; then the connection is given up.
    public static let patience = Duration.seconds(60)
    /// How long a connection has to stand after its last acknowledgement before that is believed: carbon may end with bytes that it
    /// has not read.
    public static let settling = Duration.seconds(5)
    /// From a first failure to the next try; each further one doubles it.
    public static let firstPause = Duration.seconds(1)
    /// The longest pause between tries.
    public static let longestPause = Duration.seconds(60)

    /// What is to be done now.
    public enum Step: Sendable, Equatable {
        /// Connect, and say `connected` or `ended`.
        case connect
        /// Write as much of it as goes, and say `wrote` or `ended`.
        case write(ArraySlice<UInt8>)
        /// Close the connection: nobody reads at its other end. That counts as ended already.
        case close
        /// Wait for new lines or the connection's end, `forWriting` for its readiness too, and no longer than `until`; then say
        /// `acknowledged` where there is a connection, and `writable` where it is.
        case wait(until: MonotonicTime?, forWriting: Bool)
    }

    private var kept: [GraphiteLines] = []
    private var keptBytes = 0
    /// Bytes from the beginning of what is kept.
    private var written = 0
    private var acknowledged = 0
    private var acknowledgedAt: MonotonicTime?
    private var isBlocked = false
    /// Something is being written, of which it is not known how much.
    private var isWriting = false
    private var lastProgress: MonotonicTime?
    private var failures = 0
    private var nextTry: MonotonicTime?

    /// There is a connection.
    public private(set) var isConnected = false
    /// Lines that carbon's host has taken.
    public private(set) var sentLines = 0
    /// Lines that were dropped for want of room.
    public private(set) var droppedLines = 0
    /// When lines were last known to be taken.
    public private(set) var lastSuccess: WallTime?

    /// With nothing to send.
    public init() {}

    /// Lines that are not known to be taken yet.
    public var queuedLines: Int { kept.reduce(0) { $0 + $1.count } }

    /// Takes lines behind those that are there.
    public mutating func take(_ lines: [GraphiteLines]) {
        for lines in lines {
            // With those before, where these are not on their way: few long ones are sooner gone through than many short ones.
            if let last = kept.last, written <= keptBytes - last.text.count,
                last.text.count + lines.text.count <= GraphiteNames.maximumTextBytes
            {
                kept[kept.count - 1] += lines
            } else {
                kept.append(lines)
            }
            keptBytes += lines.text.count
        }
        while keptBytes > Self.maximumBytes, drop() {}
    }

    /// The oldest that is not on its way with a part of a line. False when there is none.
    private mutating func drop() -> Bool {
        var begin = 0
        for index in kept.indices {
            let end = begin + kept[index].text.count
            if written < begin || written == begin && !isWriting || written >= end {
                let dropped = kept.remove(at: index)
                keptBytes -= dropped.text.count
                droppedLines += dropped.count
                if written >= end { written -= dropped.text.count }
                acknowledged -= max(0, min(acknowledged, end) - begin)
                return true
            }
            begin = end
        }
        return false
    }

    /// What to do now.
    public mutating func next(at now: MonotonicTime) -> Step {
        guard isConnected else {
            if kept.isEmpty { return .wait(until: nil, forWriting: false) }
            if let nextTry, nextTry > now { return .wait(until: nextTry, forWriting: false) }
            return .connect
        }
        if isBlocked {
            let end = (lastProgress ?? now).advanced(by: Self.patience)
            guard end <= now else { return .wait(until: end, forWriting: true) }
            ended(at: now)
            return .close
        }
        if let rest {
            isWriting = true
            return .write(rest)
        }
        return .wait(until: kept.isEmpty ? nil : (acknowledgedAt ?? now).advanced(by: Self.settling), forWriting: false)
    }

    /// What is next to be written, of one of those that are kept.
    private var rest: ArraySlice<UInt8>? {
        var begin = 0
        for lines in kept {
            if written < begin + lines.text.count { return lines.text[(written - begin)...] }
            begin += lines.text.count
        }
        return nil
    }

    /// There is a connection, on which nothing has been written.
    public mutating func connected(at now: MonotonicTime) {
        (isConnected, lastProgress) = (true, now)
    }

    /// So many bytes are on their way; with none the connection takes no more for now.
    public mutating func wrote(_ count: Int, at now: MonotonicTime) {
        written += count
        if count > 0 { lastProgress = now }
        (isBlocked, isWriting) = (count == 0, false)
    }

    /// The connection takes bytes again.
    public mutating func writable() { isBlocked = false }

    /// Of what was written, so many bytes are not acknowledged yet. What was so before, long enough ago, is done with: true where that is
    /// something.
    public mutating func acknowledged(allBut rest: Int, at now: MonotonicTime, _ time: WallTime) -> Bool {
        if let since = acknowledgedAt, since.advanced(by: Self.settling) > now { return false }
        var done = 0
        while let first = kept.first, done + first.text.count <= acknowledged {
            done += first.text.count
            sentLines += first.count
            kept.removeFirst()
        }
        if done > 0 { (failures, lastSuccess) = (0, time) }
        keptBytes -= done
        written -= done
        (acknowledged, acknowledgedAt) = (max(0, written - rest), now)
        return done > 0
    }

    /// There is no connection, or none came about. What was not done with goes again.
    public mutating func ended(at now: MonotonicTime) {
        var pause = Self.firstPause
        for _ in 0..<failures where pause < Self.longestPause { pause *= 2 }
        failures += 1
        nextTry = now.advanced(by: min(pause, Self.longestPause))
        (isConnected, isBlocked, isWriting, written, acknowledged) = (false, false, false, 0, 0)
        (acknowledgedAt, lastProgress) = (nil, nil)
    }
}
