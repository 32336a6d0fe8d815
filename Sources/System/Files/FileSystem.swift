internal import Glibc

/// What a directory and the disk under it allow.
public enum FileSystem {
    /// The permission bits of a file or directory, such as 0o755.
    public static func mode(of path: String) throws(SystemError) -> UInt32 {
        var status = stat()
        guard stat(path, &status) == 0 else { throw SystemError(errno: errno, "look at \(path)") }
        return status.st_mode & 0o7777
    }

    /// What tells a file or directory from all others of its file system; nil where there is none. A link leads to its target.
    public static func inode(of path: String) -> UInt64? {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
    }

    /// True when this user may make files in a directory.
    public static func isWritable(_ path: String) -> Bool {
        access(path, W_OK | X_OK) == 0
    }

    /// Bytes that this user may still write to the disk under `path`, see statvfs(3).
    public static func freeBytes(at path: String) throws(SystemError) -> Int {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw SystemError(errno: errno, "ask for the room left at \(path)") }
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow ? Int.max : Int(clamping: bytes)
    }

    /// How full the file system at `path` is, see statvfs(3). Where its server is away it may never return: `HangingCalls`.
    public static func room(at path: String) throws(SystemError) -> FileSystemRoom {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw SystemError(errno: errno, "ask for the room left at \(path)") }
        return FileSystemRoom(
            blockBytes: UInt64(status.f_frsize), blocks: UInt64(status.f_blocks), freeBlocks: UInt64(status.f_bfree),
            availableBlocks: UInt64(status.f_bavail), inodes: UInt64(status.f_files),
            freeInodes: UInt64(status.f_ffree), isReadOnly: status.f_flag & UInt(ST_RDONLY) != 0)
    }
}

/// How full a file system is.
public struct FileSystemRoom: Sendable, Equatable {
    /// Bytes of a block.
    public let blockBytes: UInt64
    /// All of it.
    public let blocks: UInt64
    /// What is free, also for root alone.
    public let freeBlocks: UInt64
    /// What is free for everybody.
    public let availableBlocks: UInt64
    /// Files that there can be; 0 where nobody counts them.
    public let inodes: UInt64
    /// Files that there still can be.
    public let freeInodes: UInt64
    /// Nothing of it can be changed, there or anywhere.
    public let isReadOnly: Bool

    /// To compare with.
    public init(
        blockBytes: UInt64, blocks: UInt64, freeBlocks: UInt64, availableBlocks: UInt64, inodes: UInt64,
        freeInodes: UInt64, isReadOnly: Bool = false
    ) {
        (self.blockBytes, self.blocks, self.freeBlocks) = (blockBytes, blocks, freeBlocks)
        (self.availableBlocks, self.inodes, self.freeInodes) = (availableBlocks, inodes, freeInodes)
        self.isReadOnly = isReadOnly
    }
}

/// Whose a file is, and what others may do with it.
public struct FileAccess: Sendable, Equatable {
    /// The owner's user id.
    public let userID: UInt32
    /// The permission bits, such as 0o600.
    public let mode: UInt32

    /// To compare with.
    public init(userID: UInt32, mode: UInt32) {
        (self.userID, self.mode) = (userID, mode)
    }

    /// Of a file; a symbolic link is not followed.
    public init(of path: String) throws(SystemError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw SystemError(errno: errno, "look at \(path)") }
        self.init(userID: status.st_uid, mode: status.st_mode & 0o7777)
    }
}
