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

    /// User and system time so far; the kernel counts in hundredths.
    static func cpuSeconds(_ pid: Int32) throws -> Double {
        let text = try text("/proc/\(pid)/stat")
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        guard fields.count > 13, let user = Int(fields[12]), let system = Int(fields[13]) else {
            throw Failure(description: "/proc/\(pid)/stat cannot be read")
        }
        return Double(user + system) / 100
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
