internal import Glibc
internal import Synchronization

/// Files of the kernel's that are read again and again. Each stays open from its first reading on: to find it and open it anew costs as
/// much as to read it. Read from its beginning it is what it is now (proc(5)). For a few that are always the same.
public final class KeptFiles: Sendable {
    private final class File: Sendable {
        let descriptor: Descriptor
        init(_ path: String) throws(SystemError) { descriptor = try Descriptor.open(path, O_RDONLY) }
    }

    /// Those that nobody is reading.
    private let idle = Mutex<[String: File]>([:])

    /// None is open.
    public init() {}

    /// As `readFile`. Whoever reads one that is being read opens it for himself, and waits for nobody.
    public func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        if let file = idle.withLock({ $0.removeValue(forKey: path) }),
            let bytes = try? readAll(file.descriptor.raw, path, limit: limit, isRewound: true)
        {
            idle.withLock { $0[path] = file }
            return bytes
        }
        let file = try File(path)
        let bytes = try readAll(file.descriptor.raw, path, limit: limit)
        idle.withLock { $0[path] = file }
        return bytes
    }
}
