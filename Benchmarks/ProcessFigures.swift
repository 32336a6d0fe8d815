import Glibc
import System

/// What the kernel says of a process (proc(5)).
enum ProcessFigures {
    struct Memory {
        var residentMegabytes: Double
        var privateMegabytes: Double
    }

    static func memory(_ pid: Int32) throws -> Memory {
        let lines = try text("/proc/\(pid)/smaps_rollup").split(separator: "\n")
        func megabytes(_ names: String...) -> Double {
            let kilobytes = lines.filter { line in names.contains { line.hasPrefix($0 + ":") } }.compactMap { line in
                line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
            }
            return Double(kilobytes.reduce(0, +)) / 1024
        }
        return Memory(
            residentMegabytes: megabytes("Rss"), privateMegabytes: megabytes("Private_Clean", "Private_Dirty"))
    }

    /// User and system time so far, of threads that have ended too, by the process's own clock, which counts nanoseconds.
    static func cpuSeconds(_ pid: Int32) throws -> Double {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else {
            throw Failure(description: "process \(pid) is not there")
        }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Processes of a program whose arguments name a place below `directory`.
    static func processes(named name: String, below directory: String) throws -> [Int32] {
        try Directory.names(in: "/proc").compactMap { Int32($0) }.filter { pid in
            guard let words = try? text("/proc/\(pid)/cmdline") else { return false }
            return words.split(separator: "\0").first?.hasSuffix(name) == true && words.contains(directory)
        }
    }

    static func openDescriptors(_ pid: Int32) throws -> Int { try Directory.names(in: "/proc/\(pid)/fd").count }

    private static func text(_ path: String) throws -> String {
        guard let bytes = try DurableFile.read(path, limit: 1 << 20) else {
            throw Failure(description: "\(path) is not there")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
