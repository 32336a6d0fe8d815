internal import Glibc

/// How a process ended, and what it had used.
public struct ProcessEnd: Sendable, Equatable {
    /// The two ways to end.
    public enum Cause: Sendable, Equatable {
        /// It left with this exit code, 0 to 255.
        case exited(Int32)
        /// This signal ended it; a core may have been written.
        case signalled(Int32, coreDumped: Bool)
    }

    /// How it ended.
    public let cause: Cause
    /// What it used, with those of its descendants that it waited for.
    public let usage: ResourceUsage

    /// An end with its cause and usage.
    public init(cause: Cause, usage: ResourceUsage) {
        self.cause = cause
        self.usage = usage
    }

    /// What a shell makes of it: the exit code, or 128 and the signal.
    public var shellCode: Int32 {
        switch cause {
        case .exited(let code): code
        case .signalled(let number, _): 128 + number
        }
    }

    /// The end as a sentence for a record.
    public var evidence: String {
        switch cause {
        case .exited(let code): "the process exited with code \(code)"
        case .signalled(let number, _): "the process was ended by \(Signals.name(of: number))"
        }
    }

    /// From a wait status (wait(2): the low seven bits are the signal, bit 7 the core, the next eight the exit code).
    init(status: Int32, usage: ResourceUsage) {
        let signal = status & 0x7F
        cause = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal, coreDumped: status & 0x80 != 0)
        self.usage = usage
    }
}

/// Processor time and memory (getrusage(2)).
public struct ResourceUsage: Sendable, Equatable {
    /// User and system time, in microseconds.
    public let cpuMicroseconds: UInt64
    /// The largest resident set any one process had, in bytes.
    public let maxResidentBytes: UInt64

    /// Figures from elsewhere, such as a record.
    public init(cpuMicroseconds: UInt64, maxResidentBytes: UInt64) {
        self.cpuMicroseconds = cpuMicroseconds
        self.maxResidentBytes = maxResidentBytes
    }

    init(_ usage: rusage) {
        let seconds = UInt64(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        cpuMicroseconds = seconds * 1_000_000 + UInt64(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
        maxResidentBytes = UInt64(usage.ru_maxrss) * 1024
    }

    /// All children of this process that ended and were reaped, with theirs.
    public static var ofReapedChildren: ResourceUsage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        return ResourceUsage(usage)
    }
}

/// Reaps ended children of this process, for a program that stands over others and is single-threaded.
public enum Reaper {
    /// A child's state, without waiting.
    public enum Found: Sendable, Equatable {
        /// This child had ended and is reaped now.
        case ended(pid: Int32, ProcessEnd)
        /// There are children, and none has ended.
        case noneYet
        /// There are no children at all.
        case noChildren
    }

    /// Reaps one ended child (wait4(2)): the given one, or any.
    public static func reap(_ pid: Int32 = -1) -> Found {
        var status: Int32 = 0
        var usage = rusage()
        let found = uninterrupted { wait4(pid, &status, WNOHANG, &usage) }
        if found > 0 { return .ended(pid: found, ProcessEnd(status: status, usage: ResourceUsage(usage))) }
        return found == 0 ? .noneYet : .noChildren
    }
}
