internal import Glibc

/// Tells when something happens to the files of a directory (inotify(7)): one is made, written to, renamed or removed. One
/// task at a time may wait.
public final class DirectoryWatch: Sendable {
    private let events: Descriptor

    /// From here on nothing is missed. Throws `.notFound` when there is no such directory.
    public init(_ path: String) throws(SystemError) {
        let raw = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard raw >= 0 else { throw SystemError(errno: errno, "watch \(path)") }
        let events = Descriptor(owning: raw)
        let mask = UInt32(IN_CREATE) | UInt32(IN_MODIFY) | UInt32(IN_MOVED_TO) | UInt32(IN_DELETE) | UInt32(IN_ONLYDIR)
        guard inotify_add_watch(events.raw, path, mask) >= 0 else { throw SystemError(errno: errno, "watch \(path)") }
        self.events = events
    }

    /// Returns when something has happened since the last call; false when the task was cancelled.
    public func wait() async throws(SystemError) -> Bool {
        guard try await Readiness.shared.readable(events.raw) else { return false }
        // What it was does not matter: who waits looks for himself.
        while let bytes = try events.read(atMost: Self.bytesAtOnce), !bytes.isEmpty {}
        return true
    }

    private static let bytesAtOnce = 16 << 10
}
