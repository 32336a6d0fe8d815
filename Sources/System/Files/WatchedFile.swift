internal import Glibc
internal import Synchronization

/// A file of which the kernel tells when it is another one than when it was read last, such as /proc/self/mountinfo (proc(5)): poll(2)
/// says so.
public final class WatchedFile: Sendable {
    private final class File: Sendable {
        let descriptor: Descriptor
        init(_ path: String) throws(SystemError) { descriptor = try Descriptor.open(path, O_RDONLY) }

        var hasChanged: Bool {
            // POLLERR need not be asked for.
            var query = pollfd(fd: descriptor.raw, events: Int16(POLLPRI), revents: 0)
            return poll(&query, 1, 0) != 0
        }
    }

    private let path: String
    /// As it was read; nil before that, and while somebody reads it.
    private let known = Mutex<File?>(nil)

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
        let next = try File(path)
        let bytes = try readAll(next.descriptor.raw, path, limit: limit)
        known.withLock { $0 = next }
        return bytes
    }
}
