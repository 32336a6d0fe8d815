internal import Synchronization

/// Files of the kernel's that are read again and again. Each stays open from its first reading on: to find it and open it anew costs as
/// much as to read it. Read from its beginning it is what it is now (proc(5)). For a few that are always the same.
public final class KeptFiles: Sendable {
    /// Those that nobody is reading.
    private let idle = Mutex<[String: OpenFile]>([:])

    /// None is open.
    public init() {}

    /// As `readFile`. Whoever reads one that is being read opens it for himself, and waits for nobody.
    public func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        if let file = idle.withLock({ $0.removeValue(forKey: path) }),
            let bytes = try? file.read(limit: limit)
        {
            idle.withLock { $0[path] = file }
            return bytes
        }
        let file = try OpenFile(path)
        let bytes = try file.read(limit: limit)
        idle.withLock { $0[path] = file }
        return bytes
    }
}
