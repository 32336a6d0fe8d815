internal import Glibc

/// A small file that will have to be written when the disk may be full: its blocks are had beforehand, in a file beside it
/// with `.room` at the end of its name, which becomes the file (posix_fallocate(3)). A file system that copies on writing, such
/// as btrfs, promises no room by that.
enum ReservedFile {
    /// Keeps room for a file of at most so many bytes. Room that is there stays as it is: somebody may be writing into it.
    /// Throws `.exhausted` on a full disk, and leaves nothing then.
    static func reserve(_ bytes: Int, for path: String, owner: FileOwner? = nil) throws(SystemError) {
        guard !Directory.contains("\(path).room") else { return }
        let aside = "\(path).\(try DurableFile.asideSuffix())"
        defer { unlink(aside) }
        let file = try Descriptor.open(aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
        let failure = posix_fallocate(file.raw, 0, off_t(bytes))
        guard failure == 0 else { throw SystemError(errno: failure, "keep room for \(path)") }
        if let owner { try file.give(to: owner, path) }
        guard link(aside, "\(path).room") == 0 || errno == EEXIST else {
            throw SystemError(errno: errno, "keep room for \(path)")
        }
    }

    /// Writes the file at once, into the room kept for it where there is some; for its only writer.
    static func write(
        _ bytes: [UInt8], to path: String, owner: FileOwner?, durably: Bool
    ) throws(SystemError) {
        let room: Descriptor
        do throws(SystemError) {
            room = try Descriptor.open("\(path).room", O_WRONLY | O_NOFOLLOW)
        } catch {
            guard error.code == .notFound else { throw error }
            return try DurableFile.write(bytes, to: path, owner: owner, durably: durably)
        }
        if let owner { try room.give(to: owner, path) }
        guard lseek(room.raw, 0, SEEK_SET) == 0 else { throw SystemError(errno: errno, "rewind \(path)") }
        try room.write(bytes)
        guard ftruncate(room.raw, off_t(bytes.count)) == 0 else { throw SystemError(errno: errno, "cut \(path)") }
        if durably { try room.sync(path) }
        try Directory.move("\(path).room", to: path)
        if durably { try DurableFile.syncDirectory(of: path) }
    }
}
