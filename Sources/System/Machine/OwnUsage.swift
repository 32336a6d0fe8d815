internal import Glibc

/// What this process uses at one moment (proc(5), getrusage(2)).
public struct OwnUsage: Sendable {
    /// Bytes of memory in RAM.
    public let residentBytes: Int
    /// Processor time since its start, in user and kernel mode, without children.
    public let cpuMicroseconds: Int
    /// Open file descriptors.
    public let descriptors: Int

    /// The present usage. Throws where /proc is not mounted.
    public static func now() throws(SystemError) -> OwnUsage {
        let pages = try kernelText("/proc/self/statm").split(separator: " ").dropFirst().first.flatMap { Int($0) }
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return OwnUsage(
            residentBytes: (pages ?? 0) * Host.pageBytes,
            cpuMicroseconds: seconds * 1_000_000 + Int(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec),
            // Without the one that reads them.
            descriptors: max(0, try namesInDirectory("/proc/self/fd").count - 1))
    }
}
