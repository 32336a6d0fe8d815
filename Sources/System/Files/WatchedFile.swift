internal import Synchronization

/// A file of which the kernel tells when it is another one than when it was read last, such as /proc/self/mountinfo (proc(5)): poll(2)
/// says so.
public final class WatchedFile: Sendable {
    private let path: String
    /// As it was read; nil before that, and while somebody reads it.
    private let known = Mutex<OpenFile?>(nil)

    /// The file at `path`. Nothing is opened yet.
    public init(_ path: String) { self.path = path }

    /// The whole file; nil where it is what was read before. One that is longer than `limit` bytes is refused with `.tooLarge`.
    public func readIfChanged(limit: Int) throws(SystemError) -> [UInt8]? {
        let file = known.withLock { known in
            defer { known = nil }
            return known
        }
        // What changes after this is a change for the next one.
        if let file, !file.hasChanged {
            known.withLock { $0 = file }
            return nil
        }
        let next = try OpenFile(path)
        let bytes = try next.read(limit: limit)
        known.withLock { $0 = next }
        return bytes
    }
}
