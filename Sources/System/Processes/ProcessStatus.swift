internal import Glibc

/// What /proc/PID/stat says of a process at one moment (proc(5)); readable for everybody's processes unless /proc is mounted
/// with `hidepid`.
public struct ProcessStatus: Sendable, Equatable {
    /// Process id in this program's pid namespace.
    public let pid: Int32
    /// The program's name as the kernel keeps it: at most 15 bytes, no arguments.
    public let name: String
    /// The state letter: R running, S sleeping, D uninterruptible, T stopped, t traced, Z zombie, X dead.
    public let state: Character
    /// The parent's process id; 0 when that lies outside this namespace.
    public let parent: Int32
    /// The process group's id.
    public let group: Int32
    /// The session's id.
    public let session: Int32
    /// Threads of the process.
    public let threads: Int
    /// Start of the process in clock ticks (of 10 ms) since boot. With the pid it names one process: a pid comes again only
    /// after all others were used.
    public let startTicks: UInt64

    /// Reads the status. Throws `.noProcess` when nothing has that pid, `.permission` when it cannot be seen.
    public static func of(pid: Int32) throws(SystemError) -> ProcessStatus {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try readFile("/proc/\(pid)/stat", limit: maximumStatusBytes)
        } catch {
            guard error.errno == ENOENT || error.errno == ESRCH else { throw error }
            throw SystemError(.noProcess, "no process \(pid) can be seen")
        }
        guard let status = ProcessStatus(parsing: bytes) else {
            throw SystemError(.malformed, "/proc/\(pid)/stat has an unknown form")
        }
        return status
    }

    /// Parses the line; nil where it has another form. The name stands between the first "(" and the last ")": it may itself hold blanks and parentheses.
    public init?(parsing bytes: [UInt8]) {
        guard let open = bytes.firstIndex(of: UInt8(ascii: "(")), let close = bytes.lastIndex(of: UInt8(ascii: ")")),
            open < close, let pid = Int32(String(decoding: bytes[..<open].dropLast(), as: UTF8.self))
        else { return nil }
        let rest = String(decoding: bytes[(close + 1)...], as: UTF8.self).split(whereSeparator: {
            $0 == " " || $0 == "\n"
        })
        // Counted from the state letter, which proc(5) numbers 3.
        guard rest.count > 19, let state = rest[0].first, let parent = Int32(rest[1]), let group = Int32(rest[2]),
            let session = Int32(rest[3]), let threads = Int(rest[17]), let startTicks = UInt64(rest[19])
        else { return nil }
        self.pid = pid
        self.name = String(decoding: bytes[(open + 1)..<close], as: UTF8.self)
        self.state = state
        self.parent = parent
        self.group = group
        self.session = session
        self.threads = threads
        self.startTicks = startTicks
    }
}

private let maximumStatusBytes = 4096
