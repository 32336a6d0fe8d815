internal import Glibc

/// One process, named so that no other process can ever be taken for it: which boot, which pid namespace the number counts in
/// (that of whoever looked, so that root's view of a container's process is the host's), the number, and when it began.
public struct ProcessIdentity: Sendable, Hashable, CustomStringConvertible {
    /// /proc/sys/kernel/random/boot_id: a random UUID of this boot.
    public let bootID: String
    /// Inode number of the pid namespace in which `pid` counts (namespaces(7)).
    public let pidNamespace: UInt64
    /// Process id.
    public let pid: Int32
    /// Start in clock ticks of 10 ms since boot.
    public let startTicks: UInt64

    /// An identity from its parts, such as a recorded one.
    public init(bootID: String, pidNamespace: UInt64, pid: Int32, startTicks: UInt64) {
        self.bootID = bootID
        self.pidNamespace = pidNamespace
        self.pid = pid
        self.startTicks = startTicks
    }

    /// All four parts, for a log line.
    public var description: String { "process \(pid) (start \(startTicks), namespace \(pidNamespace), boot \(bootID))" }

    /// This very process. Throws `.unsupported` where /proc is missing or belongs to another pid namespace.
    public static var current: ProcessIdentity {
        get throws(SystemError) { try of(pid: getpid()) }
    }

    /// The process that has this pid now, a zombie included. Throws `.noProcess` when there is none.
    public static func of(pid: Int32) throws(SystemError) -> ProcessIdentity {
        let here = try Vantage.current
        let status = try ProcessStatus.of(pid: pid)
        return ProcessIdentity(
            bootID: here.bootID, pidNamespace: here.pidNamespace, pid: pid, startTicks: status.startTicks)
    }
}

/// From where this program looks at processes: a boot and a pid namespace.
struct Vantage: Equatable {
    var bootID: String
    var pidNamespace: UInt64

    /// The initial pid namespace has this inode number on every kernel (PROC_PID_INIT_INO in linux/proc_ns.h).
    static let initialPidNamespace: UInt64 = 0xEFFF_FFFC

    /// Reads both. A /proc of another pid namespace would show other processes under our numbers, and one of a shifted time
    /// namespace other start times: refused.
    static var current: Vantage {
        get throws(SystemError) {
            let bootID = try kernelText("/proc/sys/kernel/random/boot_id")
            let shown = try readLink("/proc/self")
            guard shown == String(getpid()) else {
                throw SystemError(
                    .unsupported,
                    "/proc belongs to another pid namespace (it shows this process as \(shown), not \(getpid())): mount it anew"
                )
            }
            guard let namespace = namespaceNumber(try readLink("/proc/self/ns/pid")) else {
                throw SystemError(.unsupported, "/proc/self/ns/pid has an unknown form")
            }
            guard try isTimeUnshifted() else {
                throw SystemError(
                    .unsupported,
                    "this process is in a time namespace whose boot-time clock is shifted: it sees other start times of "
                        + "processes than the host does, and would be taken for dead; run it outside"
                )
            }
            return Vantage(bootID: bootID, pidNamespace: namespace)
        }
    }

    /// By /proc/self/timens_offsets (time_namespaces(7)); kernels without time namespaces have none, and shift nothing.
    private static func isTimeUnshifted() throws(SystemError) -> Bool {
        let offsets: String
        do throws(SystemError) {
            offsets = try kernelText("/proc/self/timens_offsets")
        } catch {
            guard error.errno == ENOENT else { throw error }
            return true
        }
        let line = offsets.split(separator: "\n").first { $0.hasPrefix("boottime") }
        return line?.split(separator: " ").dropFirst().allSatisfy { $0 == "0" } ?? true
    }

    /// The namespace of a process, `nil` when it ended meanwhile. Where the link may not be read (it asks for ptrace access),
    /// /proc/PID/status tells: a process with one number in `NSpid` is of this namespace. Throws when neither does.
    func pidNamespace(of pid: Int32) throws(SystemError) -> UInt64? {
        do throws(SystemError) {
            return Self.namespaceNumber(try readLink("/proc/\(pid)/ns/pid"))
        } catch {
            if error.errno == ENOENT || error.errno == ESRCH { return nil }
            guard let text = try? kernelText("/proc/\(pid)/status"),
                let line = text.split(separator: "\n").first(where: { $0.hasPrefix("NSpid:") }),
                line.split(whereSeparator: { $0 == " " || $0 == "\t" }).count == 2
            else { throw error }
            return pidNamespace
        }
    }

    /// The number in "pid:[4026531836]".
    static func namespaceNumber(_ link: String) -> UInt64? {
        guard link.hasPrefix("pid:["), link.hasSuffix("]") else { return nil }
        return UInt64(link.dropFirst(5).dropLast())
    }
}

/// The target of a symbolic link (readlink(2)).
func readLink(_ path: String) throws(SystemError) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    guard count >= 0 else { throw SystemError(errno: errno, "read the link \(path)") }
    return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
}
