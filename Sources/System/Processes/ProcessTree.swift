internal import Glibc

/// Who descends from whom, from /proc. Every answer is a moment's picture: check an identity before acting on it.
public enum ProcessTree {
    /// A chain of ancestors ends here at the latest.
    public static let maximumDepth = 256
    /// Environments are read up to this size when searching by them.
    public static let maximumEnvironmentBytes = 1 << 20

    /// The living ancestors of a process, its parent first, up to the first process of the pid namespace.
    public static func ancestors(of pid: Int32) throws(SystemError) -> [ProcessIdentity] {
        let here = try Vantage.current
        var chain: [ProcessIdentity] = []
        var next = try ProcessStatus.of(pid: pid).parent
        while next > 0 && chain.count < maximumDepth {
            guard let status = try? ProcessStatus.of(pid: next) else { break }
            chain.append(
                ProcessIdentity(
                    bootID: here.bootID, pidNamespace: here.pidNamespace, pid: next, startTicks: status.startTicks))
            next = status.parent
        }
        return chain
    }

    /// All processes below this one, nearest first: by /proc/PID/task/TID/children, or by everybody's parent where the kernel
    /// was built without that file. Zombies are included.
    public static func descendants(of pid: Int32) throws(SystemError) -> [ProcessIdentity] {
        let here = try Vantage.current
        var found: [ProcessIdentity] = []
        var level = try children(of: pid)
        var seen: Set<Int32> = [pid]
        while !level.isEmpty {
            var next: [Int32] = []
            for child in level where seen.insert(child).inserted {
                guard let status = try? ProcessStatus.of(pid: child) else { continue }
                found.append(
                    ProcessIdentity(
                        bootID: here.bootID, pidNamespace: here.pidNamespace, pid: child, startTicks: status.startTicks)
                )
                next += (try? children(of: child)) ?? []
            }
            level = next
        }
        return found
    }

    /// All processes whose environment has all of the entries `NAME=value`, this one excepted; an ordinary user finds his own
    /// only.
    public static func carrying(_ entries: [String]) throws(SystemError) -> [ProcessIdentity] {
        var found: [ProcessIdentity] = []
        for name in try namesInDirectory("/proc") {
            guard let pid = Int32(name), pid != getpid(),
                let bytes = try? readFile("/proc/\(name)/environ", limit: maximumEnvironmentBytes), !bytes.isEmpty,
                hasAll(entries, in: bytes),
                let identity = try? ProcessIdentity.of(pid: pid)
            else { continue }
            found.append(identity)
        }
        return found
    }

    private static func hasAll(_ entries: [String], in environment: [UInt8]) -> Bool {
        let found = environment.split(separator: 0)
        return entries.allSatisfy { entry in found.contains { $0.elementsEqual(entry.utf8) } }
    }

    private static func children(of pid: Int32) throws(SystemError) -> [Int32] {
        var found: [Int32] = []
        guard let threads = try? namesInDirectory("/proc/\(pid)/task") else { return [] }
        for thread in threads {
            do throws(SystemError) {
                let text = try kernelText("/proc/\(pid)/task/\(thread)/children", limit: maximumEnvironmentBytes)
                found += text.split(separator: " ").compactMap { Int32($0) }
            } catch {
                guard error.code == .notFound, access("/proc/self/task/\(getpid())/children", F_OK) != 0 else {
                    continue
                }
                return try childrenByScan(of: pid)
            }
        }
        return found
    }

    private static func childrenByScan(of pid: Int32) throws(SystemError) -> [Int32] {
        try namesInDirectory("/proc").compactMap { Int32($0) }.filter {
            (try? ProcessStatus.of(pid: $0))?.parent == pid
        }
    }
}
