internal import Glibc

/// An exclusive lock on a file between processes (flock(2)): it ends with this value or with the process, even by kill −9.
/// Two values in one process exclude each other too. Advisory, and of one host.
public struct FileLock: ~Copyable, Sendable {
    private let file: Descriptor

    private init(_ file: consuming Descriptor) { self.file = file }

    // Not by closing alone: a child that was just forked has the same open file for a moment, and the lock with it.
    deinit { flock(file.raw, LOCK_UN) }

    /// Takes the lock of a file, which is made with mode 0600 where it is missing; `nil` when somebody else holds it.
    public static func attempt(_ path: String) throws(SystemError) -> FileLock? {
        let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW)
        guard flock(file.raw, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw SystemError(errno: errno, "lock \(path)") }
            return nil
        }
        return FileLock(file)
    }

    /// Takes the lock, waiting for it without end and blocking the thread: not for the cooperative pool.
    public static func waiting(_ path: String) throws(SystemError) -> FileLock {
        let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW)
        let number = file.raw
        guard uninterrupted({ flock(number, LOCK_EX) }) == 0 else { throw SystemError(errno: errno, "lock \(path)") }
        return FileLock(file)
    }
}
