public import System

/// Something that could not be read or understood.
public struct Problem: Error, Equatable {
    /// The file, the mount or the collector.
    public let source: String
    /// A sentence without a full stop.
    public let message: String

    /// A problem.
    public init(source: String, message: String) {
        (self.source, self.message) = (source, message)
    }
}

/// What a collector has come to.
public struct Report: Sendable {
    /// The collector.
    public let collector: String
    /// Nil when it has not come to an end in time.
    public let duration: Duration?
    /// What it measured.
    public let samples: [Sample]
    /// What it could not.
    public let problems: [Problem]
    /// What people should know though nothing failed; not counted.
    public var remarks: [Problem] = []

    /// It read everything, and in time.
    public var isSuccess: Bool { duration != nil && problems.isEmpty }
}

/// All collectors, once.
public struct Pass: Sendable {
    /// Of each collector one.
    public let reports: [Report]
    /// When it began.
    public let at: WallTime
    /// The same, by the clock that nobody sets.
    public let monotonic: MonotonicTime
    /// Calls that had not returned then, each with a thread.
    public let hanging: Int
}
